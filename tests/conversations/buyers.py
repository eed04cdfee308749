"""Who received what before the story begins: orders long settled, of people who pressed start and never sleep."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import circles, people
from models.catalogue import products
from models.circles import circle_table
from models.group_buys import Round
from models.orders import Order
from models.seats import Seat
from models.states import OrderState, RoundState, SeatState
from tests.conversations.town import NAMES, OFFICE, Town


async def received(town: Town, name: str, product: str = "oranges", times: int = 1, *, again: bool | None = None) -> None:
    """This person collected the product so often, a few weeks ago; they pressed start and have no quiet hours."""
    await getattr(town, name).start()
    await town.app.database.write(_received, NAMES[name], product, times, again, town.app.database.clock.now())


async def awake(town: Town, *names: str) -> None:
    """They pressed start and are never asleep; they are known in the office."""
    for name in names:
        await getattr(town, name).start()
        await town.app.database.write(_awake, NAMES[name], town.app.database.clock.now())


def _awake(session: Session, telegram_id: int, now: object) -> int:
    person = people.by_telegram_id(session, telegram_id)
    circle = session.execute(select(circle_table).where(circle_table.c.chat_id == OFFICE)).one()
    assert person is not None
    assert person.id is not None
    people.set_quiet_hours(session, person.id, (0, 0), now)  # type: ignore[arg-type]  # the clock's own
    circles.join(session, circle.id, person.id, now)  # type: ignore[arg-type]  # as above
    return person.id


def _received(session: Session, telegram_id: int, key: str, times: int, again: bool | None, now: object) -> None:
    person_id = _awake(session, telegram_id, now)
    product = session.execute(select(products).where(products.c.key == key)).one()
    circle = session.execute(select(circle_table).where(circle_table.c.chat_id == OFFICE)).one()
    for number in range(times):
        at = now - timedelta(days=20 + 7 * number)  # type: ignore[operator]  # as above
        row = Round(
            shop_id=product.shop_id, circle_id=circle.id, product_id=product.id, state=RoundState.DONE, price=product.price,
            created_at=at, closes_at=at, locked_at=at, final_price=product.price, members=1, pieces=1,
        )  # fmt: skip
        session.add(row)
        session.flush()
        seat = Seat(
            round_id=row.id, person_id=person_id, place=1, state=SeatState.HELD, quantity=1, told=product.price, joined_at=at,
            changed_at=at,
        )  # fmt: skip
        session.add(seat)
        session.flush()
        session.add(Order(
            shop_id=product.shop_id, circle_id=circle.id, round_id=row.id, product_id=product.id, seat_id=seat.id,
            person_id=person_id, state=OrderState.COMPLETED, quantity=1, unit_price=product.price, total=product.price,
            created_at=at, paid_at=at, collected_at=at, completed_at=at, again=again,
        ))  # fmt: skip
        session.flush()

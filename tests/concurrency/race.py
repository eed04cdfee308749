"""Many processes that call the models directly on one hot deal: joins, changes and leaves, then the books are compared.

`python -m tests.concurrency.race --attempts 100000` is the long run; `--plant` removes the `stock >= n` of the UPDATE, which
the comparison must find. Prints its figures, its seed and the engine.
"""

import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import catalogue, joins, locks
from models.catalogue import Product, products
from models.columns import table_of
from models.errors import DomainError
from models.group_buys import Round
from models.seats import Seat, SeatEvent, SeatLine
from models.states import SeatState
from models.wishes import Change, How, Way
from tests.racing import PROCESSES, Act, Outcome, command, race
from tests.rules.scene import FRIDAY, Scene

MEMBERS = 120
STOCK = 150


@dataclass(frozen=True)
class Deal:
    """The one round, and who may join it."""

    round_id: int
    circle: tuple[int, ...]


def laid(session: Session) -> Deal:
    """One hot deal with more takers than pieces."""
    scene = Scene(session, stock=STOCK, minimum=1, per_member=None, closes_at=FRIDAY.replace(year=2030), ladder=())
    for number in range(MEMBERS):
        scene.person(f"P{number}")
    return Deal(scene.round, tuple(scene.people.values()))


def take_without_looking(session: Session, product_id: int, pieces: int) -> int | None:
    """The planted fault: reads first and writes later, as a shop without conditional updates does."""
    left: int = session.execute(select(products.c.stock_left).where(products.c.id == product_id)).scalar_one()
    if left < pieces // 2:
        raise DomainError("no_seats_left", left=left)
    session.execute(products.update().where(products.c.id == product_id).values(stock_left=max(0, left - pieces)))
    return max(1, left - pieces)


def _wish(dice: random.Random) -> Change:
    roll = dice.random()
    if roll < 0.55:
        return Change("add", dice.randint(1, 3))
    if roll < 0.75:
        return Change("add", -dice.randint(1, 2))
    return Change("set", dice.randint(1, 4)) if roll < 0.97 else Change("leave")


def acts(deal: Deal, seed: int, attempts: int, planted: bool) -> Iterator[Act]:
    """What one process does."""
    locks.close = lambda *_, **__: []  # the last piece would end the race; here it goes on at the brink
    if planted:
        catalogue.take = take_without_looking
    dice = random.Random(seed)
    for _ in range(attempts):
        member, wish = dice.choice(deal.circle), _wish(dice)
        yield lambda session, member=member, wish=wish: joins.change(session, deal.round_id, member, wish, How(Way.TAPPED), FRIDAY)


def books(session: Session, _: Deal) -> list[str]:
    """Compares stock, seats, lines, events and counters; what does not agree, as sentences."""
    seats, lines, events = table_of(Seat), table_of(SeatLine), table_of(SeatEvent)
    row = session.scalars(select(Round)).one()
    product = session.scalars(select(Product)).one()
    held = seats.c.state == SeatState.HELD
    total = session.execute(select(func.coalesce(func.sum(seats.c.quantity), 0)).where(held)).scalar_one()
    on_lines = session.execute(select(func.coalesce(func.sum(lines.c.quantity), 0))).scalar_one()
    of_events = session.execute(select(func.coalesce(func.sum(events.c.delta), 0))).scalar_one()
    holders = session.execute(select(func.count()).where(held)).scalar_one()
    pairs = {
        "stock left + pieces on seats = opening stock": ((product.stock_left or 0) + total, product.stock_opening),
        "the round's pieces = pieces on seats": (row.pieces, total),
        "the round's members = held seats": (row.members, holders),
        "pieces on lines = pieces on seats": (on_lines, total),
        "the sum of all events = pieces on seats": (of_events, total),
    }
    return [f"{what}: {one} is not {other}" for what, (one, other) in pairs.items() if one != other]


def run(url: str, attempts: int, seed: int, *, planted: bool = False) -> Outcome:
    """`attempts` over eight processes."""
    return race(url, laid, lambda deal, number: acts(deal, seed + number, attempts // PROCESSES, planted), books)


if __name__ == "__main__":
    sys.exit(command(run, __doc__, "attempts", 100_000))

"""Many taps at once after the lock, each through the database's own way to write, on both engines."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.orm import Session

from bot.core import migrate
from bot.core.database import Database
from models import deadlines, handover, invariants, notices, orders, payments, waitlist
from models.errors import DomainError
from models.facts import AnyFact
from models.group_buys import Round
from models.orders import Order, order_table
from models.waitlist import Waiting, waiting_table
from tests.rules.after_lock.lock import Locked

NAMES = tuple(f"Member {number}" for number in range(12))


def _staged(session: Session) -> tuple[int, int, dict[int, int]]:
    """Twelve members locked, eight more waiting; round, owner, and each member's order."""
    deal = Locked(session, *NAMES, stock=12)
    notices.notify(session, [*deal.opened, *deal.lock_facts], deal.now)
    for number in range(8):
        deal.waits(f"Waiting {number}")
    return deal.round, deal.owner, {deal.person(name): deal.number(name) for name in NAMES}


def _told(session: Session, rule: Callable[..., list[AnyFact]], *args: object) -> None:
    """One tap: the rule and its messages in one write; a refusal is an answer like any other."""
    try:
        with session.begin_nested():
            notices.notify(session, rule(session, *args), args[-1])  # type: ignore[arg-type]
    except DomainError:
        return


async def _story(url: str) -> list[str]:
    migrate.upgrade(url)
    database = Database.open(url)
    try:
        round_id, owner, numbers = await database.write(_staged)
        now = await database.read(lambda session: session.get_one(Round, round_id).locked_at)
        assert now is not None
        await _everybody_at_once(database, numbers, owner, now)
        await _waiting_ones_take(database, round_id, now)
        await asyncio.gather(*(
            database.write(_told, deadlines.sweep, now + timedelta(hours=hours)) for hours in (2, 2, 24, 24)
        ))  # fmt: skip
        return [str(difference) for difference in await database.read(invariants.check)]
    finally:
        await database.close()


async def _everybody_at_once(database: Database, numbers: dict[int, int], owner: int, now: object) -> None:
    """Each pays and drops out at the same moment, twice; the owner confirms, denies, refunds and hands over meanwhile."""
    taps = []
    for person, order in numbers.items():
        taps += [
            database.write(_told, rule, *args, now)
            for rule, args in (
                (payments.claim, (order, person)), (orders.drop, (order, person)), (payments.claim, (order, person)),
                (payments.confirm, (order, owner)), (payments.deny, (order, owner)), (handover.collect, (order, owner)),
                (payments.confirm, (order, owner)),
            )
            if person % 3 or rule is not orders.drop
        ]  # fmt: skip
    await asyncio.gather(*taps)


async def _waiting_ones_take(database: Database, round_id: int, now: object) -> None:
    offered = await database.read(
        lambda session: [
            (row.id, row.person_id)
            for row in session.query(Waiting).where(waiting_table.c.round_id == round_id, waiting_table.c.offered > 0)
        ]
    )
    taps = [
        database.write(_told, rule, row_id, person, now)
        for row_id, person in offered for rule in (waitlist.accept, waitlist.pass_on, waitlist.accept)
    ]  # fmt: skip
    await asyncio.gather(*taps)


def test_whoever_is_faster_the_books_agree(database_url: str) -> None:
    assert asyncio.run(_story(database_url)) == []


def test_every_order_is_in_one_state_and_has_one_charge_at_most(database_url: str) -> None:
    asyncio.run(_story(database_url))
    database = Database.open(database_url)
    for order_id in database.read_sync(lambda session: list(session.scalars(order_table.select().with_only_columns(Order.id)))):
        balance = database.read_sync(payments.balance, order_id)
        assert balance.paid in (0, balance.total)
    database.close_sync()

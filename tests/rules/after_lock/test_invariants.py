"""Each invariant finds the fault it is there for, and finds nothing when all is well."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Table, text, update
from sqlalchemy.orm import Session

from models import invariants, notices
from models.cards import cards
from models.catalogue import products
from models.columns import table_of
from models.group_buys import rounds
from models.inbox import Inbox
from models.invariants import group_buys
from models.orders import line_table, order_table
from models.outbox import OUTBOX
from models.payments import payment_table
from models.seats import Seat, SeatEvent, SeatLine
from models.waitlist import waiting_table
from tests.rules.after_lock.lock import Locked
from tests.rules.scene import Scene

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def busy(session: Session) -> Locked:
    """A locked group buy with everything in it: paid, claimed, offered; and an open one beside it."""
    deal = Locked(session, "Ann", "Bao", "Chen", "Dora", pieces={"Ann": 2}, stock=20)
    notices.notify(session, [*deal.opened, *deal.lock_facts], deal.now)
    deal.pays("Ann")
    deal.claims("Bao")
    deal.waits("Emil")
    notices.notify(session, deal.cannot("Chen"), deal.now)
    session.add(Inbox(bot_id=1, update_id=1, lane=1, payload="{}", state="done", received_at=NOW, done_at=NOW))
    session.flush()
    return deal


def open_one(session: Session) -> Scene:
    scene = Scene(session, stock=20)
    scene.joins("Ann", 2)
    scene.joins("Bao")
    return scene


def spoil(session: Session, table: Table, **values: object) -> None:
    """One value is made wrong behind the rules' back."""
    first = session.execute(text(f"SELECT min(id) FROM {table.name}")).scalar_one()
    session.execute(update(table).where(table.c.id == first).values(**values))


def test_a_busy_evening_agrees(session: Session) -> None:
    busy(session)
    assert invariants.check(session) == []


def test_an_open_group_buy_agrees(session: Session) -> None:
    open_one(session)
    assert invariants.check(session) == []


FAULTS: list[tuple[str, Table, dict[str, object]]] = [
    ("stock", products, {"stock_left": 3}),
    ("counters", rounds, {"members": 9}),
    ("counters", rounds, {"pieces": 9}),
    ("seat lines", table_of(SeatLine), {"quantity": 7}),
    ("final price", rounds, {"final_price": None}),
    ("seat of an order", order_table, {"quantity": 5}),
    ("order of a seat", order_table, {"state": "cancelled", "pay_by": None}),
    ("order total", order_table, {"total": 1}),
    ("order total", line_table, {"amount": 1}),
    ("order times", order_table, {"pay_by": NOW}),
    ("order times", order_table, {"state": "completed"}),
    ("payments", payment_table, {"amount": 100}),
    ("payments", payment_table, {"kind": "refund"}),
    ("payments", payment_table, {"state": "due"}),
    ("waitlist", waiting_table, {"offered": 0}),
    ("waitlist", waiting_table, {"offer_until": None}),
    ("waitlist", waiting_table, {"state": "waiting"}),
    ("state", rounds, {"state": "asleep"}),
    ("state", order_table, {"state": "lost"}),
    ("inbox", table_of(Inbox), {"done_at": None}),
    ("inbox", table_of(Inbox), {"state": "new"}),
    ("outbox", OUTBOX, {"state": "sending"}),
    ("outbox", OUTBOX, {"lease_until": NOW}),
    ("ended round", rounds, {"state": "failed"}),
]


@pytest.mark.parametrize(("invariant", "table", "values"), FAULTS)
def test_a_planted_fault_is_found(session: Session, invariant: str, table: Table, values: dict[str, object]) -> None:
    busy(session)
    spoil(session, table, **values)
    assert invariant in {difference.invariant for difference in invariants.check(session)}


OPEN_FAULTS: list[tuple[str, Callable[[Session], None]]] = [
    ("seat history", lambda session: spoil(session, table_of(SeatEvent), delta=5)),
    ("told floor", lambda session: spoil(session, table_of(Seat), told=100)),
    ("told floor", lambda session: spoil(session, rounds, told_floor=None)),
    ("card", lambda session: session.execute(cards.delete()) and None),
    ("final price", lambda session: spoil(session, rounds, final_price=3600)),
]


@pytest.mark.parametrize(("invariant", "plant"), OPEN_FAULTS)
def test_a_fault_of_an_open_group_buy_is_found(session: Session, invariant: str, plant: Callable[[Session], None]) -> None:
    open_one(session)
    plant(session)
    assert invariant in {difference.invariant for difference in invariants.check(session)}


def test_a_member_nobody_told_is_found(session: Session) -> None:
    deal = busy(session)
    session.execute(OUTBOX.delete().where(OUTBOX.c.dedup.like(f"payment_asked:{deal.number('Dora')}:%")))
    found = [(difference.invariant, difference.subject) for difference in invariants.check(session)]
    assert found == [("told", f"order {deal.number('Dora')}")]


def test_every_invariant_has_a_planted_fault() -> None:
    planted = {name for name, *_ in FAULTS} | {name for name, _ in OPEN_FAULTS} | {"told"}
    names = {
        "stock", "counters", "seat_lines", "seat_history", "told_floor", "final_price", "orders_of_seats", "order_totals",
        "order_times", "payments", "ended_rounds", "waitlist", "known_states", "queues", "card_of_round", "words_of_orders",
    }  # fmt: skip
    assert {check.__name__ for check in group_buys.CHECKS} == names
    assert len(planted) == len(names) + 2, "orders_of_seats and queues each find two kinds of fault"


def test_a_difference_reads_as_one_line() -> None:
    difference = invariants.Difference("stock", "product 1", 3, 4)
    assert str(difference) == "stock: product 1: expected 3, found 4"

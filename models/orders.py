"""Orders: what one member owes and gets from one group buy.

Invariants: `total` is the sum of the lines' amounts; one live order a seat; `collected_at` is set once; completed means
collected and paid. An order's number is its id plus 1000.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, select, text
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from models import discounts, order_writing, payments, settling, vacancy, wallet
from models.columns import BigId, Instant, table_of
from models.errors import DomainError
from models.facts import AnyFact, OrderDropped, OrderLapsed, OrderSettledAtLock, PaymentAsked
from models.group_buys import Round, locked_row
from models.rows import find, fresh, hold, number_of
from models.seats import Seat
from models.states import ORDER, OrderState, SeatState, advance


class Order(SQLModel, table=True):
    """One member's order. `pay_by` is None while nothing runs against the member (claimed, paid, collected)."""

    __tablename__ = "orders"
    __table_args__ = (
        Index(
            "ix_orders_one_live_a_seat", "seat_id", unique=True,
            sqlite_where=text("state NOT IN ('lapsed', 'cancelled', 'refunded')"),
            postgresql_where=text("state NOT IN ('lapsed', 'cancelled', 'refunded')"),
        ),
        Index(
            "ix_orders_bought", "product_id", "person_id", "collected_at", "state",
            sqlite_where=text("collected_at IS NOT NULL AND state <> 'refunded'"),
            postgresql_where=text("collected_at IS NOT NULL AND state <> 'refunded'"),
        ),
        CheckConstraint("total >= 0", name="total_not_negative"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    shop_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("shops.id")])
    circle_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("circles.id")])
    round_id: int = Field(sa_type=BigId, index=True, sa_column_args=[ForeignKey("rounds.id")])
    product_id: int = Field(sa_type=BigId, index=True, sa_column_args=[ForeignKey("products.id")])
    seat_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("seats.id")])
    person_id: int = Field(sa_type=BigId, index=True, sa_column_args=[ForeignKey("people.id")])
    state: str  # states.OrderState
    quantity: int
    unit_price: int = Field(sa_type=BigInteger)
    total: int = Field(sa_type=BigInteger)
    pickup: str | None = None
    pay_by: datetime | None = Field(default=None, sa_type=Instant, index=True)
    created_at: datetime = Field(sa_type=Instant)
    claimed_at: datetime | None = Field(default=None, sa_type=Instant)
    paid_at: datetime | None = Field(default=None, sa_type=Instant)
    collected_at: datetime | None = Field(default=None, sa_type=Instant)
    completed_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    asked_until: datetime | None = Field(default=None, sa_type=Instant)  # the last `pay_by` told: a denied claim goes back to it
    remind_pay_at: datetime | None = Field(default=None, sa_type=Instant, index=True)  # None once said
    remind_collect_at: datetime | None = Field(default=None, sa_type=Instant, index=True)  # None once said
    again: bool | None = None  # "again" / "not again", one tap after collecting
    again_at: datetime | None = Field(default=None, sa_type=Instant)
    path: str | None = None  # which cue led here (models/paths.py)

    @property
    def number(self) -> int:
        """What people call it by."""
        return numbered(self.id or 0)


class OrderLine(SQLModel, table=True):
    """One line: pieces of an option, a discount (negative), delivery, or a gift that a step added (0)."""

    __tablename__ = "order_lines"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    order_id: int = Field(sa_type=BigId, index=True, sa_column_args=[ForeignKey("orders.id")])
    kind: str  # order_lines.LineKind
    option: str = ""
    note: str = ""
    quantity: int = 1
    unit_price: int = Field(sa_type=BigInteger)
    amount: int = Field(sa_type=BigInteger)


order_table = table_of(Order)
line_table = table_of(OrderLine)
FIRST_NUMBER = 1000

ENDED = (OrderState.LAPSED, OrderState.CANCELLED, OrderState.REFUNDED)
UNPAID = (OrderState.AWAITING, OrderState.CLAIMED)
UNDER_WAY = (*UNPAID, OrderState.PAID)
REMIND_AT_MOST = timedelta(hours=6)  # before the pay window ends


def numbered(order_id: int) -> int:
    """The number that people call an order by."""
    return FIRST_NUMBER + order_id


def make_for_seat(session: Session, row: Round, seat: Seat, unit_price: int, now: datetime, reason: str) -> list[AnyFact]:
    """The seat's order and what is owed by it; at the lock an order charged upfront is settled instead.

    `reason` is "lock", "offer" or "upfront"; the member has the round's `pay_within` to pay.
    """
    known = live_of_seat(session, number_of(seat.id)) if row.collect == "upfront" else None
    if known is not None:
        return _settle_at_lock(session, row, seat, known, unit_price, now)
    until = now + timedelta(seconds=row.pay_within)
    order_id, total = order_writing.written(session, row, seat, unit_price, reason, until, now)
    what = (row.id or 0, order_id, seat.person_id, unit_price, seat.quantity)
    return [PaymentAsked(*what, total, until, reason)] if total else [OrderSettledAtLock(*what, total=0, paid=0, back=0)]


def resize(session: Session, row: Round, seat: Seat, unit_price: int, now: datetime) -> list[AnyFact]:
    """Upfront, before the lock: the order follows the seat; more is asked for, too much is given back."""
    order = live_of_seat(session, number_of(seat.id))
    if order is None:
        return make_for_seat(session, row, seat, unit_price, now, "upfront")
    before = order.total
    back = _rewrite(session, row, seat, order, unit_price, "upfront", now)
    back += payments.give_back_excess(session, order, now)
    due = payments.balance(session, number_of(order.id)).due
    if order.state == OrderState.PAID and due:
        return back + ask_again(order, due, "change", now, row.pay_within)
    if order.state == OrderState.AWAITING and not due:
        order.state, order.paid_at, order.pay_by = advance(ORDER, order.state, OrderState.PAID), now, None
        return [*back, _settled(order, paid=order.total, back=0)]
    if order.state == OrderState.AWAITING and order.total != before:
        return [*back, asked(order, due, "change", now)]
    return back


def leave(session: Session, seat_id: int, now: datetime) -> list[AnyFact]:
    """Upfront, before the lock: the seat was given up; whatever was paid is to be given back."""
    order = live_of_seat(session, seat_id)
    return [] if order is None else _cancel(session, order, "dropped", now)


def drop(session: Session, order_id: int, person_id: int, now: datetime) -> list[AnyFact]:
    """"I cannot": the order ends and its pieces go to the waitlist.

    Raises not_yours, already_paid, already_collected, order_ended.
    """
    row, order = held(session, order_id)
    require_own(order, person_id)
    require_unpaid(order)
    if order.collected_at is not None:
        raise DomainError("already_collected", number=order.number)
    facts: list[AnyFact] = [OrderDropped(order.round_id, order_id, person_id, order.quantity)]
    facts += _cancel(session, order, "dropped", now)
    facts += vacancy.give_up(session, row, order.seat_id, SeatState.DROPPED, now)
    return facts + settling.progress(session, row, now)


def lapse(session: Session, order_id: int, now: datetime) -> list[AnyFact]:
    """Not paid in time: the order ends and its pieces go to the waitlist. Before its time, or paid, it does nothing."""
    row, order = held(session, order_id)
    if order.state != OrderState.AWAITING or order.pay_by is None or order.pay_by > now or order.collected_at is not None:
        return []
    order.state, order.pay_by, order.ended_at = advance(ORDER, order.state, OrderState.LAPSED), None, now
    facts: list[AnyFact] = [OrderLapsed(order.round_id, order_id, order.person_id, order.quantity)]
    facts += payments.give_all_back(session, order, "dropped", now)
    facts += vacancy.give_up(session, row, order.seat_id, SeatState.LAPSED, now)
    return facts + settling.progress(session, row, now)


def cancel_all(session: Session, round_id: int, why: str, now: datetime) -> list[AnyFact]:
    """Failed or recalled: every order whose goods were not handed over ends; `why` says which. Seats are the caller's."""
    open_ones = order_table.c.state.in_(UNDER_WAY), order_table.c.collected_at.is_(None)
    query = select(Order).where(order_table.c.round_id == round_id, *open_ones).order_by(order_table.c.id)
    facts: list[AnyFact] = []
    for order in fresh(session, query.with_for_update()):
        facts += _cancel(session, order, why, now)
    return facts


def live_of_seat(session: Session, seat_id: int) -> Order | None:
    """The seat's order that has not ended."""
    rows = fresh(session, select(Order).where(order_table.c.seat_id == seat_id, order_table.c.state.not_in(ENDED)))
    return rows[0] if rows else None


def held(session: Session, order_id: int) -> tuple[Round, Order]:
    """The order and its round, both held for a change, the round first. Raises DomainError("gone")."""
    seen = find(session, Order, order_id)
    if seen is None:
        raise DomainError("gone", what="orders")
    return locked_row(session, seen.round_id), hold(session, Order, order_id)


def require_own(order: Order, person_id: int) -> None:
    """Raises DomainError("not_yours") for anybody but the member whose order it is."""
    if order.person_id != person_id:
        raise DomainError("not_yours")


def require_unpaid(order: Order) -> None:
    """Raises order_ended or already_paid."""
    if order.state in ENDED:
        raise DomainError("order_ended", number=order.number, state=order.state)
    if order.state not in UNPAID:
        raise DomainError("already_paid", number=order.number)


def require_waiting(order: Order, person_id: int) -> None:
    """Raises not_yours, order_ended, already_paid, or already_claimed while the owner is asked."""
    require_own(order, person_id)
    require_unpaid(order)
    if order.state == OrderState.CLAIMED:
        raise DomainError("already_claimed", number=order.number)


def asked(order: Order, due: int, reason: str, now: datetime) -> PaymentAsked:
    """What is owed until when, as a fact; the order remembers what it said, and when to remind."""
    assert order.pay_by is not None
    wait_until(order, order.pay_by, now)
    return PaymentAsked(
        order.round_id, number_of(order.id), order.person_id, order.unit_price, order.quantity, due, order.pay_by, reason
    )


def wait_until(order: Order, until: datetime, now: datetime) -> None:
    """The member has until then; reminded once when a quarter of the time is left, at most six hours before its end."""
    order.asked_until, order.remind_pay_at = until, reminder(until, now)


def reminder(until: datetime, now: datetime) -> datetime:
    """When to remind of a time to pay by."""
    return until - min(REMIND_AT_MOST, (until - now) / 4)


def ask_again(order: Order, due: int, reason: str, now: datetime, pay_within: int) -> list[AnyFact]:
    """More is owed than was paid: the order waits for it, unless the goods are with the member already."""
    order.state, order.paid_at = advance(ORDER, order.state, OrderState.AWAITING), None
    order.pay_by = now + timedelta(seconds=pay_within)
    fact = asked(order, due, reason, now)
    if order.collected_at is not None:
        order.pay_by = None
    return [fact]


def lines_of(session: Session, order_id: int) -> Sequence[OrderLine]:
    """The order's lines as they stand."""
    return fresh(session, select(OrderLine).where(line_table.c.order_id == order_id).order_by(line_table.c.id))


def relabel(session: Session, row: Round, seat: Seat) -> None:
    """The seat's pieces changed their option or note, not their number: an upfront order's lines follow."""
    order = live_of_seat(session, number_of(seat.id))
    if order is not None:
        lines = order_writing.composed(session, row, seat, order.unit_price, "upfront")
        own = discounts.standing(session, number_of(order.id))
        order_writing.rewrite(session, seat, order, order.unit_price, [*lines, *own])


def _settle_at_lock(
    session: Session, row: Round, seat: Seat, order: Order, unit_price: int, now: datetime
) -> list[AnyFact]:
    """The final price against what was paid upfront; the difference goes into the wallet."""
    facts = _rewrite(session, row, seat, order, unit_price, "lock", now)
    balance = payments.balance(session, number_of(order.id))
    if order.state == OrderState.CLAIMED:  # the owner's word on the claim settles the difference
        return [*facts, _settled(order, paid=balance.paid + balance.claimed, back=0)]
    if balance.due == 0:
        if order.state == OrderState.AWAITING:
            order.state, order.paid_at, order.pay_by = advance(ORDER, order.state, OrderState.PAID), now, None
        back = balance.paid - order.total
        if back:  # the message of the lock says it
            wallet.credit(session, order, back, f"lock_difference:{order.id}", "lock_difference", now)
        return [*facts, _settled(order, paid=balance.paid, back=back)]
    if order.state == OrderState.PAID:
        return facts + ask_again(order, balance.due, "lock", now, row.pay_within)
    order.pay_by = now + timedelta(seconds=row.pay_within)
    return [*facts, asked(order, balance.due, "lock", now)]


def _rewrite(
    session: Session, row: Round, seat: Seat, order: Order, unit_price: int, reason: str, now: datetime
) -> list[AnyFact]:
    """The order says what the seat holds now, at this price; its own discounts follow."""
    lines = order_writing.composed(session, row, seat, unit_price, reason)
    own, facts = discounts.kept(session, order, lines, now, strict=reason == "upfront")
    order_writing.rewrite(session, seat, order, unit_price, [*lines, *own])
    return facts


def _settled(order: Order, *, paid: int, back: int) -> OrderSettledAtLock:
    return OrderSettledAtLock(
        order.round_id, number_of(order.id), order.person_id, order.unit_price, order.quantity, order.total, paid, back
    )


def _cancel(session: Session, order: Order, why: str, now: datetime) -> list[AnyFact]:
    """Ends an order. A claim the owner has not answered stays: if the money did arrive, it is given back then."""
    order.state, order.pay_by, order.ended_at = advance(ORDER, order.state, OrderState.CANCELLED), None, now
    session.flush()
    return payments.give_all_back(session, order, why, now)

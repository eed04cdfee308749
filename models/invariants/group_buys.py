"""What must be so of group buys: stock, seats, orders, payments, the waitlist, cards, and the queues around them."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Table, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session

from models.cards import cards
from models.catalogue import held_pieces, products
from models.circles import circle_table
from models.columns import table_of
from models.complaints import complaint_table
from models.gifts import gift_table
from models.group_buys import rounds
from models.inbox import Inbox, InboxState
from models.invariants.difference import Check, Difference, each
from models.order_lines import LineKind
from models.orders import ENDED, UNDER_WAY, line_table, order_table
from models.outbox import OUTBOX, OutboxState
from models.payments import BACK, PaymentKind, payment_table
from models.seats import Seat, SeatEvent, SeatLine
from models.states import (
    CIRCLE,
    COMPLAINT,
    GIFT,
    ORDER,
    PAYMENT,
    ROUND,
    SEAT,
    WAITING,
    OrderState,
    PaymentState,
    RoundState,
    SeatState,
    WaitingState,
)  # fmt: skip
from models.waitlist import waiting_table

seats, lines, events, inbox = table_of(Seat), table_of(SeatLine), table_of(SeatEvent), table_of(Inbox)

OPEN = (RoundState.OPEN, RoundState.DECIDING)
LOCKED = (RoundState.LOCKED, RoundState.SETTLING, RoundState.DONE)
HELD = seats.c.state == SeatState.HELD


def stock(session: Session) -> Iterator[Difference]:
    """What is out of stock is on held seats or in offers: pieces neither appear nor vanish."""
    limited = select(products.c.id, products.c.stock_opening, products.c.stock_left).where(products.c.stock_left.is_not(None))
    for row in session.execute(limited).all():
        held = held_pieces(session, row.id)
        if row.stock_opening - row.stock_left != held:
            yield Difference("stock", f"product {row.id}", row.stock_opening - held, row.stock_left)


def counters(session: Session) -> Iterator[Difference]:
    """A round's members and pieces are the sums over its held seats."""
    query = (
        select(rounds.c.id, rounds.c.members, rounds.c.pieces, func.count(seats.c.id), func.coalesce(func.sum(seats.c.quantity), 0))
        .outerjoin(seats, and_(seats.c.round_id == rounds.c.id, HELD))
        .group_by(rounds.c.id, rounds.c.members, rounds.c.pieces)
    )  # fmt: skip
    for row_id, members, pieces, there, sum_of in session.execute(query):
        if (members, pieces) != (there, int(sum_of)):
            yield Difference("counters", f"round {row_id}", (there, int(sum_of)), (members, pieces))


def seat_lines(session: Session) -> Iterator[Difference]:
    """A seat's pieces are the sum of its lines; a seat nobody holds has none."""
    total = func.coalesce(func.sum(lines.c.quantity), 0)
    query = (
        select(seats.c.id, seats.c.quantity, total).outerjoin(lines, lines.c.seat_id == seats.c.id)
        .group_by(seats.c.id, seats.c.quantity).having(total != seats.c.quantity)
    )  # fmt: skip
    yield from each(session, "seat lines", "seat", query)


def seat_history(session: Session) -> Iterator[Difference]:
    """While a group buy is open, what a seat holds is what its events brought: no change is lost, none counted twice."""
    total = func.coalesce(func.sum(events.c.delta), 0)
    query = (
        select(seats.c.id, total, seats.c.quantity)
        .join(rounds, rounds.c.id == seats.c.round_id).outerjoin(events, events.c.seat_id == seats.c.id)
        .where(rounds.c.state.in_(OPEN), rounds.c.collect == "after_lock")
        .group_by(seats.c.id, seats.c.quantity).having(total != seats.c.quantity)
    )  # fmt: skip
    yield from each(session, "seat history", "seat", query)


def told_floor(session: Session) -> Iterator[Difference]:
    """While a group buy is open, its floor is the lowest price told to a seat that is held."""
    floor = func.min(seats.c.told)
    query = (
        select(rounds.c.id, floor, rounds.c.told_floor)
        .outerjoin(seats, and_(seats.c.round_id == rounds.c.id, HELD)).where(rounds.c.state.in_(OPEN))
        .group_by(rounds.c.id, rounds.c.told_floor).having(floor.is_distinct_from(rounds.c.told_floor))
    )  # fmt: skip
    yield from each(session, "told floor", "round", query)


def final_price(session: Session) -> Iterator[Difference]:
    """A final price stands exactly when the group buy was locked."""
    priced, locked = rounds.c.final_price.is_not(None), rounds.c.locked_at.is_not(None)
    ends = and_(rounds.c.state != RoundState.CANCELLED, rounds.c.state.in_(LOCKED) != priced)
    query = select(rounds.c.id, rounds.c.state, rounds.c.final_price).where(or_(priced != locked, ends))
    yield from each(session, "final price", "round", query)


def orders_of_seats(session: Session) -> Iterator[Difference]:
    """After the lock each held seat has its order; a live order has its seat, with as many pieces."""
    standing = and_(order_table.c.seat_id == seats.c.id, order_table.c.state.not_in((OrderState.LAPSED, OrderState.CANCELLED)))
    needed = or_(rounds.c.state.in_(LOCKED), and_(rounds.c.state.in_(OPEN), rounds.c.collect == "upfront"))
    missing = (
        select(seats.c.id, literal("an order"), literal("none")).join(rounds, rounds.c.id == seats.c.round_id)
        .where(HELD, needed, ~select(order_table.c.id).where(standing).exists())
    )  # fmt: skip
    yield from each(session, "order of a seat", "seat", missing)
    apart = (
        select(order_table.c.id, order_table.c.quantity, seats.c.quantity).join(seats, seats.c.id == order_table.c.seat_id)
        .where(order_table.c.state.not_in(ENDED), or_(~HELD, seats.c.quantity != order_table.c.quantity))
    )  # fmt: skip
    yield from each(session, "seat of an order", "order", apart)


def order_totals(session: Session) -> Iterator[Difference]:
    """What is owed is the sum of the lines; the pieces of the lines are the order's."""
    total = func.coalesce(func.sum(line_table.c.amount), 0)
    pieces = func.coalesce(func.sum(case((line_table.c.kind == LineKind.PIECE, line_table.c.quantity), else_=0)), 0)
    query = (
        select(order_table.c.id, total, order_table.c.total)
        .outerjoin(line_table, line_table.c.order_id == order_table.c.id)
        .group_by(order_table.c.id, order_table.c.total, order_table.c.quantity)
        .having(or_(total != order_table.c.total, pieces != order_table.c.quantity))
    )  # fmt: skip
    yield from each(session, "order total", "order", query)


def order_times(session: Session) -> Iterator[Difference]:
    """A timer runs exactly against who owes and has not collected; completed means collected."""
    runs = and_(order_table.c.state == OrderState.AWAITING, order_table.c.collected_at.is_(None))
    wrong = or_(
        runs != order_table.c.pay_by.is_not(None),
        and_(order_table.c.state == OrderState.COMPLETED, order_table.c.collected_at.is_(None)),
        and_(order_table.c.state == OrderState.PAID, order_table.c.collected_at.is_not(None)),
    )
    query = select(order_table.c.id, literal("a timer or a handover that fits the state"), order_table.c.state).where(wrong)
    yield from each(session, "order times", "order", query)


def payments(session: Session) -> Iterator[Difference]:
    """Nothing goes back that was not paid; a paid order was paid in full; a claim stands with its order."""
    charged = _sum(PaymentKind.CHARGE, state=PaymentState.CONFIRMED)
    back = _sum(*BACK, state=None)
    claimed = _sum(PaymentKind.CHARGE, state=PaymentState.DUE)
    paid = order_table.c.state.in_((OrderState.PAID, OrderState.COMPLETED))
    wrong = or_(
        back > charged,
        and_(paid, charged < order_table.c.total),
        and_(order_table.c.state == OrderState.CLAIMED, claimed == 0),
        and_(order_table.c.state.not_in((OrderState.CLAIMED, *ENDED)), claimed != 0),
    )
    query = (
        select(order_table.c.id, charged, back).outerjoin(payment_table, payment_table.c.order_id == order_table.c.id)
        .group_by(order_table.c.id, order_table.c.total, order_table.c.state).having(wrong)
    )  # fmt: skip
    yield from each(session, "payments", "order", query)


def _sum(*kinds: PaymentKind, state: PaymentState | None) -> ColumnElement[int]:
    counted = payment_table.c.state != PaymentState.VOID if state is None else payment_table.c.state == state
    mine = and_(payment_table.c.kind.in_(kinds), counted)
    return func.coalesce(func.sum(case((mine, payment_table.c.amount), else_=0)), 0)


def ended_rounds(session: Session) -> Iterator[Difference]:
    """A group buy that did not come about holds no seat; a recalled one only seats whose goods were handed over."""
    handed = select(order_table.c.id).where(order_table.c.seat_id == seats.c.id, order_table.c.collected_at.is_not(None)).exists()
    over = or_(rounds.c.state == RoundState.FAILED, and_(rounds.c.state == RoundState.CANCELLED, ~handed))
    query = select(seats.c.id, literal("free"), seats.c.state).join(rounds, rounds.c.id == seats.c.round_id).where(HELD, over)
    yield from each(session, "ended round", "seat", query)


def waitlist(session: Session) -> Iterator[Difference]:
    """An offer holds pieces until a time, in a round that is locked; nobody waits for what is over."""
    offered = waiting_table.c.state == WaitingState.OFFERED
    live = waiting_table.c.state.in_((WaitingState.WAITING, WaitingState.OFFERED))
    wrong = or_(
        offered != (waiting_table.c.offered > 0), offered != waiting_table.c.offer_until.is_not(None),
        and_(offered, rounds.c.state.not_in((RoundState.LOCKED, RoundState.SETTLING))),
        and_(live, rounds.c.state.not_in((*OPEN, RoundState.LOCKED, RoundState.SETTLING))),
        waiting_table.c.offered > waiting_table.c.quantity,
    )  # fmt: skip
    query = (
        select(waiting_table.c.id, literal("an offer that fits the state"), waiting_table.c.state)
        .join(rounds, rounds.c.id == waiting_table.c.round_id).where(wrong)
    )  # fmt: skip
    yield from each(session, "waitlist", "waiting", query)


def known_states(session: Session) -> Iterator[Difference]:
    """Every row stands in a state its machine names."""
    for table, states in STATES:
        query = select(table.c.id, literal("a known state"), table.c.state).where(table.c.state.not_in(sorted(states)))
        yield from each(session, "state", table.name, query)


def queues(session: Session) -> Iterator[Difference]:
    """An update that is done has its time; a message in somebody's hands has a lease, and no other has one."""
    done = inbox.c.state == InboxState.DONE
    query = select(inbox.c.id, literal("a time when done"), inbox.c.state).where(done != inbox.c.done_at.is_not(None))
    yield from each(session, "inbox", "update", query)
    sending = OUTBOX.c.state == OutboxState.SENDING
    held = sending != OUTBOX.c.lease_until.is_not(None)
    leased = select(OUTBOX.c.id, literal("a lease while sending"), OUTBOX.c.state).where(held)
    yield from each(session, "outbox", "message", leased)


def card_of_round(session: Session) -> Iterator[Difference]:
    """Every group buy that people can see has its one card."""
    there = func.count(cards.c.id)
    query = (
        select(rounds.c.id, literal(1), there).outerjoin(cards, cards.c.round_id == rounds.c.id)
        .where(rounds.c.state.in_((*OPEN, *LOCKED))).group_by(rounds.c.id).having(there != 1)
    )  # fmt: skip
    yield from each(session, "card", "round", query)


def words_of_orders(session: Session) -> Iterator[Difference]:
    """Whoever owes has been told: each order under way after the lock has its message in the outbox (kept 90 days)."""
    told = {
        int(key.split(":")[1])
        for key in session.scalars(select(OUTBOX.c.dedup).where(OUTBOX.c.template.in_(TELLS), OUTBOX.c.dedup.is_not(None)))
    }
    first = select(func.min(OUTBOX.c.created_at)).scalar_subquery()
    query = (
        select(order_table.c.id).join(rounds, rounds.c.id == order_table.c.round_id)
        .where(order_table.c.state.in_(UNDER_WAY), rounds.c.state.in_(LOCKED), order_table.c.created_at >= first)
    )  # fmt: skip
    for order_id in session.scalars(query):
        if order_id not in told:
            yield Difference("told", f"order {order_id}", "a message", "none")


TELLS = ("payment_asked", "order_settled_at_lock")
STATES: tuple[tuple[Table, frozenset[str]], ...] = (
    (rounds, ROUND.states), (seats, SEAT.states), (order_table, ORDER.states), (waiting_table, WAITING.states),
    (payment_table, PAYMENT.states), (circle_table, CIRCLE.states), (complaint_table, COMPLAINT.states),
    (gift_table, GIFT.states), (inbox, frozenset(InboxState)), (OUTBOX, frozenset(OutboxState)),
)  # fmt: skip
CHECKS: tuple[Check, ...] = (
    stock, counters, seat_lines, seat_history, told_floor, final_price, orders_of_seats, order_totals, order_times, payments,
    ended_rounds, waitlist, known_states, queues, card_of_round, words_of_orders,
)  # fmt: skip

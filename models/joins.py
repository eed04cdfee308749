"""How a seat changes while the group buy is open: joining, adding, taking away, leaving, and an edited message.

This is the hot path (a tap), so it speaks Core and reads each row once. Invariants kept here: the round's counters
equal the sums over held seats; stock moves by exactly the difference; every change adds its events.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, and_, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from models import catalogue, gifts, group_buys, locks, orders
from models.circles import Membership
from models.columns import new_id, table_of
from models.errors import DomainError
from models.facts import AnyFact, LeaderChanged, SeatLeft, SeatTaken, StepReached
from models.group_buys import MEMBERS, Round, rounds
from models.prices import missing, price_now, reached, steps
from models.seats import Seat, SeatEvent, SeatLine, Way, next_leader, told_floor
from models.states import SEAT, RoundState, SeatState, advance
from models.wishes import Change, How, Lines, applied

seats, lines, events, memberships = table_of(Seat), table_of(SeatLine), table_of(SeatEvent), table_of(Membership)

MOST_PIECES = 99  # a member, where the group buy sets no limit: more is a slip of the finger
LEAVES_ALLOWED = 2  # leaving twice in one round ends joining it

_NEEDED = (
    "id", "circle_id", "product_id", "state", "closes_at", "price", "ladder", "options", "count_by", "minimum", "per_member",
    "collect", "members", "pieces", "told_floor", "leader_id", "next_place", "step_told",
)  # fmt: skip
_MINE = (memberships.c.left_at, *(seats.c[name] for name in ("id", "state", "told", "leaves")))
_ROUND = (
    select(*(rounds.c[name] for name in _NEEDED), table_of(catalogue.Product).c.stock_left)
    .join(table_of(catalogue.Product), table_of(catalogue.Product).c.id == rounds.c.product_id)
    .where(rounds.c.id == bindparam("round_id"))
    .with_for_update(of=rounds)
)
_SEAT = (
    select(*_MINE)
    .select_from(memberships.outerjoin(
        seats, and_(seats.c.person_id == memberships.c.person_id, seats.c.round_id == bindparam("round_id"))
    ))
    .where(memberships.c.circle_id == bindparam("circle_id"), memberships.c.person_id == bindparam("person_id"))
)
_LINES = select(lines.c.option, lines.c.note, lines.c.quantity).where(lines.c.seat_id == bindparam("seat_id")).order_by(lines.c.id)
_OF_MESSAGE = (
    select(events.c.option, events.c.note, func.sum(events.c.delta).label("delta"))
    .where(events.c.round_id == bindparam("round_id"), events.c.message_id == bindparam("message_id"),
           events.c.seat_id == bindparam("seat_id"))
    .group_by(events.c.option, events.c.note)
)
_UPDATE_ROUND = update(rounds).where(rounds.c.id == bindparam("of_round"))
_UPDATE_SEAT = update(seats).where(seats.c.id == bindparam("of_seat"))
_ADD_LINE = update(lines).where(
    lines.c.seat_id == bindparam("of_seat"), lines.c.option == bindparam("of_option"), lines.c.note == bindparam("of_note")
)
_DROP_LINE = delete(lines).where(
    lines.c.seat_id == bindparam("of_seat"), lines.c.option == bindparam("of_option"), lines.c.note == bindparam("of_note")
)
_INSERT_SEAT, _INSERT_LINE, _INSERT_EVENT = insert(seats), insert(lines), insert(events)


def change(session: Session, round_id: int, person_id: int, wish: Change, how: How, now: datetime) -> list[AnyFact]:
    """Applies a member's wish to their seat. The first fact is the member's own: SeatTaken or SeatLeft.

    Raises DomainError: not_open, not_a_member, left_twice, over_limit, no_seats_left, unknown_option, option_needed,
    nothing_to_take, zero. Nothing is changed then.
    """
    connection = session.connection()
    deal = _open_round(connection, round_id, now)
    seat = _seat(connection, deal, person_id, gives_up=wish.kind == "leave")
    before = _lines(connection, seat)
    after = applied(before, wish, deal.options)
    return _settle(session, _Move(deal, seat, person_id, before, after, how, now))


def replace(
    session: Session, round_id: int, person_id: int, message_id: int, wish: Change | None, now: datetime
) -> list[AnyFact]:
    """An edited message: takes back what the message did, then applies `wish` (None: nothing). Raises as `change` does."""
    connection = session.connection()
    deal = _open_round(connection, round_id, now)
    seat = _seat(connection, deal, person_id)
    before = _lines(connection, seat)
    undone = _undone(connection, deal, seat, before, message_id)
    if wish is None and undone == before:
        return []
    after = undone if wish is None else applied(undone, wish, deal.options)
    return _settle(session, _Move(deal, seat, person_id, before, after, How(Way.TYPED, message_id=message_id), now))


@dataclass(frozen=True)
class _Move:
    """One change about to be written: the rows as they were, the lines before and after."""

    deal: Row[*tuple[object, ...]]
    seat: Row[*tuple[object, ...]]
    person_id: int
    before: Lines
    after: Lines
    how: How
    now: datetime

    @property
    def had(self) -> int:
        return sum(self.before.values())

    @property
    def has(self) -> int:
        return sum(self.after.values())


def _open_round(connection: Connection, round_id: int, now: datetime) -> Row[*tuple[object, ...]]:
    deal = connection.execute(_ROUND, {"round_id": round_id}).one_or_none()
    if deal is None:
        raise DomainError("no_such_round")
    if deal.state != RoundState.OPEN or deal.closes_at <= now:
        raise DomainError("not_open", state=RoundState.LOCKED if deal.state == RoundState.OPEN else deal.state)
    return deal


def _seat(
    connection: Connection, deal: Row[*tuple[object, ...]], person_id: int, *, gives_up: bool = False
) -> Row[*tuple[object, ...]]:
    """The member's seat (its columns None when there is none yet). Strangers to the circle are refused.

    Who left the circle may still give up the seat they hold there.
    """
    row = connection.execute(
        _SEAT, {"round_id": deal.id, "circle_id": deal.circle_id, "person_id": person_id}
    ).one_or_none()
    if row is None or (row.left_at is not None and not (gives_up and row.state == SeatState.HELD)):
        raise DomainError("not_a_member")
    return row


def _lines(connection: Connection, seat: Row[*tuple[object, ...]]) -> Lines:
    if seat.state != SeatState.HELD:
        return {}
    return {(row.option, row.note): row.quantity for row in connection.execute(_LINES, {"seat_id": seat.id})}


def _undone(
    connection: Connection, deal: Row[*tuple[object, ...]], seat: Row[*tuple[object, ...]], before: Lines, message_id: int
) -> Lines:
    """The lines as if the message had never been sent; pieces that are gone meanwhile are not taken twice."""
    undone = dict(before)
    if seat.id is not None:
        found = connection.execute(_OF_MESSAGE, {"round_id": deal.id, "message_id": message_id, "seat_id": seat.id})
        for row in found:
            undone[row.option, row.note] = max(0, undone.get((row.option, row.note), 0) - row.delta)
    return {key: pieces for key, pieces in undone.items() if pieces}


def _settle(session: Session, move: _Move) -> list[AnyFact]:
    """Writes the move: stock, lines, seat, events, counters; then what follows from it."""
    if move.has == 0:
        if move.had == 0:
            raise DomainError("nothing_to_take", have=0)
        return _leave(session, move)
    left = _move_stock(session, move) if move.has != move.had else None
    return _take(session, move, sold_out=left == 0)


def _move_stock(session: Session, move: _Move) -> int | None:
    """Takes or puts back the difference; what is left in stock, None without limit. Refuses over the limits."""
    more = move.has - move.had
    if more > 0:
        limit = move.deal.per_member or MOST_PIECES
        if move.seat.leaves is not None and move.seat.leaves >= LEAVES_ALLOWED:
            raise DomainError("left_twice")
        if move.has > limit:
            raise DomainError("over_limit", asked=move.has, limit=limit, reply=max(0, limit - move.had))
        return catalogue.take(session, move.deal.product_id, more) if move.deal.stock_left is not None else None
    group_buys.put_back(session, move.deal.product_id, -more, move.now)
    return None


def _take(session: Session, move: _Move, *, sold_out: bool) -> list[AnyFact]:
    deal, connection = move.deal, session.connection()
    joins = move.had == 0
    members, pieces = deal.members + joins, deal.pieces + move.has - move.had
    count = members if deal.count_by == MEMBERS else pieces
    ladder = steps(deal.ladder)
    price = price_now(deal.price, ladder, count, deal.told_floor)
    seat_id = _write_seat(connection, move, price)
    _write_lines(connection, move, seat_id)
    _write_events(connection, move, seat_id, price)
    if move.has < move.had:
        gifts.trim(session, seat_id, move.has, move.now)
    fallen = reached(ladder, count)
    leader = deal.leader_id if deal.leader_id is not None else move.person_id
    connection.execute(_UPDATE_ROUND, {
        "of_round": deal.id, "members": members, "pieces": pieces, "told_floor": price, "leader_id": leader,
        "next_place": deal.next_place + joins, "step_told": max(deal.step_told, fallen),
    })
    ahead = missing(ladder, count, price)
    taken = SeatTaken(
        deal.id, move.person_id, move.has, price, ahead[0] if ahead else None, ahead[1].price if ahead else None,
        deal.count_by, max(0, deal.minimum - count), leader == move.person_id, sold_out=sold_out,
    )
    facts: list[AnyFact] = [taken]
    if fallen > deal.step_told and (step := ladder[fallen - 1]).price is not None:
        facts.append(StepReached(deal.id, step.at, price))
    if deal.collect == "upfront":
        facts += _charge(session, deal.id, seat_id, price, move.now, joins=joins)
    return facts + _sold_out(session, deal.id, deal.product_id, move.now) if sold_out else facts


def _sold_out(session: Session, round_id: int, product_id: int, now: datetime) -> list[AnyFact]:
    """The last piece: this group buy closes; others of the product show that there is none left."""
    facts = locks.close(session, round_id, now, sold_out=True)
    group_buys.stock_turned(session, product_id, now)
    return facts


def _leave(session: Session, move: _Move) -> list[AnyFact]:
    deal, connection = move.deal, session.connection()
    leaves = move.seat.leaves + 1
    group_buys.put_back(session, deal.product_id, move.had, move.now)
    _write_events(connection, move, move.seat.id, move.seat.told)
    connection.execute(delete(lines).where(lines.c.seat_id == move.seat.id))
    gifts.withdraw_all(session, move.seat.id, move.now)
    connection.execute(_UPDATE_SEAT, {
        "of_seat": move.seat.id, "state": advance(SEAT, move.seat.state, SeatState.LEFT), "quantity": 0,
        "leaves": leaves, "changed_at": move.now,
    })
    leader = next_leader(session, deal.id) if deal.leader_id == move.person_id else deal.leader_id
    connection.execute(_UPDATE_ROUND, {
        "of_round": deal.id, "members": deal.members - 1, "pieces": deal.pieces - move.had, "leader_id": leader,
        "told_floor": told_floor(session, deal.id),
    })
    facts: list[AnyFact] = [SeatLeft(deal.id, move.person_id, leaves >= LEAVES_ALLOWED)]
    if leader != deal.leader_id:
        facts.append(LeaderChanged(deal.id, leader))
    if deal.collect == "upfront":
        facts += orders.leave(session, move.seat.id, move.now)
    return facts


def _write_seat(connection: Connection, move: _Move, price: int) -> int:
    """Inserts or updates the seat; a seat taken again gets a new place at the end. Returns its id."""
    now = move.now
    if move.seat.id is None:
        result = connection.execute(_INSERT_SEAT, {
            "round_id": move.deal.id, "person_id": move.person_id, "state": SeatState.HELD, "quantity": move.has,
            "place": move.deal.next_place, "told": price, "leaves": 0, "joined_at": now, "changed_at": now,
        })
        return new_id(result)
    values: dict[str, object] = {"of_seat": move.seat.id, "quantity": move.has, "told": price, "changed_at": now}
    if move.had == 0:
        values |= {"state": advance(SEAT, move.seat.state, SeatState.HELD), "place": move.deal.next_place, "joined_at": now}
    connection.execute(_UPDATE_SEAT, values)
    return int(move.seat.id)


def _write_lines(connection: Connection, move: _Move, seat_id: int) -> None:
    for (option, note), pieces in move.after.items():
        if (option, note) not in move.before:
            connection.execute(_INSERT_LINE, {"seat_id": seat_id, "option": option, "note": note, "quantity": pieces})
        elif move.before[option, note] != pieces:
            connection.execute(_ADD_LINE, {"of_seat": seat_id, "of_option": option, "of_note": note, "quantity": pieces})
    for option, note in move.before.keys() - move.after.keys():
        connection.execute(_DROP_LINE, {"of_seat": seat_id, "of_option": option, "of_note": note})


def _write_events(connection: Connection, move: _Move, seat_id: int, price: int) -> None:
    for key in dict.fromkeys((*move.before, *move.after)):
        delta = move.after.get(key, 0) - move.before.get(key, 0)
        if delta:
            connection.execute(_INSERT_EVENT, {
                "round_id": move.deal.id, "seat_id": seat_id, "option": key[0], "note": key[1], "delta": delta,
                "way": move.how.way, "via_person_id": move.how.via_person_id, "message_id": move.how.message_id,
                "names_on_card": move.deal.members, "price_told": price, "at": move.now,
            })


def _charge(session: Session, round_id: int, seat_id: int, price: int, now: datetime, *, joins: bool) -> list[AnyFact]:
    """Upfront: the order stands from joining on and follows the seat."""
    row, seat = session.get_one(Round, round_id, populate_existing=True), session.get_one(Seat, seat_id, populate_existing=True)
    if joins:
        return orders.make_for_seat(session, row, seat, price, now, "upfront")
    return orders.resize(session, row, seat, price, now)

"""The waitlist of a group buy: who waits for a seat, in order, and the timed offers they get.

Invariants: an offer holds its pieces (they are neither in stock nor on a seat) until it is taken, passed or expires;
whoever asked first is offered first; together no more is offered than was freed.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, func, insert, select
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from models import catalogue, circles, group_buys, orders, settling
from models.columns import BigId, Instant, table_of
from models.errors import DomainError
from models.facts import AnyFact, OfferEnded, OfferMade, WaitlistClosed
from models.rows import find, fresh, hold, number_of
from models.seats import Seat, SeatEvent, SeatLine, Way
from models.states import SEAT, WAITING, RoundState, SeatState, WaitingState, advance


class Waiting(SQLModel, table=True):
    """A member's place in the queue; `offered` pieces are held for them until `offer_until`."""

    __tablename__ = "waitings"
    __table_args__ = (UniqueConstraint("round_id", "person_id"), CheckConstraint("offered >= 0", name="offered_not_negative"))

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    round_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("rounds.id")])
    person_id: int = Field(sa_type=BigId, index=True, sa_column_args=[ForeignKey("people.id")])
    state: str = Field(index=True)  # states.WaitingState
    quantity: int = 1  # pieces wished
    option: str = ""
    offered: int = 0
    offer_until: datetime | None = Field(default=None, sa_type=Instant)
    queued_at: datetime = Field(sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)  # when the group buy ended before their turn


waiting_table = table_of(Waiting)
seat_table = table_of(Seat)

LOCKED = (RoundState.LOCKED, RoundState.SETTLING)


def wait(session: Session, round_id: int, person_id: int, quantity: int, option: str, now: datetime) -> int:
    """Takes a place in the queue, or changes what is wished without losing it; returns the place, from 1.

    The option may stay open until an offer is taken. Raises not_a_member, nothing_to_wait_for, already_in,
    already_offered, over_limit, unknown_option, zero.
    """
    row = group_buys.locked_row(session, round_id)
    _require_may_wait(session, row, person_id, quantity, option)
    waiting = of_member(session, round_id, person_id)
    if waiting is None:
        waiting = Waiting(round_id=round_id, person_id=person_id, state=WaitingState.WAITING, queued_at=now)
        session.add(waiting)
    elif waiting.state == WaitingState.OFFERED:
        raise DomainError("already_offered", quantity=waiting.offered, until=waiting.offer_until)
    elif waiting.state != WaitingState.WAITING:
        waiting.state, waiting.queued_at = advance(WAITING, waiting.state, WaitingState.WAITING), now
    waiting.quantity, waiting.option = quantity, option
    session.flush()
    return place(session, waiting)


def _require_may_wait(
    session: Session, row: group_buys.Round, person_id: int, quantity: int, option: str
) -> None:
    if not circles.is_member(session, row.circle_id, person_id):
        raise DomainError("not_a_member")
    if row.state not in LOCKED and not _sold_out_elsewhere(session, row):
        raise DomainError("nothing_to_wait_for", state=row.state)
    if quantity < 1:
        raise DomainError("zero")
    if row.per_member is not None and quantity > row.per_member:
        raise DomainError("over_limit", asked=quantity, limit=row.per_member, reply=row.per_member)
    if option and option not in row.options:
        raise DomainError("unknown_option", option=option, options=row.options)
    seat = _seat(session, number_of(row.id), person_id)
    if seat is not None and seat.state == SeatState.HELD:
        raise DomainError("already_in", quantity=seat.quantity)


def _sold_out_elsewhere(session: Session, row: group_buys.Round) -> bool:
    """It is open, but another group buy of the product took the last piece. Who waits is offered a seat after the lock."""
    return row.state == RoundState.OPEN and catalogue.left(session, row.product_id) == 0


def place(session: Session, waiting: Waiting) -> int:
    """Which place in the queue this is, from 1."""
    ahead = waiting_table.c.round_id == waiting.round_id, waiting_table.c.state == WaitingState.WAITING
    earlier = (waiting_table.c.queued_at < waiting.queued_at) | (
        (waiting_table.c.queued_at == waiting.queued_at) & (waiting_table.c.id < waiting.id)
    )
    return int(session.execute(select(func.count()).where(*ahead, earlier)).scalar_one()) + 1


def of_member(session: Session, round_id: int, person_id: int) -> Waiting | None:
    """A member's row on the waitlist, in whatever state."""
    mine = waiting_table.c.round_id == round_id, waiting_table.c.person_id == person_id
    rows = fresh(session, select(Waiting).where(*mine))
    return rows[0] if rows else None


def withdraw(session: Session, round_id: int, person_id: int, now: datetime) -> list[AnyFact]:
    """The member no longer waits; an offer that stands is passed on. Raises not_waiting."""
    group_buys.locked_row(session, round_id)
    waiting = of_member(session, round_id, person_id)
    if waiting is None or waiting.state not in {WaitingState.WAITING, WaitingState.OFFERED}:
        raise DomainError("not_waiting")
    if waiting.state == WaitingState.OFFERED:
        return pass_on(session, number_of(waiting.id), person_id, now)
    waiting.state = advance(WAITING, waiting.state, WaitingState.PASSED)
    session.flush()
    return []


def offer_left(session: Session, row: group_buys.Round, now: datetime) -> list[AnyFact]:
    """At the lock: who waited while all was sold in other group buys is offered what is in stock again."""
    waits = waiting_table.c.round_id == row.id, waiting_table.c.state == WaitingState.WAITING
    wished = session.execute(select(func.coalesce(func.sum(waiting_table.c.quantity), 0)).where(*waits)).scalar_one()
    pieces = min(int(wished), catalogue.left(session, row.product_id) or 0)
    if not pieces:
        return []
    catalogue.take(session, row.product_id, pieces)
    return offer_freed(session, number_of(row.id), pieces, now)


def offer_freed(session: Session, round_id: int, pieces: int, now: datetime) -> list[AnyFact]:
    """Pieces that a seat or an offer gave up: to those who wait, in order; what nobody takes goes back to stock."""
    row = group_buys.locked_row(session, round_id)
    facts: list[AnyFact] = []
    for waiting in _queue(session, row) if pieces else ():
        if not _may_still(session, row, waiting.person_id):
            waiting.state = advance(WAITING, waiting.state, WaitingState.PASSED)
            continue
        facts.append(_offer(row, waiting, min(waiting.quantity, pieces), now))
        pieces -= waiting.offered
        if not pieces:
            break
    session.flush()
    if pieces:
        group_buys.put_back(session, row.product_id, pieces, now)
    return facts


def _may_still(session: Session, row: group_buys.Round, person_id: int) -> bool:
    """Who waits may have left the circle, or have got a seat while the group buy was open."""
    seat = _seat(session, number_of(row.id), person_id)
    return circles.is_member(session, row.circle_id, person_id) and (seat is None or seat.state != SeatState.HELD)


def _queue(session: Session, row: group_buys.Round) -> Sequence[Waiting]:
    if row.state not in LOCKED:
        return ()
    waits = waiting_table.c.round_id == row.id, waiting_table.c.state == WaitingState.WAITING
    return fresh(session, select(Waiting).where(*waits).order_by(waiting_table.c.queued_at, waiting_table.c.id))


def _offer(row: group_buys.Round, waiting: Waiting, pieces: int, now: datetime) -> OfferMade:
    until = now + timedelta(seconds=row.offer_within)
    waiting.state, waiting.offered, waiting.offer_until = advance(WAITING, waiting.state, WaitingState.OFFERED), pieces, until
    price = group_buys.price(row)
    choice = () if waiting.option else tuple(row.options)
    return OfferMade(number_of(row.id), waiting.person_id, number_of(waiting.id), pieces, price, until, choice)


def accept(session: Session, waiting_id: int, person_id: int, now: datetime, option: str = "") -> list[AnyFact]:
    """The member takes the seat at the final price, and is asked to pay.

    `option` is needed where there are options and none was named when waiting. Raises not_yours, offer_over,
    already_in, option_needed, unknown_option.
    """
    row, waiting = _held(session, waiting_id)
    _require_offer(waiting, person_id)
    if waiting.offer_until is not None and waiting.offer_until <= now:
        raise DomainError("offer_over")
    waiting.option = _chosen(row, option or waiting.option)
    price, pieces = group_buys.price(row), waiting.offered
    waiting.state, waiting.offered, waiting.offer_until = advance(WAITING, waiting.state, WaitingState.TAKEN), 0, None
    seat = _take_seat(session, row, waiting, pieces, price, now)
    return orders.make_for_seat(session, row, seat, price, now, "offer")


def accept_option(session: Session, waiting_id: int, person_id: int, index: int, now: datetime) -> list[AnyFact]:
    """`accept`, with the option that the button named by its place. Raises as accept does, and gone."""
    row, _ = _held(session, waiting_id)
    if not 0 <= index < len(row.options):
        raise DomainError("option_needed", options=row.options)
    return accept(session, waiting_id, person_id, now, row.options[index])


def _chosen(row: group_buys.Round, option: str) -> str:
    if row.options and not option:
        raise DomainError("option_needed", options=row.options)
    if option and option not in row.options:
        raise DomainError("unknown_option", option=option, options=row.options)
    return option


def _take_seat(
    session: Session, row: group_buys.Round, waiting: Waiting, pieces: int, price: int, now: datetime
) -> Seat:
    """The member's seat, held again or for the first time, at the end of the roster."""
    names = row.members
    seat = _seat(session, number_of(row.id), waiting.person_id)
    if seat is None:
        seat = Seat(
            round_id=number_of(row.id), person_id=waiting.person_id, state=SeatState.HELD, quantity=pieces,
            place=row.next_place, told=price, joined_at=now, changed_at=now,
        )  # fmt: skip
        session.add(seat)
    else:
        seat.state, seat.quantity = advance(SEAT, seat.state, SeatState.HELD), pieces
        seat.place, seat.told, seat.joined_at, seat.changed_at = row.next_place, price, now, now
    row.members, row.pieces, row.next_place = row.members + 1, row.pieces + pieces, row.next_place + 1
    row.leader_id = row.leader_id if row.leader_id is not None else waiting.person_id
    session.flush()
    seat_id = number_of(seat.id)
    session.execute(insert(table_of(SeatLine)).values(seat_id=seat_id, option=waiting.option, note="", quantity=pieces))
    session.execute(insert(table_of(SeatEvent)).values(
        round_id=row.id, seat_id=seat_id, option=waiting.option, note="", delta=pieces, way=Way.OFFER,
        names_on_card=names, price_told=price, at=now,
    ))  # fmt: skip
    return seat


def pass_on(session: Session, waiting_id: int, person_id: int, now: datetime) -> list[AnyFact]:
    """The member does not want the seat: the next is asked. Raises not_yours, offer_over."""
    row, waiting = _held(session, waiting_id)
    _require_offer(waiting, person_id)
    return _end_offer(session, row, waiting, WaitingState.PASSED, now)


def expire(session: Session, waiting_id: int, now: datetime) -> list[AnyFact]:
    """An offer whose time is over goes to the next; before its time nothing happens."""
    row, waiting = _held(session, waiting_id)
    if waiting.state != WaitingState.OFFERED or waiting.offer_until is None or waiting.offer_until > now:
        return []
    return _end_offer(session, row, waiting, WaitingState.EXPIRED, now)


def _end_offer(
    session: Session, row: group_buys.Round, waiting: Waiting, state: WaitingState, now: datetime
) -> list[AnyFact]:
    pieces = waiting.offered
    waiting.state, waiting.offered, waiting.offer_until = advance(WAITING, waiting.state, state), 0, None
    session.flush()
    facts: list[AnyFact] = [OfferEnded(number_of(row.id), waiting.person_id, number_of(waiting.id))]
    facts += offer_freed(session, number_of(row.id), pieces, now)
    return facts + settling.progress(session, row, now)


def close_all(session: Session, round_id: int, now: datetime) -> list[AnyFact]:
    """The group buy is over: offers end, their pieces go back to stock, and who still waits is told."""
    row = group_buys.locked_row(session, round_id)
    live = waiting_table.c.state.in_((WaitingState.WAITING, WaitingState.OFFERED))
    query = select(Waiting).where(waiting_table.c.round_id == round_id, live).order_by(waiting_table.c.id)
    facts: list[AnyFact] = []
    for waiting in fresh(session, query):
        if waiting.offered:
            group_buys.put_back(session, row.product_id, waiting.offered, now)
        waiting.state, waiting.closed_at = advance(WAITING, waiting.state, WaitingState.CLOSED), now
        waiting.offered, waiting.offer_until = 0, None
        facts.append(WaitlistClosed(round_id, waiting.person_id))
    session.flush()
    return facts


def offers_stand(session: Session, round_id: int) -> bool:
    """Whether anybody still holds an offer in this round."""
    session.flush()
    standing = waiting_table.c.round_id == round_id, waiting_table.c.state == WaitingState.OFFERED
    return session.execute(select(waiting_table.c.id).where(*standing).limit(1)).first() is not None


def _held(session: Session, waiting_id: int) -> tuple[group_buys.Round, Waiting]:
    seen = find(session, Waiting, waiting_id)
    if seen is None:
        raise DomainError("gone", what="waitings")
    return group_buys.locked_row(session, seen.round_id), hold(session, Waiting, waiting_id)


def _require_offer(waiting: Waiting, person_id: int) -> None:
    if waiting.person_id != person_id:
        raise DomainError("not_yours")
    if waiting.state != WaitingState.OFFERED:
        raise DomainError("offer_over")


def _seat(session: Session, round_id: int, person_id: int) -> Seat | None:
    mine = seat_table.c.round_id == round_id, seat_table.c.person_id == person_id
    rows = fresh(session, select(Seat).where(*mine))
    return rows[0] if rows else None

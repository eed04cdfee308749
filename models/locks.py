"""How a group buy stops being open: locked, decided, failed, recalled.

Invariants: the final price is fixed once, from the seats held at that moment; a group buy that does not come about
gives back every piece and every cent, and nobody is ever invented to fill it.
"""

from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models import orders, shops, waitlist
from models.columns import table_of
from models.errors import DomainError
from models.facts import AnyFact, RoundFailed, RoundLocked, RoundRecalled, RoundShort
from models.group_buys import Round, count, locked_row, price, put_back
from models.orders import Order
from models.seats import Seat, SeatLine
from models.states import ROUND, SEAT, RoundState, SeatState, advance

TIME_TO_DECIDE = timedelta(hours=12)  # the owner's, to accept the short group openly

seats, lines = table_of(Seat), table_of(SeatLine)


def close(session: Session, round_id: int, now: datetime, *, sold_out: bool = False) -> list[AnyFact]:
    """The deadline (or the last piece): locks, asks the owner about a short group, or fails. Before its time it does nothing."""
    row = locked_row(session, round_id)
    if row.state == RoundState.DECIDING and row.decide_by is not None and row.decide_by <= now:
        return _fail(session, row, now)
    if row.state != RoundState.OPEN or (row.closes_at > now and not sold_out):
        return []
    there = count(row)
    if there >= row.minimum:
        return _lock(session, row, now)
    if row.accept_from is not None and there and there >= ceil(row.accept_from * row.minimum):
        row.state = advance(ROUND, row.state, RoundState.DECIDING)
        row.decide_by = now + TIME_TO_DECIDE
        session.flush()
        return [RoundShort(round_id, there, row.minimum, row.decide_by)]
    return _fail(session, row, now)


def accept_short(session: Session, round_id: int, by_person_id: int, now: datetime) -> list[AnyFact]:
    """The owner accepts a short group openly ("accepted with 4 of 5"). Raises not_yours, not_deciding."""
    row = _deciding(session, round_id, by_person_id)
    row.accepted_short = True
    return _lock(session, row, now)


def let_fail(session: Session, round_id: int, by_person_id: int, now: datetime) -> list[AnyFact]:
    """The owner lets a short group fail. Raises not_yours, not_deciding."""
    return _fail(session, _deciding(session, round_id, by_person_id), now)


def recall(session: Session, round_id: int, by_person_id: int, now: datetime) -> list[AnyFact]:
    """The owner stops the offer: every buyer is told and gets back what was paid; what was collected stays collected.

    Raises not_yours, bad_move (it is over already).
    """
    row = locked_row(session, round_id)
    if not shops.owns(session, row.shop_id, by_person_id):
        raise DomainError("not_yours")
    row.state = advance(ROUND, row.state, RoundState.CANCELLED)
    return _give_all_back(session, row, "recalled", now, [RoundRecalled(round_id)])


def _deciding(session: Session, round_id: int, by_person_id: int) -> Round:
    row = locked_row(session, round_id)
    if not shops.owns(session, row.shop_id, by_person_id):
        raise DomainError("not_yours")
    if row.state != RoundState.DECIDING:
        raise DomainError("not_deciding", state=row.state)
    return row


def _lock(session: Session, row: Round, now: datetime) -> list[AnyFact]:
    """Fixes the price and makes the orders, in the order of joining."""
    assert row.id is not None
    final = price(row)
    row.state = advance(ROUND, row.state, RoundState.LOCKED)
    row.final_price = final
    row.locked_at = now
    session.flush()
    facts: list[AnyFact] = [RoundLocked(row.id, final, row.members, row.pieces, row.accepted_short)]
    held = select(Seat).where(seats.c.round_id == row.id, seats.c.state == SeatState.HELD).order_by(seats.c.place)
    for seat in session.scalars(held.execution_options(populate_existing=True)).all():
        facts += orders.make_for_seat(session, row, seat, final, now, "lock")
    return facts + waitlist.offer_left(session, row, now)


def _fail(session: Session, row: Round, now: datetime) -> list[AnyFact]:
    assert row.id is not None
    there = count(row)
    row.state = advance(ROUND, row.state, RoundState.FAILED)
    return _give_all_back(session, row, "failed", now, [RoundFailed(row.id, there, row.minimum)])


def _give_all_back(session: Session, row: Round, why: str, now: datetime, facts: list[AnyFact]) -> list[AnyFact]:
    """Releases every seat whose goods were not handed over, with its pieces and its order."""
    assert row.id is not None
    row.ended_at = now
    row.count_at_end = count(row)
    facts = facts + orders.cancel_all(session, row.id, why, now) + waitlist.close_all(session, row.id, now)
    collected = select(table_of(Order).c.seat_id).where(
        table_of(Order).c.round_id == row.id, table_of(Order).c.collected_at.is_not(None)
    )
    free = (seats.c.round_id == row.id, seats.c.state == SeatState.HELD, seats.c.id.not_in(collected))
    released = session.execute(select(seats.c.id, seats.c.quantity).where(*free)).all()
    pieces = sum(seat.quantity for seat in released)
    session.execute(delete(lines).where(lines.c.seat_id.in_(select(seats.c.id).where(*free))))
    session.execute(update(seats).where(*free).values(
        state=advance(SEAT, SeatState.HELD, SeatState.RELEASED), quantity=0, changed_at=now
    ))
    row.members -= len(released)
    row.pieces -= pieces
    if pieces:
        put_back(session, row.product_id, pieces, now)
    session.flush()
    return facts

"""A held seat becomes free: by not paying, by "I cannot", by a refund before handover.

Invariants: the round's counters stay the sums over held seats; the freed pieces go to the waitlist in order, and what
nobody there waits for goes back to stock; the price is not touched once it is fixed.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, select
from sqlalchemy.orm import Session

from models import gifts, waitlist
from models.columns import table_of
from models.facts import AnyFact, LeaderChanged
from models.group_buys import Round
from models.rows import hold, number_of
from models.seats import Seat, SeatLine
from models.states import SEAT, SeatState, advance

seat_table, seat_line_table = table_of(Seat), table_of(SeatLine)


def give_up(session: Session, row: Round, seat_id: int, state: SeatState, now: datetime) -> list[AnyFact]:
    """Ends a held seat of a round that is held; says who leads now and who is offered the pieces."""
    seat = hold(session, Seat, seat_id)
    pieces = seat.quantity
    seat.state, seat.quantity, seat.changed_at = advance(SEAT, seat.state, state), 0, now
    session.execute(delete(seat_line_table).where(seat_line_table.c.seat_id == seat_id))
    gifts.withdraw_all(session, seat_id, now)
    row.members -= 1
    row.pieces -= pieces
    session.flush()
    row.told_floor = _told_floor(session, number_of(row.id))
    facts = _succession(session, row, seat.person_id)
    return facts + waitlist.offer_freed(session, number_of(row.id), pieces, now)


def _held(round_id: int) -> ColumnElement[bool]:
    return and_(seat_table.c.round_id == round_id, seat_table.c.state == SeatState.HELD)


def _told_floor(session: Session, round_id: int) -> int | None:
    """The lowest price told to a seat still held, minor units."""
    floor: int | None = session.execute(select(func.min(seat_table.c.told)).where(_held(round_id))).scalar_one()
    return floor


def _succession(session: Session, row: Round, gone: int) -> list[AnyFact]:
    """The leader is gone: the next to have joined leads."""
    if row.leader_id != gone:
        return []
    first = select(seat_table.c.person_id).where(_held(number_of(row.id))).order_by(seat_table.c.place).limit(1)
    row.leader_id = session.execute(first).scalar_one_or_none()
    session.flush()
    return [LeaderChanged(number_of(row.id), row.leader_id)]

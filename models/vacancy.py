"""A held seat becomes free: by not paying, by "I cannot", by a refund before handover.

Invariants: the round's counters stay the sums over held seats; the freed pieces go to the waitlist in order, and what
nobody there waits for goes back to stock; the price is not touched once it is fixed.
"""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from models import gifts, waitlist
from models.columns import table_of
from models.facts import AnyFact, LeaderChanged
from models.group_buys import Round
from models.rows import hold, number_of
from models.seats import Seat, SeatLine, next_leader, told_floor
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
    row.told_floor = told_floor(session, number_of(row.id))
    facts = _succession(session, row, seat.person_id)
    return facts + waitlist.offer_freed(session, number_of(row.id), pieces, now)


def _succession(session: Session, row: Round, gone: int) -> list[AnyFact]:
    """The leader is gone: the next to have joined leads."""
    if row.leader_id != gone:
        return []
    row.leader_id = next_leader(session, number_of(row.id))
    session.flush()
    return [LeaderChanged(number_of(row.id), row.leader_id)]

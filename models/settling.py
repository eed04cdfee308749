"""After the lock: a group buy is settling once nobody's payment is open, and done once every order is completed or ended."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import orders, waitlist
from models.facts import AnyFact, RoundEnded
from models.group_buys import Round
from models.rows import number_of
from models.states import ROUND, OrderState, RoundState, advance


def progress(session: Session, row: Round, now: datetime) -> list[AnyFact]:
    """Moves a locked or settling round that is held as far as its orders and offers allow."""
    if row.state not in {RoundState.LOCKED, RoundState.SETTLING}:
        return []
    round_id = number_of(row.id)
    states = _states(session, round_id)
    if waitlist.offers_stand(session, round_id):
        return []
    if row.state == RoundState.LOCKED and not states & set(orders.UNPAID):
        row.state = advance(ROUND, row.state, RoundState.SETTLING)
    if states & set(orders.UNDER_WAY):
        session.flush()
        return []
    row.state, row.ended_at = advance(ROUND, row.state, RoundState.DONE), now
    session.flush()
    return [RoundEnded(round_id), *waitlist.close_all(session, round_id, now)]


def _states(session: Session, round_id: int) -> set[str]:
    session.flush()
    query = select(orders.order_table.c.state).where(orders.order_table.c.round_id == round_id)
    return {OrderState(state) for state in session.scalars(query.group_by(orders.order_table.c.state))}

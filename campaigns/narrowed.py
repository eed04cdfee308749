"""What waits of runs whose campaign was given fewer circles since: it does not leave any more.

Invariant: only messages that wait are taken back, and their receivers are recorded as left out; whoever is still in one of
the campaign's circles hears what they were to hear. An owner's own broadcast is no part of bot.toml.
"""

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from bot.core.config import Campaign, Config
from bot.core.config.letters import Letters
from campaigns import audiences
from models import fanning
from models.circles import membership_table
from models.outbox import OUTBOX, OutboxState
from models.recipients import Outcome, ended

WHY = "its campaign is for other circles now"
_WAITS = (OutboxState.QUEUED.value, OutboxState.HELD.value)


def recall(session: Session, config: Config) -> int:
    """Looks at every run that goes on; how many messages it took back."""
    taken = 0
    for run_id, key, shop_id in fanning.with_messages(session):
        campaign = config.campaigns.get(key)
        if isinstance(campaign, Letters) and shop_id is not None:
            taken += _recall(session, run_id, _outside(session, config, campaign, shop_id))
    return taken


def _outside(session: Session, config: Config, campaign: Campaign, shop_id: int) -> "Select[int]":
    """Messages that wait for others than the campaign's circles and their members."""
    there, m = audiences.circle_ids(session, shop_id, campaign, config), membership_table.c
    inside = select(m.person_id).where(m.person_id == OUTBOX.c.person_id, m.circle_id.in_(there), m.left_at.is_(None))
    post = OUTBOX.c.person_id.is_(None) & OUTBOX.c.circle_id.not_in(there)
    letter = OUTBOX.c.person_id.is_not(None) & ~inside.correlate(OUTBOX).exists()
    return select(OUTBOX.c.id).where(OUTBOX.c.promotion, OUTBOX.c.state.in_(_WAITS), post | letter)


def _recall(session: Session, run_id: int, outside: "Select[int]") -> int:
    found = session.scalars(outside.where(OUTBOX.c.run_id == run_id).order_by(OUTBOX.c.id)).all()
    for row in found:
        ended(session, row, Outcome.LEFT)
        session.execute(update(OUTBOX).where(OUTBOX.c.id == row).values(state=OutboxState.DROPPED, error=WHY))
    return len(found)

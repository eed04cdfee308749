"""Whom a campaign has written to before, and about what: so that a reminder comes once and a thanks not every week.

Invariant: whoever was held out counts as written to, so that both arms of a hold-out are asked equally often; a message
that was dropped for want of attention does not count, and may come later.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.campaigns import runs
from models.recipients import Outcome, recipients

_COUNTS = (Outcome.QUEUED, Outcome.HELD_OUT)
_OF_RUN = recipients.join(runs, runs.c.id == recipients.c.run_id)


def last(session: Session, campaign_id: int, person_ids: Collection[int]) -> dict[int, datetime]:
    """When the campaign wrote to each of these people last; who is missing never heard of it."""
    mine = (runs.c.campaign_id == campaign_id, recipients.c.outcome.in_(_COUNTS), recipients.c.person_id.in_(person_ids))
    query = select(recipients.c.person_id, func.max(recipients.c.decided_at).label("at")).select_from(_OF_RUN)
    return {row.person_id: row.at for row in session.execute(query.where(*mine).group_by(recipients.c.person_id))}


def rounds_told(session: Session, campaign_id: int, circle_ids: Collection[int], since: datetime) -> set[int]:
    """The group buys that the campaign posted about in these circles since then."""
    mine = (runs.c.campaign_id == campaign_id, recipients.c.outcome.in_(_COUNTS), recipients.c.circle_id.in_(circle_ids))
    query = select(recipients.c.why).select_from(_OF_RUN).where(*mine, recipients.c.decided_at >= since)
    return {int(why["round_id"]) for why in session.scalars(query) if "round_id" in why}


def last_slot(session: Session, campaign_id: int, before: datetime) -> datetime | None:
    """The slot of the campaign's run before this one."""
    earlier = (runs.c.campaign_id == campaign_id, runs.c.slot < before, runs.c.state.in_(("done", "running", "paused")))
    found: datetime | None = session.scalar(select(func.max(runs.c.slot)).where(*earlier))
    return found

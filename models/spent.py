"""What becomes of messages that nobody needs any more: forgotten with a person, thrown away with age.

Invariants: of an erased person nothing that was said stays, that something was sent does; what waits is never thrown
away; a run's messages go all at once, long after the run has ended, so that its books can be checked until then.
"""

from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import CursorResult, and_, case, delete, or_, select, update
from sqlalchemy.orm import Session

from models import recipients
from models.campaigns import runs
from models.outbox import OUTBOX, OutboxState

KEPT = timedelta(days=90)
_WAITS = (OutboxState.QUEUED, OutboxState.HELD, OutboxState.PARKED)


def forget(session: Session, person_id: int) -> None:
    """An erased person's messages: what was said to them goes, that something was sent stays.

    Lists that were made for others (an owner's orders, a friend's link) name them too: of these what has left goes.
    """
    recipients.forget(session, person_id)
    ready = (OUTBOX.c.template == "ready", OUTBOX.c.state.not_in([*_WAITS, OutboxState.SENDING]))
    session.execute(update(OUTBOX).where(*ready).values(params={}, error=None))
    ends = case((OUTBOX.c.state.in_(_WAITS), OutboxState.DROPPED.value), else_=OUTBOX.c.state)
    session.execute(update(OUTBOX).where(OUTBOX.c.person_id == person_id).values(params={}, error=None, state=ends))


def prune(session: Session, now: datetime) -> int:
    """Forgets what came to an end more than KEPT ago, so that the queue stays small; returns how many rows."""
    ended = OUTBOX.c.state.not_in([*_WAITS, OutboxState.SENDING])
    over = select(runs.c.id).where(runs.c.finished_at < now - KEPT)
    old = or_(and_(OUTBOX.c.run_id.is_(None), OUTBOX.c.created_at < now - KEPT), OUTBOX.c.run_id.in_(over))
    return cast("CursorResult[tuple[()]]", session.execute(delete(OUTBOX).where(ended, old))).rowcount

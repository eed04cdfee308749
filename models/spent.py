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
from models.outbox import OUTBOX, READY, OutboxState

KEPT = timedelta(days=90)
ONCE_KEPT = timedelta(days=730)  # of runs that told something once for all: their messages' keys are how that is known
ONCE, ONCE_END = "campaign:", "campaign;"  # what such keys begin with, and what follows all of them
_WAITS = (OutboxState.QUEUED, OutboxState.HELD, OutboxState.PARKED)


def forget(session: Session, person_id: int) -> None:
    """An erased person's messages: what was said to them goes, that something was sent stays.

    Lists that were made for others (an owner's orders, a friend's link) name them too: of these what has left goes.
    """
    recipients.forget(session, person_id)
    ready = (OUTBOX.c.template == READY, OUTBOX.c.state.not_in([*_WAITS, OutboxState.SENDING]))
    session.execute(update(OUTBOX).where(*ready).values(params={}, error=None))
    ends = case((OUTBOX.c.state.in_(_WAITS), OutboxState.DROPPED.value), else_=OUTBOX.c.state)
    session.execute(update(OUTBOX).where(OUTBOX.c.person_id == person_id).values(params={}, error=None, state=ends))


def prune(session: Session, now: datetime) -> int:
    """Forgets what came to an end more than KEPT (or ONCE_KEPT) ago, so that the queue stays small; returns how many rows."""
    ended = OUTBOX.c.state.not_in([*_WAITS, OutboxState.SENDING])
    known = (OUTBOX.c.run_id == runs.c.id, OUTBOX.c.dedup >= ONCE, OUTBOX.c.dedup < ONCE_END)
    told_once = select(OUTBOX.c.id).where(*known).correlate(runs).exists()
    kept = or_(runs.c.finished_at < now - ONCE_KEPT, and_(runs.c.finished_at < now - KEPT, ~told_once))
    over = select(runs.c.id).where(kept)
    old = or_(and_(OUTBOX.c.run_id.is_(None), OUTBOX.c.created_at < now - KEPT), OUTBOX.c.run_id.in_(over))
    return cast("CursorResult[tuple[()]]", session.execute(delete(OUTBOX).where(ended, old))).rowcount

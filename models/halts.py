"""Ending, stopping and going on: what people, failures and removed campaigns do to a run that is under way.

Invariants: a run's messages that wait are held while it is paused and dropped when it is cancelled, in the same
transaction; what is on its way at that moment arrives, or asks again when its turn comes (models/attention.py).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import CursorResult, func, or_, select, text, update
from sqlalchemy.orm import Session

from models import fanning
from models.campaigns import RunState, runs
from models.errors import DomainError
from models.outbox import CUT_OFF, OUTBOX, OutboxState
from models.recipients import Outcome, recipients

BY_PERSON, BY_FAILURES = "person", "failures"
MOST_FAILED, SHARE = 20, 10  # as many failures, and one in ten of those tried: a run stops by itself
FAILED = (OutboxState.PARKED.value, OutboxState.UNKNOWN.value)
_TOLD = OUTBOX.c.error.is_distinct_from(CUT_OFF)  # a process that died in mid-send is no failure of the run's
_TRIED = (*FAILED, OutboxState.DELIVERED.value, OutboxState.DEAD.value)
_ENDS_EARLY = (RunState.RUNNING, RunState.PAUSED, RunState.QUEUED)
_GOES_ON = text("runs.state IN ('running', 'queued', 'paused')")  # as the partial index says it


def pause(session: Session, run_id: int, why: str) -> None:
    """running -> paused. Raises DomainError("run_over")."""
    _moves(session, run_id, (RunState.RUNNING,), {"state": RunState.PAUSED, "paused_why": why})
    _turns(session, run_id, OutboxState.QUEUED, OutboxState.HELD)


def resume(session: Session, run_id: int) -> None:
    """paused -> running; failures are counted from here on. Raises DomainError("run_over")."""
    record = session.execute(select(runs.c.record).where(runs.c.id == run_id)).scalar_one_or_none() or {}
    since = {"failed": _count(session, run_id, FAILED), "tried": _count(session, run_id, _TRIED)}
    going = {"state": RunState.RUNNING, "paused_why": None, "record": {**record, "since": since}}
    _moves(session, run_id, (RunState.PAUSED,), going)
    _turns(session, run_id, OutboxState.HELD, OutboxState.QUEUED)


def cancel(session: Session, run_id: int, now: datetime) -> None:
    """running, paused, queued -> cancelled. Raises DomainError("run_over")."""
    _moves(session, run_id, _ENDS_EARLY, {"state": RunState.CANCELLED, "finished_at": now})
    waits = (OUTBOX.c.run_id == run_id, OUTBOX.c.state.in_([OutboxState.QUEUED, OutboxState.HELD]))
    mine = or_(OUTBOX.c.person_id == recipients.c.person_id, OUTBOX.c.circle_id == recipients.c.circle_id)
    unsent = select(OUTBOX.c.id).where(*waits, mine).correlate(recipients).exists()
    written = (recipients.c.run_id == run_id, recipients.c.outcome == Outcome.QUEUED)
    session.execute(update(recipients).where(*written, unsent).values(outcome=Outcome.CANCELLED))
    session.execute(update(OUTBOX).where(*waits).values(state=OutboxState.DROPPED, error="its run was cancelled"))
    fanning.cancel(session, run_id, now)


def cancel_all(session: Session, campaign_id: int, now: datetime) -> None:
    """Every run of a campaign that has not ended: its next slot comes, or it was taken out of bot.toml."""
    query = select(runs.c.id).where(
        runs.c.campaign_id == campaign_id, _GOES_ON, runs.c.state.in_(_ENDS_EARLY)
    )
    for run_id in session.scalars(query.order_by(runs.c.id)).all():
        cancel(session, run_id, now)


_FAILED = select(func.count()).select_from(OUTBOX).where(OUTBOX.c.run_id == runs.c.id, OUTBOX.c.state.in_(FAILED), _TOLD)
_SUSPECTS = select(runs.c.id, runs.c.record).where(
    _GOES_ON, runs.c.state == RunState.RUNNING, _FAILED.scalar_subquery() >= MOST_FAILED
)  # built once: asked every second


def failing(session: Session) -> list[int]:
    """Runs that fail too often: since they last began to go, 20 messages and a tenth of those tried."""
    return [run_id for run_id, record in session.execute(_SUSPECTS) if _fails(session, run_id, record)]


def _fails(session: Session, run_id: int, record: Mapping[str, object]) -> bool:
    since = cast("Mapping[str, int]", record.get("since") or {"failed": 0, "tried": 0})
    failed = _count(session, run_id, FAILED) - since["failed"]
    tried = _count(session, run_id, _TRIED) - since["tried"]
    return failed >= MOST_FAILED and failed * SHARE >= tried


def _count(session: Session, run_id: int, states: Sequence[str]) -> int:
    query = select(func.count()).select_from(OUTBOX).where(OUTBOX.c.run_id == run_id, OUTBOX.c.state.in_(states), _TOLD)
    return int(session.execute(query).scalar_one())


def _moves(session: Session, run_id: int, before: Sequence[RunState], values: Mapping[str, object]) -> None:
    """Raises DomainError("run_over") if the run is in no state from which it could."""
    moved = session.execute(update(runs).where(runs.c.id == run_id, runs.c.state.in_(before)).values(**values))
    if cast("CursorResult[tuple[()]]", moved).rowcount != 1:
        raise DomainError("run_over")


def _turns(session: Session, run_id: int, before: OutboxState, after: OutboxState) -> None:
    waiting = update(OUTBOX).where(OUTBOX.c.run_id == run_id, OUTBOX.c.state == before)
    session.execute(waiting.values(state=after))

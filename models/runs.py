"""What people are shown of campaigns and their runs: plain values, the same for the chat, the terminal and a page.

Invariant: every member (or circle) that a run decided on is counted once, under what became of them.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from models import openings
from models.campaigns import RunState, campaigns, runs
from models.errors import DomainError
from models.openings import Opened
from models.outbox import OUTBOX, OutboxState
from models.recipients import Outcome, recipients

_WAITING = (OutboxState.QUEUED, OutboxState.HELD, OutboxState.SENDING)
_SENT = (OutboxState.DELIVERED, OutboxState.UNKNOWN)
_LIVE = (RunState.RUNNING, RunState.PAUSED, RunState.CANCELLED)  # of these the rows are counted, of others the record tells


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run: how far it is, whom it reached, whom not and why.

    `counts` says what became of those decided on, by recipients.Outcome or, once a message stood for them, by its state
    ("delivered", "unknown", "dead", "parked", "queued", "held", "sending"); what is zero is left out. `waited` counts those
    who had to wait, by what for: "over_budget", "quiet_hours".
    """

    id: int
    campaign_id: int
    campaign: str  # its key
    kind: str
    shop_id: int | None
    slot: datetime
    state: RunState
    started_at: datetime
    finished_at: datetime | None
    all_decided: bool  # False: the end of its audience is not reached yet, so `decided` still grows
    decided: int  # members or circles decided on so far
    planned: int  # messages that were queued for them
    sent: int  # of these left: delivered, or cut off in mid-send
    waiting: int  # of these not yet left
    counts: Mapping[str, int] = field(default_factory=dict)
    waited: Mapping[str, int] = field(default_factory=dict)
    paused_why: str | None = None  # "person" or "failures"
    error: str | None = None  # the code of the rule that refused its start
    by: int | None = None  # the owner whose broadcast it is
    opened: Opened | None = None  # of kinds that open something in circles
    asked: tuple[int, int] | None = None  # of ask_buyers: questions, and people they were put to


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """One campaign as operators see it in a list. `next_at` is None where an event decides, or nothing comes any more."""

    id: int
    key: str
    kind: str
    shop: str  # its name
    zone: str  # the shop's, in which its times are told
    paused: bool
    next_at: datetime | None
    event: str | None
    delay: timedelta  # from the event to its slot
    last: RunLine | None


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a broadcast would reach, before it is confirmed. `seconds` at the platform's limits."""

    count: int  # members, or circles
    of_whom_reachable: int
    seconds: float
    examples: tuple[str, ...] = ()  # names
    why: Mapping[str, object] | None = None  # what the first of them is told in the last line; posts have none


def run(session: Session, run_id: int) -> RunLine:
    """One run as it stands. Raises DomainError("gone")."""
    row = session.execute(_RUNS.where(runs.c.id == run_id)).one_or_none()
    if row is None:
        raise DomainError("gone", what="runs")
    return _line(session, row)


def latest(session: Session, campaign_id: int, limit: int) -> list[RunLine]:
    """A campaign's runs, the last first."""
    query = _RUNS.where(runs.c.campaign_id == campaign_id).order_by(runs.c.slot.desc(), runs.c.id.desc()).limit(limit)
    return [_line(session, row) for row in session.execute(query).all()]


def recent(session: Session, limit: int) -> list[RunLine]:
    """The last runs of all campaigns, the last first."""
    return [_line(session, row) for row in session.execute(_RUNS.order_by(runs.c.id.desc()).limit(limit)).all()]


def last_of(session: Session, campaign_ids: Collection[int]) -> dict[int, RunLine]:
    """The last run of each of these campaigns that has one."""
    newest = select(func.max(runs.c.id)).where(runs.c.campaign_id.in_(campaign_ids)).group_by(runs.c.campaign_id)
    rows = session.execute(_RUNS.where(runs.c.id.in_(newest))).all()
    return {row.campaign_id: _line(session, row) for row in rows}


def counted(session: Session, run_id: int) -> tuple[dict[str, int], dict[str, int]]:
    """What became of all whom the run decided on, and how many had to wait for what; nothing that is zero."""
    r = recipients.c
    decided = select(r.outcome, func.count()).where(r.run_id == run_id, r.outcome != Outcome.QUEUED).group_by(r.outcome)
    written = select(OUTBOX.c.state, func.count()).where(OUTBOX.c.run_id == run_id, OUTBOX.c.state != OutboxState.DROPPED)
    waited = select(r.waited, func.count()).where(r.run_id == run_id, r.waited.is_not(None)).group_by(r.waited)
    counts = [*session.execute(decided), *session.execute(written.group_by(OUTBOX.c.state))]
    return _numbers(counts), _numbers(session.execute(waited).all())


_RUNS: Select[*tuple[object, ...]] = select(
    runs.c.id, runs.c.campaign_id, campaigns.c.key, campaigns.c.kind, campaigns.c.shop_id, runs.c.slot, runs.c.state,
    runs.c.started_at, runs.c.finished_at, runs.c.all_decided, runs.c.paused_why, runs.c.record,
).join(campaigns, campaigns.c.id == runs.c.campaign_id)  # fmt: skip


def _line(session: Session, row: Row[*tuple[object, ...]]) -> RunLine:
    counts, waited = counted(session, row.id) if row.state in _LIVE else _recorded(row.record)
    if not counts:  # rows of a run that ended long ago are gone, its record stays
        counts, waited = _recorded(row.record)
    written = [number for what, number in counts.items() if what in set(OutboxState)]
    return RunLine(
        id=row.id, campaign_id=row.campaign_id, campaign=row.key, kind=row.kind, shop_id=row.shop_id, slot=row.slot,
        state=RunState(row.state), started_at=row.started_at, finished_at=row.finished_at, all_decided=row.all_decided,
        decided=sum(counts.values()), planned=sum(written), sent=sum(counts.get(state, 0) for state in _SENT),
        waiting=sum(counts.get(state, 0) for state in _WAITING), counts=counts, waited=waited,
        paused_why=row.paused_why, error=row.record.get("error"), by=row.record.get("by"),
        opened=openings.read(row.record), asked=_asked(row.record),
    )  # fmt: skip


def _asked(record: Mapping[str, object]) -> tuple[int, int] | None:
    questions, asked = record.get("questions"), record.get("asked")
    return (questions, asked) if isinstance(questions, int) and isinstance(asked, int) else None


def _recorded(record: Mapping[str, object]) -> tuple[dict[str, int], dict[str, int]]:
    counts, waited = record.get("counts"), record.get("waited")
    return _whole(counts), _whole(waited)


def _whole(kept: object) -> dict[str, int]:
    return {str(key): number for key, number in kept.items() if isinstance(number, int)} if isinstance(kept, dict) else {}


def _numbers(rows: Iterable[Row[str, int]]) -> dict[str, int]:
    return {str(what): number for what, number in rows}

"""The fan-out's side of the database: which runs write to people, whom they decided on, and how far they are.

Invariants: a batch's recipients, its messages and the run's cursor are one transaction, and it is kept only if the run still
goes on where the batch began; so a run that is killed anywhere goes on where it was, and writes to nobody twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, exists, func, insert, literal_column, or_, select, text, update
from sqlalchemy.orm import Session

from models import outbox
from models import runs as lines
from models.campaigns import RunState, campaigns, runs
from models.event_slots import event_slots
from models.outbox import OUTBOX, Message, OutboxState
from models.recipients import recipients

_GOES_ON = text("runs.state IN ('running', 'queued', 'paused')")  # as the partial index says it
WAITING = (OutboxState.QUEUED.value, OutboxState.HELD.value, OutboxState.SENDING.value)


@dataclass(frozen=True, slots=True)
class GoingOn:
    """A run that is under way. `definition` is that of an owner's own broadcast; else bot.toml has it."""

    run_id: int
    campaign_id: int
    key: str
    slot: datetime
    cursor: int
    by_event: bool
    shop_id: int | None
    definition: Mapping[str, object] | None


_BY_EVENT = exists().where(literal_column("event_slots.run_id IS NOT NULL"), event_slots.c.run_id == runs.c.id)
_UNDER_WAY = (
    select(
        runs.c.id, runs.c.campaign_id, campaigns.c.key, runs.c.slot, runs.c.cursor, _BY_EVENT,
        campaigns.c.shop_id, runs.c.definition,
    )
    .join(campaigns, campaigns.c.id == runs.c.campaign_id)
    .where(_GOES_ON, runs.c.state == RunState.RUNNING, runs.c.all_decided.is_(False))
)  # fmt: skip
_IN_TURN = _UNDER_WAY.order_by(runs.c.id)
_WAITS = exists().where(OUTBOX.c.run_id == runs.c.id, OUTBOX.c.state.in_(WAITING))
_OVER = (
    select(runs.c.id)
    .where(_GOES_ON, runs.c.state == RunState.RUNNING, runs.c.all_decided.is_(True), ~_WAITS)
    .order_by(runs.c.id)
)  # asked every second, like the one above: building a statement costs more than asking it


_LEAVES = or_(
    OUTBOX.c.state == OutboxState.SENDING, and_(OUTBOX.c.state == OutboxState.QUEUED, OUTBOX.c.not_before <= bindparam("now"))
)
_SENDING = exists().where(OUTBOX.c.run_id == runs.c.id, _LEAVES)
_RUNNING = runs.c.state == RunState.RUNNING
_BUSY = select(runs.c.id).where(
    runs.c.campaign_id == bindparam("campaign"), _GOES_ON,
    or_(runs.c.state == RunState.PAUSED, and_(_RUNNING, or_(runs.c.all_decided.is_(False), _SENDING))),
).limit(1)  # fmt: skip


def under_way(session: Session) -> list[GoingOn]:
    """Runs whose audience is not decided on to its end, oldest first."""
    return [GoingOn(*row) for row in session.execute(_IN_TURN)]


def with_messages(session: Session) -> list[tuple[int, str, int | None]]:
    """Runs of bot.toml's campaigns that go on and have messages which wait: number, campaign, shop."""
    waits = exists().where(OUTBOX.c.run_id == runs.c.id, OUTBOX.c.state.in_(WAITING))
    query = select(runs.c.id, campaigns.c.key, campaigns.c.shop_id).join(campaigns, campaigns.c.id == runs.c.campaign_id)
    found = session.execute(query.where(_GOES_ON, runs.c.definition.is_(None), waits).order_by(runs.c.id))
    return [(row.id, row.key, row.shop_id) for row in found]


def busy(session: Session, campaign_id: int, now: datetime) -> bool:
    """Whether a run of the campaign still decides, is paused, or has messages that could leave."""
    return session.execute(_BUSY, {"campaign": campaign_id, "now": now}).first() is not None


def backlog(session: Session, until: datetime, most: int) -> int:
    """How many messages are to leave by then; counted up to `most`."""
    due = select(OUTBOX.c.id).where(literal_column("outbox.state = 'queued'"), OUTBOX.c.not_before <= until).limit(most)
    return int(session.execute(select(func.count()).select_from(due.subquery())).scalar_one())


def held(session: Session, run_id: int, cursor: int) -> bool:
    """Whether the run still goes on where the batch began; then it is held until the transaction ends, and its campaign too."""
    query = _UNDER_WAY.where(runs.c.id == run_id, runs.c.cursor == cursor)
    return session.execute(query.with_for_update()).first() is not None


def decide(
    session: Session, run_id: int, rows: Sequence[Mapping[str, object]], messages: Sequence[Message], cursor: int,
    all_decided: bool, now: datetime,
) -> None:  # fmt: skip
    """Keeps a batch: whom it decided on, the messages for them, and that the run has come to `cursor`."""
    if rows:
        session.execute(insert(recipients), [{"run_id": run_id, "decided_at": now, **row} for row in rows])
    outbox.enqueue(session, messages, now)
    session.execute(update(runs).where(runs.c.id == run_id).values(cursor=cursor, all_decided=all_decided))


def begun_under(session: Session, run_id: int, limits: Mapping[str, object]) -> None:
    """Keeps with the run, once, the quotas under which it began."""
    record = session.execute(select(runs.c.record).where(runs.c.id == run_id)).scalar_one()
    if "limits" not in record:
        session.execute(update(runs).where(runs.c.id == run_id).values(record={**record, "limits": dict(limits)}))


def planned(session: Session, run_id: int) -> int:
    """How many messages the run has queued so far."""
    return int(session.execute(select(func.count()).select_from(OUTBOX).where(OUTBOX.c.run_id == run_id)).scalar_one())


def told(session: Session, dedups: Sequence[str]) -> set[str]:
    """Those of these keys under which a message stands already."""
    return {key for key in session.scalars(select(OUTBOX.c.dedup).where(OUTBOX.c.dedup.in_(dedups))) if key is not None}


def over(session: Session) -> list[int]:
    """Runs whose audience is decided on and whose messages have all come to an end."""
    return list(session.scalars(_OVER))


def close(session: Session, run_id: int, now: datetime) -> None:
    """running -> done, with the record of whom it reached, whom not and why."""
    record = _record(session, run_id)
    done = {"state": RunState.DONE, "finished_at": now, "record": record}
    session.execute(update(runs).where(runs.c.id == run_id, _RUNNING).values(**done))


def cancel(session: Session, run_id: int, now: datetime) -> None:
    """The run's record as of now; what is on its way still arrives and is counted where the run is looked at."""
    ended = {"state": RunState.CANCELLED, "finished_at": now, "record": _record(session, run_id)}
    session.execute(update(runs).where(runs.c.id == run_id).values(**ended))


def _record(session: Session, run_id: int) -> dict[str, object]:
    record = session.execute(select(runs.c.record).where(runs.c.id == run_id)).scalar_one()
    counts, waited = lines.counted(session, run_id)
    return {**record, "counts": counts, "waited": waited}

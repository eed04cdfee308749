"""What must be so of campaigns' runs: whom they decided on, what stands for it in the outbox, how far they are.

Outbox rows of runs that ended are forgotten after 90 days, all of a run at once; what is asked of them is asked while
they are there.
"""

from collections import defaultdict, deque
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from models.attention import COUNTS, SELLS, Quota, quota_of
from models.campaigns import RunState, runs
from models.event_slots import event_slots
from models.invariants.difference import Check, Difference, each
from models.outbox import OUTBOX, OutboxState
from models.recipients import Arm, Outcome, recipients

_r, _o = recipients.c, OUTBOX.c
_SAME = and_(_o.run_id == _r.run_id, or_(_o.person_id == _r.person_id, _o.circle_id == _r.circle_id))
_ENDED = (RunState.DONE, RunState.CANCELLED)


def written_to(session: Session) -> Iterator[Difference]:
    """Whoever a run wrote to has one message of it, unless all of an ended run's were forgotten."""
    there = select(func.count()).select_from(OUTBOX).where(_SAME).correlate(recipients).scalar_subquery()
    any_left = exists().where(_o.run_id == _r.run_id, _o.state != OutboxState.PARKED).correlate(recipients)
    query = select(_r.id, literal(1), there).join(runs, runs.c.id == _r.run_id)
    query = query.where(_r.outcome == Outcome.QUEUED, there != 1, or_(runs.c.state.not_in(_ENDED), any_left))
    yield from each(session, "whoever is written to has one message", "recipient", query)


def stands_for(session: Session) -> Iterator[Difference]:
    """A message of a run stands for one whom it decided to write to; one that was dropped for nobody any more."""
    written = exists().where(_SAME, _r.outcome == Outcome.QUEUED).correlate(OUTBOX)
    dropped = _o.state == OutboxState.DROPPED
    query = select(_o.id, case((dropped, "nobody"), else_="a recipient"), case((written, "a recipient"), else_="nobody"))
    query = query.where(_o.run_id.is_not(None), written == dropped)
    yield from each(session, "a message of a run stands for its recipient", "message", query)


def held_out(session: Session) -> Iterator[Difference]:
    """Who is held out gets nothing."""
    query = select(_r.id, literal("no message"), _r.outcome).where(_r.arm == Arm.HELD_OUT)
    there = exists().where(_SAME).correlate(recipients)
    yield from each(session, "who is held out gets nothing", "recipient", query.where(or_(_r.outcome == Outcome.QUEUED, there)))


def cursor(session: Session) -> Iterator[Difference]:
    """Nobody was decided on beyond the cursor, and a run that is done decided on all."""
    farthest = func.max(func.coalesce(_r.person_id, _r.circle_id))
    query = select(runs.c.id, runs.c.cursor, farthest).join(recipients, _r.run_id == runs.c.id).group_by(runs.c.id, runs.c.cursor)
    yield from each(session, "the cursor is where the run has come", "run", query.having(farthest > runs.c.cursor))
    some = exists().where(_r.run_id == runs.c.id)
    early = select(runs.c.id, literal(True), runs.c.all_decided)
    early = early.where(runs.c.state == RunState.DONE, runs.c.all_decided.is_(False), some)
    yield from each(session, "a run that is done decided on all", "run", early)


def ended(session: Session) -> Iterator[Difference]:
    """Nothing of a run that ended waits, and messages are held only while their run is paused."""
    waits = _o.state.in_([OutboxState.QUEUED, OutboxState.HELD])
    query = select(_o.id, literal("nothing"), _o.state).join(runs, runs.c.id == _o.run_id)
    yield from each(session, "nothing of a run that ended waits", "message", query.where(waits, runs.c.state.in_(_ENDED)))
    held = select(_o.id, literal(RunState.PAUSED.value), runs.c.state).outerjoin(runs, runs.c.id == _o.run_id)
    held = held.where(_o.state == OutboxState.HELD, or_(runs.c.id.is_(None), runs.c.state.not_in([RunState.PAUSED, *_ENDED])))
    yield from each(session, "messages are held while their run is paused", "message", held)


def recorded(session: Session) -> Iterator[Difference]:
    """The record of a run that is done counts everybody it decided on."""
    query = select(runs.c.id, func.count(_r.id)).join(recipients, _r.run_id == runs.c.id)
    for run_id, decided in session.execute(query.where(runs.c.state == RunState.DONE).group_by(runs.c.id)).all():
        counts = session.execute(select(runs.c.record).where(runs.c.id == run_id)).scalar_one().get("counts", {})
        if sum(counts.values()) != decided:
            yield Difference("a run's record counts everybody", f"run {run_id}", decided, sum(counts.values()))


def arisen(session: Session) -> Iterator[Difference]:
    """A slot that an event brought was taken by a run of its own campaign, or passed over, not both."""
    e = event_slots.c
    query = select(e.id, e.campaign_id, runs.c.campaign_id).join(runs, runs.c.id == e.run_id)
    yield from each(session, "an event is taken by its own campaign", "event", query.where(runs.c.campaign_id != e.campaign_id))
    both: tuple[ColumnElement[bool], ...] = (e.run_id.is_not(None), e.passed_at.is_not(None))
    yield from each(
        session, "an event is taken or passed over", "event", select(e.id, literal("one"), literal("both")).where(*both)
    )


def within_budget(session: Session) -> Iterator[Difference]:
    """No more promotions left for anybody than the quota allowed under which their run began."""
    quotas = _quotas(session)
    longest = max((quota.per for pair in quotas.values() for quota in pair.values()), default=timedelta())
    query = select(_o.id, _o.target, _o.sent_at, _o.run_id).where(SELLS, _o.state.in_(COUNTS), _o.sent_at.is_not(None))
    target, before = "", deque[datetime]()
    for row in session.execute(query.order_by(_o.target, _o.sent_at, _o.id)):
        if row.target != target:
            target, before = row.target, deque()
        before.append(row.sent_at)
        while before[0] <= row.sent_at - longest:
            before.popleft()
        quota = quotas[row.run_id].get("circle" if target.startswith("circle:") else "member")
        if quota is not None and (found := sum(at > row.sent_at - quota.per for at in before)) > quota.count:
            yield Difference("nobody gets more than they are asked to bear", f"message {row.id} to {target}", quota.count, found)


def _quotas(session: Session) -> defaultdict[int | None, dict[str, Quota]]:
    """What each run began under."""
    found: defaultdict[int | None, dict[str, Quota]] = defaultdict(dict)
    for run_id, record in session.execute(select(runs.c.id, runs.c.record)):
        for key, kept in dict(record.get("limits") or {}).items():
            if (quota := quota_of(kept)) is not None:
                found[run_id][key] = quota
    return found


CHECKS: tuple[Check, ...] = (written_to, stands_for, held_out, cursor, ended, recorded, arisen, within_budget)

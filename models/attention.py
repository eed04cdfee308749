"""How much selling one member or one circle is asked to bear, judged when a message's turn has come.

Invariants: in any span of a quota's length at most its count of promotions leave for one member, and of posts for one
circle; what was cut off in mid-send counts, since it may have arrived, and so does what is on its way. Nothing that sells
leaves in a member's quiet hours, for whoever muted it, or once it is of no use. Receipts and answers to one's own doing
have no quota and no quiet hours.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import BigInteger, ColumnElement, Row, and_, bindparam, exists, func, literal_column, or_, select
from sqlalchemy.orm import Session

from models import attention_shown
from models.campaigns import RunState, campaigns, runs
from models.circles import circle_table, membership_table
from models.columns import Instant
from models.hours import Hours
from models.mutes import ALL, mutes
from models.outbox import OUTBOX, OutboxState
from models.people import person_table
from models.recipients import Outcome
from models.shops import shop_table
from models.states import CircleState

OVER_BUDGET, QUIET_HOURS, PAUSED, ON_ITS_WAY = "over_budget", "quiet_hours", "paused", "on_its_way"
_SOON, _A_WHILE = timedelta(seconds=2), timedelta(seconds=30)
COUNTS = (OutboxState.DELIVERED.value, OutboxState.UNKNOWN.value)
SELLS: ColumnElement[bool] = literal_column("outbox.promotion")  # as the partial index says it


@dataclass(frozen=True, slots=True)
class Quota:
    """At most `count` in any `per`."""

    count: int
    per: timedelta

    def fits_at(self, sent: Iterable[datetime], now: datetime) -> datetime | None:
        """From when on one more fits beside what was sent; None if never."""
        within = sorted(at for at in sent if at > now - self.per)
        if len(within) < self.count:
            return now
        return within[len(within) - self.count] + self.per if self.count else None


@dataclass(frozen=True, slots=True)
class Limits:
    """What bot.toml's [attention] says."""

    member: Quota
    circle: Quota
    quiet: Hours

    def kept(self) -> dict[str, object]:
        """As a run keeps it: the quotas it began under."""
        return {"member": _kept(self.member), "circle": _kept(self.circle)}

    def of(self, *, circle: bool) -> Quota:
        return self.circle if circle else self.member


@dataclass(frozen=True, slots=True)
class Go:
    """It may leave now."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Not before `until`; `why` is OVER_BUDGET, QUIET_HOURS, PAUSED or ON_ITS_WAY."""

    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Drop:
    """It is not sent at all."""

    outcome: Outcome
    why: str


Verdict = Go | Wait | Drop
_Situation = Row[*tuple[object, ...]]
_Muted = Mapping[int | None, set[str]]


@dataclass(frozen=True, slots=True)
class Turn:
    """A message whose turn has come, as far as attention goes."""

    id: int
    target: str
    person_id: int | None
    circle_id: int | None
    promotion: bool
    params: Mapping[str, object]


def quota_of(kept: object) -> Quota | None:
    """A quota as a run keeps it."""
    match kept:
        case [int(count), int(seconds)]:
            return Quota(count, timedelta(seconds=seconds))
    return None


def verdicts(session: Session, turns: Sequence[Turn], limits: Limits, now: datetime) -> dict[int, Verdict]:
    """Whether each message may leave now, by its turn's id. What stands around all of them is read together; reads only."""
    muted, places = _muted(session, turns), {turn.params.get("member_of") for turn in turns}
    since = now - max(limits.member.per, limits.circle.per)
    found: dict[int, Verdict] = {}
    for place in places:
        there = {turn.id: turn for turn in turns if turn.params.get("member_of") == place}
        for row in session.execute(_SITUATION, {"rows": list(there), "member_of": place, "since": since}):
            found[row.id] = _verdict(session, there[row.id], limits, row, muted, now)
    return found


def _verdict(session: Session, turn: Turn, limits: Limits, row: _Situation, muted: _Muted, now: datetime) -> Verdict:
    ended = _ended(row, turn, muted, now)
    if ended is not None:
        return ended
    if row.state == RunState.PAUSED:
        return Wait(now + _A_WHILE, PAUSED)
    return _judged(session, turn, limits, row, now) if turn.promotion else Go()


def posts_fit_at(session: Session, circle_id: int, quota: Quota, now: datetime) -> datetime | None:
    """From when on one more post of a campaign fits in the circle; None if never."""
    return quota.fits_at(sent(session, f"circle:{circle_id}", circle_id, now - quota.per, now), now)


def _ended(row: _Situation, turn: Turn, muted: _Muted, now: datetime) -> Drop | None:
    """What no waiting will change."""
    if turn.person_id is not None and row.telegram_id is None:
        return Drop(Outcome.NO_CONSENT, "this person is no longer known")
    if row.state == RunState.CANCELLED or row.removed_at is not None:
        return Drop(Outcome.CANCELLED, "its run was cancelled")
    if not muted[turn.person_id].isdisjoint(_mute_keys(turn)):
        return Drop(Outcome.MUTED, "they muted it")
    if turn.promotion and row.of_run is not None and not row.belongs:
        return Drop(Outcome.LEFT, "they are no longer in the circle")
    if row.expires_at is not None and row.expires_at <= now:
        return Drop(Outcome.LATE, "it would come too late")
    return None


def _judged(session: Session, turn: Turn, limits: Limits, row: _Situation, now: datetime) -> Verdict:
    """Budget first, then the hours of whoever reads it: waiting for the one may end within the other."""
    private = turn.person_id is not None
    zone = row.zone or "UTC"
    hours = limits.quiet if row.quiet_from is None or row.quiet_to is None else Hours(row.quiet_from, row.quiet_to)
    quotas = _quotas(limits, row.record, circle=not private)
    longest = max(quota.per for quota in quotas)
    counted = private and longest <= max(limits.member.per, limits.circle.per)  # cards count in circles, as no row here says
    if not counted or row.sent + row.on_the_way >= min(quota.count for quota in quotas):
        before = sent(session, turn.target, turn.circle_id, now - longest, now)
        if (full := _full(turn, quotas, before, hours, zone, now)) is not None:
            return _in_time(full, row.expires_at) if isinstance(full, Wait) else full
        if row.on_the_way and any(quota.fits_at([*before, *[now] * row.on_the_way], now) != now for quota in quotas):
            return Wait(now + _SOON, ON_ITS_WAY)
    if private and hours.covers(now, zone):
        return _in_time(Wait(hours.over_at(now, zone), QUIET_HOURS), row.expires_at)
    return Go()


def _full(
    turn: Turn, quotas: list[Quota], before: list[datetime], hours: Hours, zone: str, now: datetime
) -> Wait | Drop | None:
    """What to do if what was sent before leaves no room; None if it does."""
    fits = [quota.fits_at(before, now) for quota in quotas]
    if all(at == now for at in fits):
        return None
    if None in fits or turn.params.get(OVER_BUDGET) == "drop":
        return Drop(Outcome.OVER_BUDGET, "above what they are asked to bear")
    until = max(at for at in fits if at is not None)
    return Wait(hours.over_at(until, zone), OVER_BUDGET)


def _in_time(wait: Wait, expires_at: datetime | None) -> Wait | Drop:
    if expires_at is None or wait.until < expires_at:
        return wait
    outcome = Outcome.OVER_BUDGET if wait.why == OVER_BUDGET else Outcome.LATE
    return Drop(outcome, "it would have to wait until it is of no use")


def _quotas(limits: Limits, record: object, *, circle: bool) -> list[Quota]:
    """The one of now, and the one that the message's run began under: who loosens the budget does so for runs to come."""
    begun = record.get("limits") if isinstance(record, Mapping) else None
    then = quota_of(begun.get("circle" if circle else "member")) if isinstance(begun, Mapping) else None
    return [limits.of(circle=circle), *([then] if then is not None else [])]


def _kept(quota: Quota) -> list[int]:
    return [quota.count, int(quota.per.total_seconds())]


# What was sent

_LEFT = select(OUTBOX.c.sent_at).where(
    SELLS, OUTBOX.c.target == bindparam("target"), OUTBOX.c.sent_at > bindparam("since", type_=Instant),
    OUTBOX.c.state.in_(COUNTS),
)  # fmt: skip


def sent(session: Session, target: str, circle_id: int | None, since: datetime, now: datetime) -> list[datetime]:
    """When promotions left for this target since; of a circle its campaigns' cards and boards too.

    One about to be shown counts as of now, one that waits for its turn as of then: its place is taken.
    """
    found = list(session.scalars(_LEFT, {"target": target, "since": since}))
    if target.startswith("circle:"):
        found += [at or now for at in attention_shown.shown(session, circle_id, since)]
    return found


# Two statements for everything else

_P, _R, _C, _S = person_table.c, runs.c, campaigns.c, shop_table.c
_WHO, _WHERE = OUTBOX.c.person_id, bindparam("member_of", type_=BigInteger)
_other = OUTBOX.alias("other")
_there = and_(
    membership_table.c.person_id == _WHO,
    membership_table.c.left_at.is_(None),
    circle_table.c.state == CircleState.APPROVED,
)
_IN = membership_table.join(circle_table, circle_table.c.id == membership_table.c.circle_id)


def _of_shop(shop_id: ColumnElement[int]) -> ColumnElement[bool]:
    return or_(shop_id.is_(None), circle_table.c.shop_id == shop_id)


_here = shop_table.alias("here")
_ZONE = (
    select(func.coalesce(circle_table.c.timezone, _here.c.timezone))
    .select_from(_IN.join(_here, _here.c.id == circle_table.c.shop_id))
    .where(_there, _of_shop(_C.shop_id)).order_by(circle_table.c.id).limit(1).correlate(campaigns, OUTBOX).scalar_subquery()
)  # fmt: skip
_PLACE_ZONE = (
    select(func.coalesce(circle_table.c.timezone, _here.c.timezone))
    .select_from(circle_table.join(_here, _here.c.id == circle_table.c.shop_id))
    .where(circle_table.c.id == OUTBOX.c.circle_id).correlate(OUTBOX).scalar_subquery()
)  # fmt: skip
_BELONGS = or_(
    _WHO.is_(None),
    exists(
        select(membership_table.c.person_id).select_from(_IN).where(
            _there, _of_shop(_C.shop_id),
            or_(_WHERE.is_(None), membership_table.c.circle_id == _WHERE),
        ).correlate(campaigns, OUTBOX)
    ),
)  # fmt: skip
_COUNT_SENT = (
    select(func.count()).select_from(_other)
    .where(
        literal_column("other.promotion"), _other.c.target == OUTBOX.c.target,
        _other.c.sent_at > bindparam("since", type_=Instant), _other.c.state.in_(COUNTS),
    ).correlate(OUTBOX).scalar_subquery()
)  # fmt: skip
_COUNT_GOING = (
    select(func.count()).select_from(_other)
    .where(
        literal_column("other.state = 'sending'"), literal_column("other.promotion"),
        _other.c.target == OUTBOX.c.target, _other.c.id != OUTBOX.c.id,
    ).correlate(OUTBOX).scalar_subquery()
)  # fmt: skip
_MUTED = select(mutes.c.person_id, mutes.c.key).where(mutes.c.person_id.in_(bindparam("people", expanding=True)))
_SITUATION = (
    select(
        OUTBOX.c.id, _P.telegram_id, _P.quiet_from, _P.quiet_to,
        func.coalesce(_P.timezone, _ZONE, _PLACE_ZONE, _S.timezone).label("zone"),
        OUTBOX.c.expires_at, _R.id.label("of_run"), _R.state, _R.record, _C.removed_at, _BELONGS.label("belongs"),
        _COUNT_SENT.label("sent"), _COUNT_GOING.label("on_the_way"),
    )
    .select_from(
        OUTBOX.outerjoin(person_table, _P.id == OUTBOX.c.person_id).outerjoin(runs, _R.id == OUTBOX.c.run_id)
        .outerjoin(campaigns, _C.id == _R.campaign_id).outerjoin(shop_table, _S.id == _C.shop_id)
    )
    .where(OUTBOX.c.id.in_(bindparam("rows", expanding=True)))
)  # fmt: skip


def _muted(session: Session, turns: Sequence[Turn]) -> _Muted:
    """What each of the readers has muted."""
    muted: defaultdict[int | None, set[str]] = defaultdict(set)
    people = {turn.person_id for turn in turns} - {None}
    for person_id, key in session.execute(_MUTED, {"people": list(people)}) if people else ():
        muted[person_id].add(key)
    return muted


def _mute_keys(turn: Turn) -> set[str]:
    """Whatever sells, everything muted mutes; else only what the letter names."""
    named = turn.params.get("mutes")
    keys = {str(key) for key in cast("list[object]", named)} if isinstance(named, list) else set()
    return keys | {ALL} if turn.promotion else keys

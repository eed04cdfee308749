"""What happens to members, as campaigns hear it: slots that wait, are taken together by one run, or pass.

Invariants: an event's slots are written in the transaction of the event, once for each campaign and subject, for the
campaigns of the shop that listen then; a slot that waits is taken by one run or passed over once. Where nobody listens an
event costs one look into an index.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, literal_column, select, update
from sqlalchemy.orm import Session

from models.campaigns import campaigns
from models.event_slots import Event, event_slots
from models.facts import AnyFact, OrderCollected, OrderFact, OrderSettledAtLock, PaymentAsked
from models.group_buys import rounds
from models.rows import insert_into

_ORDERED = frozenset({"lock", "offer", "upfront"})  # reasons for which an order is first asked to be paid
_WAITS: ColumnElement[bool] = literal_column("event_slots.run_id IS NULL AND event_slots.passed_at IS NULL")


@dataclass(frozen=True, slots=True)
class Heard:
    """An event of one member. `subject` makes it unique for each campaign, as in "order:12"."""

    event: Event
    person_id: int
    circle_id: int | None
    shop_id: int
    subject: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A member's event that a run is about: the latest, if it took several of them."""

    person_id: int
    subject: str
    circle_id: int | None


def heard(
    session: Session, event: Event, person_id: int, circle_id: int | None, shop_id: int, subject: str, now: datetime
) -> None:
    """Something happened to a member of a shop's circle; said twice, it is heard once."""
    hear(session, [Heard(event, person_id, circle_id, shop_id, subject)], now)


def hear(session: Session, happened: Sequence[Heard], now: datetime) -> None:
    """Several events of one moment."""
    c = campaigns.c
    listening = and_(c.event.in_({one.event for one in happened}), c.shop_id.in_({one.shop_id for one in happened}))
    query = select(c.id, c.event, c.shop_id, c.delay).where(literal_column("campaigns.event IS NOT NULL"), listening)
    listeners = session.execute(query.where(c.removed_at.is_(None))).all()
    rows = [
        {
            "campaign_id": row.id, "person_id": one.person_id, "circle_id": one.circle_id, "subject": one.subject,
            "due_at": now + timedelta(seconds=row.delay),
        }
        for row in listeners for one in happened if (row.event, row.shop_id) == (one.event, one.shop_id)
    ]  # fmt: skip
    if rows:
        session.execute(insert_into(session, event_slots).on_conflict_do_nothing(), rows)


def of_facts(session: Session, facts: Iterable[AnyFact], now: datetime) -> None:
    """What members' orders bring."""
    told = [(fact, event) for fact in facts if isinstance(fact, OrderFact) and (event := _event(fact)) is not None]
    if not told:
        return
    query = select(rounds.c.id, rounds.c.shop_id, rounds.c.circle_id)
    places = {row.id: row for row in session.execute(query.where(rounds.c.id.in_({fact.round_id for fact, _ in told})))}
    happened = [
        Heard(event, fact.person_id, places[fact.round_id].circle_id, places[fact.round_id].shop_id, f"order:{fact.order_id}")
        for fact, event in told
    ]
    hear(session, happened, now)


def _event(fact: OrderFact) -> Event | None:
    if isinstance(fact, OrderCollected):
        return Event.DELIVERED
    if isinstance(fact, PaymentAsked):
        return Event.ORDERED if fact.reason in _ORDERED else None
    return Event.ORDERED if isinstance(fact, OrderSettledAtLock) else None


# Taking them

def next_campaign(session: Session, now: datetime, but: Sequence[int] = ()) -> tuple[int, str] | None:
    """Id and key of the campaign whose member has waited longest for a slot that has come, `but` some.

    On PostgreSQL one that nobody else is taking.
    """
    c, e = campaigns.c, event_slots.c
    first = select(c.id, c.key).select_from(event_slots).join(campaigns, c.id == e.campaign_id)
    first = first.where(_WAITS, e.due_at <= now, c.paused_at.is_(None), c.removed_at.is_(None), c.id.not_in(but))
    first = first.order_by(e.due_at, e.id).limit(1).with_for_update(skip_locked=True, of=campaigns)
    row = session.execute(first).one_or_none()
    return None if row is None else (row.id, row.key)


def latest_due(session: Session, campaign_id: int, now: datetime) -> datetime | None:
    """The newest slot of the campaign that has come and waits."""
    mine = _waiting(campaign_id, now)
    found: datetime | None = session.execute(select(func.max(event_slots.c.due_at)).where(*mine)).scalar_one()
    return found


def latest_waiting(session: Session, campaign_id: int) -> datetime | None:
    """The newest slot of the campaign that waits, whether it has come or not."""
    query = select(func.max(event_slots.c.due_at)).where(_WAITS, event_slots.c.campaign_id == campaign_id)
    found: datetime | None = session.execute(query).scalar_one()
    return found


def pass_over(session: Session, campaign_id: int, late: datetime, now: datetime) -> None:
    """Slots of up to `late` come too late, and the campaign does not make up for them."""
    session.execute(update(event_slots).where(*_waiting(campaign_id, late)).values(passed_at=now))


def take(session: Session, campaign_id: int, run_id: int, until: datetime) -> int:
    """Gives all slots that came until then to a run; how many members they are of."""
    session.execute(update(event_slots).where(*_waiting(campaign_id, until)).values(run_id=run_id))
    people = select(func.count(event_slots.c.person_id.distinct())).where(event_slots.c.run_id == run_id)
    return int(session.execute(people).scalar_one())


def of_run(session: Session, run_id: int, after: int, limit: int) -> list[Taken]:
    """The members whose events a run took, rising by id, one line each."""
    e = event_slots.c
    people = select(e.person_id).where(e.run_id == run_id, e.person_id > after).distinct().order_by(e.person_id).limit(limit)
    ids = session.scalars(people).all()
    query = select(e.person_id, e.subject, e.circle_id).where(e.run_id == run_id, e.person_id.in_(ids))
    latest = {row.person_id: Taken(*row) for row in session.execute(query.order_by(e.due_at, e.id))}
    return [latest[person_id] for person_id in ids]


def subjects(session: Session, run_id: int) -> list[str]:
    """What the events were about that a run took, the first first."""
    query = select(event_slots.c.subject).where(event_slots.c.run_id == run_id)
    return list(session.scalars(query.order_by(event_slots.c.due_at, event_slots.c.id)))


def _waiting(campaign_id: int, until: datetime) -> tuple[ColumnElement[bool], ...]:
    return _WAITS, event_slots.c.campaign_id == campaign_id, event_slots.c.due_at <= until

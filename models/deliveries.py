"""Messages on their way: claimed from the outbox, sent, settled.

Invariants: a claim is a lease with an epoch; only the epoch that holds a row may settle it, so whoever comes late
changes nothing. What is cut off in mid-send is ambiguous: an edit or a receipt goes again, a promotion never does.
A promotion is in mid-send from `begin`, committed before its request is made, until it is settled; one that was only
claimed goes out later. `sent_at` of a row that is being sent says so.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import BigInteger, CursorResult, RowMapping, Select, and_, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from models import asks
from models.cards import Card
from models.columns import Instant, table_of
from models.outbox import CUT_OFF, OUTBOX, OutboxState, Params, Priority, Route, queue_again, target_of
from models.people import Person

PEOPLE = table_of(Person)
CARDS = table_of(Card)
_OTHERS = 8  # messages that are of no campaign, looked for at first
_QUEUED, _SENDING = OutboxState.QUEUED.value, OutboxState.SENDING.value
_MAY_HAVE_LEFT = frozenset({OutboxState.DELIVERED, OutboxState.UNKNOWN})  # both count against their reader's budget


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """A claimed message, in the hands of whoever holds `lease_epoch`. `attempts` counts this one too."""

    id: int
    route: Route
    target: str
    priority: int
    person_id: int | None
    circle_id: int | None
    card_id: int | None
    template: str
    params: Params
    reply_to: int | None
    thread_id: int | None
    promotion: bool
    lease_epoch: int
    attempts: int
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What became of a try. `not_before` and `route` say when and which way it goes again; one that was none does not count."""

    state: OutboxState
    message_id: int | None = None
    error: str | None = None
    not_before: datetime | None = None
    route: Route | None = None
    counts: bool = True


_ROW = (
    OUTBOX.c.id, OUTBOX.c.route, OUTBOX.c.target, OUTBOX.c.priority, OUTBOX.c.person_id, OUTBOX.c.circle_id,
    OUTBOX.c.card_id, OUTBOX.c.template, OUTBOX.c.params, OUTBOX.c.reply_to, OUTBOX.c.thread_id, OUTBOX.c.promotion,
    OUTBOX.c.lease_epoch, OUTBOX.c.attempts, OUTBOX.c.created_at,
)  # fmt: skip


_MINE = and_(OUTBOX.c.id == bindparam("row"), OUTBOX.c.state == _SENDING, OUTBOX.c.lease_epoch == bindparam("epoch"))
_BEGIN = update(OUTBOX).where(_MINE).values(sent_at=bindparam("now", type_=Instant))
_DELIVER = (
    update(OUTBOX)
    .where(_MINE)
    .values(
        state=OutboxState.DELIVERED.value, lease_until=None, error=None,
        sent_at=func.coalesce(OUTBOX.c.sent_at, bindparam("now", type_=Instant)),
        message_id=func.coalesce(bindparam("number", type_=BigInteger), OUTBOX.c.message_id),
    )
)  # fmt: skip


def claim(
    session: Session,
    now: datetime,
    limit: int,
    lease: timedelta,
    busy_targets: Collection[str] = (),
    resting_cards: Collection[int] = (),
    most_campaigns: int | None = None,
) -> list[OutboxRow]:
    """queued -> sending: what is due, by priority and age, one message a target, `most_campaigns` of campaigns.

    `busy_targets` have a message on its way or must wait for their chat's rate; `resting_cards` were edited a moment ago.
    """
    many = limit if most_campaigns is None else most_campaigns
    firsts = _firsts(session, now, limit, busy_targets, resting_cards, many)
    if firsts:
        session.execute(
            update(OUTBOX)
            .where(OUTBOX.c.id.in_([row["id"] for row in firsts.values()]))
            .values(
                state=_SENDING,
                lease_until=now + lease,
                lease_epoch=OUTBOX.c.lease_epoch + 1,
                attempts=OUTBOX.c.attempts + 1,
            )
        )
    return [_taken(row) for row in firsts.values()]


def _firsts(
    session: Session, now: datetime, limit: int, busy: Collection[str], resting_cards: Collection[int], many: int
) -> dict[str, RowMapping]:
    """The rows whose turn it is, by target.

    Who must wait is passed over here and named to the database only when met: thousands may rest, few have more to get.
    """
    firsts: dict[str, RowMapping] = {}
    passed: set[str] = set()
    length = min(limit, many + _OTHERS) * 2
    while True:
        page = session.execute(_due(now, passed, resting_cards).limit(length)).mappings().all()
        for row in page:
            campaign = row["priority"] == Priority.CAMPAIGN  # they come last of all
            if len(firsts) == limit or (campaign and many <= 0):
                return firsts
            if row["target"] not in busy and row["target"] not in firsts:
                firsts[row["target"]] = row
                many -= campaign
            passed.add(row["target"])
        if len(page) < length:
            return firsts
        length *= 4


def _due(now: datetime, passed: Collection[str], resting_cards: Collection[int]) -> Select[*tuple[object, ...]]:
    due = select(*_ROW).where(OUTBOX.c.state == _QUEUED, OUTBOX.c.not_before <= now)
    if passed:
        due = due.where(OUTBOX.c.target.not_in(passed))
    if resting_cards:
        due = due.where(or_(OUTBOX.c.card_id.is_(None), OUTBOX.c.card_id.not_in(resting_cards)))
    return due.order_by(OUTBOX.c.priority, OUTBOX.c.id).with_for_update(skip_locked=True)


def _taken(row: RowMapping) -> OutboxRow:
    """The row as it stands after the claim."""
    return OutboxRow(
        id=row["id"],
        route=Route(row["route"]),
        target=row["target"],
        priority=row["priority"],
        person_id=row["person_id"],
        circle_id=row["circle_id"],
        card_id=row["card_id"],
        template=row["template"],
        params=row["params"],
        reply_to=row["reply_to"],
        thread_id=row["thread_id"],
        promotion=row["promotion"],
        lease_epoch=row["lease_epoch"] + 1,
        attempts=row["attempts"] + 1,
        created_at=row["created_at"],
    )


def begin(session: Session, rows: Sequence[OutboxRow], now: datetime) -> set[int]:
    """Their requests are about to be made: from here on nobody knows whether they left, until they are settled.

    Returns the ids of those that may begin; a row in other hands by now may not.
    """
    connection = session.connection()
    marks = [{"row": row.id, "epoch": row.lease_epoch, "now": now} for row in rows]
    if cast(CursorResult[tuple[()]], connection.execute(_BEGIN, marks)).rowcount == len(rows):
        return {row.id for row in rows}
    found = [cast(CursorResult[tuple[()]], connection.execute(_BEGIN, mark)).rowcount for mark in marks]
    return {row.id for row, mine in zip(rows, found, strict=True) if mine}


def settle(session: Session, row: OutboxRow, settlement: Settlement, now: datetime) -> bool:
    """sending -> what became of it. False if the row is in other hands by now: then nothing changes."""
    route = settlement.route or row.route
    values: Params = {
        "route": route.value,
        "target": target_of(route, row.person_id, row.circle_id),
        "lease_until": None,
        "message_id": func.coalesce(settlement.message_id, OUTBOX.c.message_id),
        "error": settlement.error,
        "not_before": settlement.not_before or OUTBOX.c.not_before,
        "sent_at": func.coalesce(OUTBOX.c.sent_at, now) if settlement.state in _MAY_HAVE_LEFT else None,
        "attempts": OUTBOX.c.attempts - (0 if settlement.counts else 1),
    }
    mine = and_(OUTBOX.c.id == row.id, OUTBOX.c.state == _SENDING, OUTBOX.c.lease_epoch == row.lease_epoch)
    if settlement.state is OutboxState.QUEUED:
        return queue_again(session, mine, values, OutboxState.SUPERSEDED) == 1
    found = session.execute(update(OUTBOX).where(mine).values(state=settlement.state.value, **values))
    return cast(CursorResult[tuple[()]], found).rowcount == 1


def settle_delivered(session: Session, rows: Sequence[tuple[OutboxRow, int | None]], now: datetime) -> bool:
    """sending -> delivered for messages with Telegram's numbers of them, all in one statement.

    False, and nothing changed, if one of them is in other hands by now.
    """
    told = [{"row": row.id, "epoch": row.lease_epoch, "number": number, "now": now} for row, number in rows]
    before = session.begin_nested()
    found = cast(CursorResult[tuple[()]], session.connection().execute(_DELIVER, told)).rowcount
    if found == len(told):
        before.commit()
    else:
        before.rollback()
    return found == len(told)


def expire(session: Session, now: datetime) -> int:
    """Leases that ran out: a promotion that had begun is of unknown fate, all else goes again. Returns how many were freed.

    A try that ended with its process says nothing of the message: it does not count towards parking it.
    """
    over = and_(OUTBOX.c.state == _SENDING, OUTBOX.c.lease_until <= now)
    values: Params = {"lease_until": None, "error": CUT_OFF}
    begun = update(OUTBOX).where(over, OUTBOX.c.promotion, OUTBOX.c.sent_at.is_not(None))
    freed = cast(CursorResult[tuple[()]], session.execute(begun.values(state=OutboxState.UNKNOWN.value, **values))).rowcount
    again: Params = {**values, "attempts": OUTBOX.c.attempts - 1}
    for row in session.scalars(select(OUTBOX.c.id).where(over).order_by(OUTBOX.c.id.desc())).all():
        freed += queue_again(session, and_(OUTBOX.c.id == row, over), again, OutboxState.SUPERSEDED)
    return freed


def next_due(session: Session, now: datetime) -> datetime | None:
    """When the next message that still has to wait falls due; None if none does."""
    found: datetime | None = session.scalar(
        select(func.min(OUTBOX.c.not_before)).where(OUTBOX.c.state == _QUEUED, OUTBOX.c.not_before > now)
    )
    return found


def unreachable(session: Session, person_id: int) -> bool:
    """True if this person was found to have blocked the bot, or never to have pressed start."""
    return session.scalar(select(PEOPLE.c.unreachable_at).where(PEOPLE.c.id == person_id)) is not None


def mark_unreachable(session: Session, person_id: int, now: datetime) -> None:
    """The person cannot be written to in private, until they press start again; what they were asked ends."""
    session.execute(
        update(PEOPLE).where(PEOPLE.c.id == person_id, PEOPLE.c.unreachable_at.is_(None)).values(unreachable_at=now)
    )
    asks.end(session, person_id, now)


def card_shown(session: Session, card_id: int, message_id: int | None, digest: str | None, now: datetime) -> None:
    """The card shows what `digest` stands for. `message_id` is that of a card sent anew; None for an edit."""
    shown: dict[str, object] = {"digest": digest, "edited_at": now}
    if message_id is not None:
        shown = {"digest": digest, "message_id": message_id, "sent_at": now, "pinned": False}
    session.execute(update(CARDS).where(CARDS.c.id == card_id).values(**shown))


def card_gone(session: Session, card_id: int) -> None:
    """Somebody deleted the card's message: the next one is sent anew."""
    session.execute(update(CARDS).where(CARDS.c.id == card_id).values(message_id=None, digest=None, pinned=False))

"""The outbox: every message that is to leave, from the transaction that decided it until Telegram has it.

Invariants: a message stands here in the same transaction as what it tells of; `dedup` makes it unique; a row is in one
pair of hands at a time (a lease with an epoch that fences); the outbox alone retries. A card has at most one dirty mark
that waits: what it shows is composed when it is sent, so newest wins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import cast

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    CursorResult,
    Exists,
    ForeignKey,
    Index,
    SmallInteger,
    Text,
    and_,
    bindparam,
    case,
    exists,
    false,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from models.cards import Card
from models.columns import BigId, Document, Instant, table_of

Params = dict[str, object]
READY = "ready"  # the template of a message whose words were chosen when it was queued: params html and keyboard
CUT_OFF = "cut off in mid-send"  # the error of a message whose process ended before it was settled

_IS_CARD_MARK = text("state = 'queued' AND route = 'card'")
_IS_QUEUED = text("state = 'queued'")
_IS_SENDING = text("state = 'sending'")
_OF_RUN = text("run_id IS NOT NULL")
_PROMOTES = text("promotion")


class OutboxState(StrEnum):
    """The life of a message."""

    QUEUED = "queued"  # queued -> sending | held
    HELD = "held"  # its run is paused: held -> queued | dropped
    SENDING = "sending"  # sending -> queued (again) | delivered | unknown | dead | parked | dropped | superseded
    DELIVERED = "delivered"  # the end
    UNKNOWN = "unknown"  # the end: a promotion that had begun and was cut off; it is never sent again
    DEAD = "dead"  # the end: the receiver cannot be reached (blocked, kicked, never started)
    PARKED = "parked"  # parked -> queued, by `tuan outbox retry`
    DROPPED = "dropped"  # the end: no longer worth saying when its turn came
    SUPERSEDED = "superseded"  # the end: a newer mark of the same card stands in its place


class Route(StrEnum):
    """Which way a message goes. Private and file go to the person if one is named, all else to the circle's chat."""

    PRIVATE = "private"
    CIRCLE = "circle"
    EPHEMERAL = "ephemeral"  # in the circle, seen by one member only
    LINK = "link"  # in the circle, a deep link for one who never pressed start: no amounts
    REACTION = "reaction"
    CARD = "card"
    FILE = "file"
    ACT = "act"  # a call that is no message: pin, leave, commands


class Priority(IntEnum):
    """Who goes first when the platform's rates make some wait."""

    OWN_ACTION = 0
    TRANSACTIONAL = 1
    ASK = 2
    CAMPAIGN = 3


class Outbox(SQLModel, table=True):
    """One message, or one dirty mark of a card. `target` is whose turn it takes: one sender per chat."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "uq_outbox_card_mark", "card_id", unique=True, sqlite_where=_IS_CARD_MARK, postgresql_where=_IS_CARD_MARK
        ),
        Index("ix_outbox_queued", "priority", "id", sqlite_where=_IS_QUEUED, postgresql_where=_IS_QUEUED),
        Index("ix_outbox_due", "not_before", sqlite_where=_IS_QUEUED, postgresql_where=_IS_QUEUED),
        Index("ix_outbox_run", "run_id", "state", sqlite_where=_OF_RUN, postgresql_where=_OF_RUN),
        Index("ix_outbox_promotions", "target", "sent_at", sqlite_where=_PROMOTES, postgresql_where=_PROMOTES),
        Index("ix_outbox_sending", "lease_until", sqlite_where=_IS_SENDING, postgresql_where=_IS_SENDING),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    dedup: str | None = Field(default=None, unique=True)
    route: str
    target: str
    priority: int = Field(sa_column=Column(SmallInteger, nullable=False))
    not_before: datetime = Field(sa_type=Instant)
    state: str = OutboxState.QUEUED
    person_id: int | None = Field(default=None, sa_type=BigId, index=True, sa_column_args=[ForeignKey("people.id")])
    circle_id: int | None = Field(default=None, sa_type=BigId, sa_column_args=[ForeignKey("circles.id")])
    card_id: int | None = Field(default=None, sa_type=BigId, sa_column_args=[ForeignKey("cards.id")])
    template: str
    params: Params = Field(default_factory=dict, sa_type=Document)
    reply_to: int | None = Field(default=None, sa_type=BigInteger)
    thread_id: int | None = Field(default=None, sa_type=BigInteger)
    promotion: bool = False
    lease_until: datetime | None = Field(default=None, sa_type=Instant)
    lease_epoch: int = 0
    attempts: int = 0
    message_id: int | None = Field(default=None, sa_type=BigInteger)
    error: str | None = None
    created_at: datetime = Field(sa_type=Instant)
    sent_at: datetime | None = Field(default=None, sa_type=Instant)  # of a promotion from when its request was about to be made
    run_id: int | None = Field(default=None, sa_type=BigId, sa_column_args=[ForeignKey("runs.id")])  # of the campaign it is from
    expires_at: datetime | None = Field(default=None, sa_type=Instant)  # from when on it is of no use to its reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a rule or a handler wants said. `params` are JSON values; the words come when it is composed."""

    route: Route
    template: str
    params: Mapping[str, object] = field(default_factory=dict)
    person_id: int | None = None
    circle_id: int | None = None
    card_id: int | None = None
    priority: Priority = Priority.TRANSACTIONAL
    dedup: str | None = None
    not_before: datetime | None = None
    reply_to: int | None = None
    thread_id: int | None = None
    promotion: bool = False
    run_id: int | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ParkedMessage:
    """A message that was given up, with the error of its last try."""

    id: int
    route: str
    template: str
    attempts: int
    error: str
    created_at: datetime


OUTBOX = table_of(Outbox)
_CARDS = table_of(Card)
_QUEUED = OutboxState.QUEUED.value
_INSERTS = {
    "sqlite": sqlite.insert(OUTBOX).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(OUTBOX).on_conflict_do_nothing(),
}
_MARK_COLUMNS = (
    "route", "template", "state", "target", "circle_id", "card_id", "not_before", "created_at", "priority", "params",
    "promotion", "lease_epoch", "attempts",
)  # fmt: skip
_MARK_OF = select(
    literal_column("'card'"),
    literal_column("'card'"),
    literal_column("'queued'"),
    literal_column("'circle:'").concat(sql_cast(_CARDS.c.circle_id, Text)),
    _CARDS.c.circle_id,
    _CARDS.c.id,
    bindparam("now", type_=Instant),
    bindparam("now", type_=Instant),
    literal_column(str(int(Priority.OWN_ACTION))),  # one mark a card, and it rests between edits: it holds nobody up long
    bindparam("params", {}, type_=Document),
    false(),
    literal_column("0"),
    literal_column("0"),
).where(_CARDS.c.round_id == bindparam("of_round"))


def _mark(insert: sqlite.Insert | postgresql.Insert) -> sqlite.Insert | postgresql.Insert:
    return insert.from_select(_MARK_COLUMNS, _MARK_OF).on_conflict_do_nothing(
        index_elements=["card_id"], index_where=_IS_CARD_MARK
    )


_MARKS = {"sqlite": _mark(sqlite.insert(OUTBOX)), "postgresql": _mark(postgresql.insert(OUTBOX))}


def target_of(route: Route, person_id: int | None, circle_id: int | None) -> str:
    """Whose turn a message takes: the person's private chat or the circle's. Raises ValueError if nobody is named.

    Reactions have a lane of their own in their circle: Telegram does not count them as messages.
    """
    if route is Route.REACTION and circle_id is not None:
        return f"reactions:{circle_id}"
    if route in {Route.PRIVATE, Route.FILE} and person_id is not None:
        return f"person:{person_id}"
    if circle_id is not None:
        return f"circle:{circle_id}"
    if person_id is not None:
        return f"person:{person_id}"
    raise ValueError(f"a message by {route} without a person or a circle")


def enqueue(session: Session, messages: Sequence[Message], now: datetime) -> None:
    """Queues messages in one statement; one whose `dedup` is known already is left out."""
    if messages:
        session.execute(_INSERTS[session.get_bind().dialect.name], [_values(message, now) for message in messages])


def _values(message: Message, now: datetime) -> Params:
    return {
        "dedup": message.dedup, "route": message.route.value, "priority": int(message.priority), "state": _QUEUED,
        "target": target_of(message.route, message.person_id, message.circle_id), "template": message.template,
        "person_id": message.person_id, "circle_id": message.circle_id, "card_id": message.card_id,
        "not_before": message.not_before or now, "params": dict(message.params), "reply_to": message.reply_to,
        "thread_id": message.thread_id, "promotion": message.promotion, "lease_epoch": 0, "attempts": 0, "created_at": now,
        "run_id": message.run_id, "expires_at": message.expires_at,
    }  # fmt: skip


def supersede(session: Session, person_id: int, message_id: int) -> None:
    """What waits to be said about this private message is no longer needed: something newer is."""
    same = (OUTBOX.c.person_id == person_id, OUTBOX.c.reply_to == message_id, OUTBOX.c.route == Route.PRIVATE.value)
    waits = update(OUTBOX).where(*same, OUTBOX.c.state == _QUEUED)
    session.execute(waits.values(state=OutboxState.SUPERSEDED.value))


def mark_card(session: Session, round_id: int, now: datetime) -> None:
    """The group buy's card no longer shows what is so. One that is marked already stays: a thousand taps, one mark."""
    connection = session.connection()
    connection.execute(_MARKS[connection.dialect.name], {"of_round": round_id, "now": now})


def parked(session: Session) -> list[ParkedMessage]:
    """What was given up, oldest first."""
    columns = (OUTBOX.c.id, OUTBOX.c.route, OUTBOX.c.template, OUTBOX.c.attempts, OUTBOX.c.error, OUTBOX.c.created_at)
    found = session.execute(select(*columns).where(OUTBOX.c.state == OutboxState.PARKED.value).order_by(OUTBOX.c.id))
    return [
        ParkedMessage(row.id, row.route, row.template, row.attempts, row.error or "", row.created_at) for row in found
    ]


def retry(session: Session, now: datetime, rows: Sequence[int] | None = None) -> int:
    """parked -> queued, for the rows named or for all; returns how many. A card that is marked anew needs no retry."""
    given_up = select(OUTBOX.c.id).where(OUTBOX.c.state == OutboxState.PARKED.value).order_by(OUTBOX.c.id.desc())
    if rows is not None:
        given_up = given_up.where(OUTBOX.c.id.in_(rows))
    values: Params = {"attempts": 0, "not_before": now, "error": None}
    return sum(
        queue_again(session, and_(OUTBOX.c.id == row, ~marked_anew()), values, OutboxState.PARKED)
        for row in session.scalars(given_up).all()
    )


def queue_again(session: Session, which: ColumnElement[bool], values: Params, instead: OutboxState) -> int:
    """Puts one row back among those that wait, or `instead`, if a younger mark of its card stands there; how many matched.

    One at a time, and behind a savepoint: on PostgreSQL a tap may mark the card in this very moment.
    """
    again = update(OUTBOX).where(which)
    state = case((marked_anew(), instead.value), else_=_QUEUED)
    try:
        with session.begin_nested():
            found = session.execute(again.values(state=state, **values))
    except IntegrityError:
        found = session.execute(again.values(state=instead.value, **values))
    return cast(CursorResult[tuple[()]], found).rowcount


def marked_anew() -> Exists:
    """A younger mark of the same card waits, so the row at hand is no longer needed."""
    younger = OUTBOX.alias("younger")
    return exists().where(
        OUTBOX.c.route == Route.CARD.value,
        younger.c.card_id == OUTBOX.c.card_id,
        younger.c.route == Route.CARD.value,
        younger.c.state == _QUEUED,
        younger.c.id != OUTBOX.c.id,
    )

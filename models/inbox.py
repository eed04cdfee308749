"""The inbox: every update as Telegram sent it, kept before Telegram is told that we have it.

Invariants: an update is stored once, by its bot and its number; it is `done` in the same transaction as all it caused;
what fails is kept with its error and tried again later, then parked; a lane's rows are worked in the order of arrival.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import cast

from sqlalchemy import (
    BigInteger,
    CursorResult,
    Exists,
    Index,
    UniqueConstraint,
    bindparam,
    delete,
    exists,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from models.columns import BigId, Instant, table_of

_IS_NEW = text("state = 'new'")
FORGOTTEN = "{}"  # what is left of an erased person's update
KEPT = timedelta(hours=48)  # Telegram repeats an update for at most 24 h


class InboxState(StrEnum):
    """The life of an update."""

    NEW = "new"  # new -> done | parked; a failed try stays new with a later not_before
    DONE = "done"  # the end
    PARKED = "parked"  # parked -> new, by `tuan inbox retry`


class Inbox(SQLModel, table=True):
    """One update. `lane` is the Telegram id of its person, or of its chat where there is no person."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("bot_id", "update_id"),
        Index("ix_inbox_new", "lane", "id", sqlite_where=_IS_NEW, postgresql_where=_IS_NEW),
        Index("ix_inbox_done_at", "done_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    bot_id: int = Field(sa_type=BigInteger)
    update_id: int = Field(sa_type=BigInteger)
    lane: int = Field(sa_type=BigInteger)
    payload: str
    state: str = InboxState.NEW
    attempts: int = 0
    not_before: datetime | None = Field(default=None, sa_type=Instant)
    lease_until: datetime | None = Field(default=None, sa_type=Instant)  # whose memory holds it, until then
    error: str | None = None
    received_at: datetime = Field(sa_type=Instant)
    done_at: datetime | None = Field(default=None, sa_type=Instant)


@dataclass(frozen=True, slots=True)
class Arrival:
    """An update that waits for its turn."""

    id: int
    update_id: int
    lane: int
    payload: str
    attempts: int = 0
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Parked:
    """An update that was given up, with the error of its last try."""

    id: int
    update_id: int
    attempts: int
    error: str
    received_at: datetime


INBOX = table_of(Inbox)
_NEW = INBOX.c.state == InboxState.NEW.value
_ARRIVAL = (INBOX.c.id, INBOX.c.update_id, INBOX.c.lane, INBOX.c.payload, INBOX.c.attempts, INBOX.c.not_before)
_INSERTS = {
    "sqlite": sqlite.insert(INBOX).on_conflict_do_nothing().returning(INBOX.c.update_id, INBOX.c.id),
    "postgresql": postgresql.insert(INBOX).on_conflict_do_nothing().returning(INBOX.c.update_id, INBOX.c.id),
}
_DONE = (
    update(INBOX)
    .where(INBOX.c.id == bindparam("row"), _NEW)
    .values(state=InboxState.DONE.value, done_at=bindparam("now"), error=None, lease_until=None)
)


def store(
    session: Session,
    bot_id: int,
    updates: Sequence[tuple[int, int, str]],
    now: datetime,
    lease_until: datetime | None = None,
) -> Mapping[int, int]:
    """Keeps `(update_id, lane, raw JSON)` that are not yet known; returns update id -> row id of the new ones.

    `lease_until`: until then they are in the caller's hands and no other process claims them.
    """
    if not updates:
        return {}
    rows = [
        {
            "bot_id": bot_id, "update_id": number, "lane": lane, "payload": raw, "state": InboxState.NEW.value,
            "attempts": 0, "received_at": now, "lease_until": lease_until,
        }
        for number, lane, raw in updates
    ]  # fmt: skip
    found = session.execute(_INSERTS[session.get_bind().dialect.name], rows)
    return {row.update_id: row.id for row in found}


def unobstructed(session: Session, stored: Mapping[int, int], held: Collection[int]) -> Mapping[int, int]:
    """Of rows just stored those that may be worked now; the others are left for `claim`.

    A lane whose older update is in other hands (a process that died, or one that looks away) waits for it. `held`: rows in
    the caller's own hands, behind which it puts new ones in order.
    """
    rows, ahead = list(stored.values()), INBOX.alias("ahead")
    in_the_way = exists().where(
        ahead.c.lane == INBOX.c.lane, ahead.c.bot_id == INBOX.c.bot_id, ahead.c.id < INBOX.c.id,
        ahead.c.state == InboxState.NEW.value, ahead.c.id.not_in([*rows, *held]),
    )  # fmt: skip
    behind = set(session.scalars(select(INBOX.c.id).where(INBOX.c.id.in_(rows), in_the_way)))
    if behind:
        session.execute(update(INBOX).where(INBOX.c.id.in_(behind)).values(lease_until=None))
    return {number: row for number, row in stored.items() if row not in behind}


def pending(session: Session, bot_id: int) -> list[Arrival]:
    """Everything that waits, in the order of arrival; for a process that knows itself alone."""
    found = session.execute(select(*_ARRIVAL).where(INBOX.c.bot_id == bot_id, _NEW).order_by(INBOX.c.id))
    return [Arrival(*row) for row in found]


def claim(session: Session, bot_id: int, now: datetime, lease_until: datetime, limit: int) -> list[Arrival]:
    """Takes the first open update of every lane that nobody holds; those behind it are taken once it is done.

    Heads only: two processes that claim at once (SKIP LOCKED) can then never work one lane side by side.
    """
    heads = (
        select(*_ARRIVAL)
        .where(INBOX.c.bot_id == bot_id, _NEW, ~_somebody_ahead(bot_id))
        .where(or_(INBOX.c.not_before.is_(None), INBOX.c.not_before <= now))
        .where(or_(INBOX.c.lease_until.is_(None), INBOX.c.lease_until <= now))
        .order_by(INBOX.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = [Arrival(*row) for row in session.execute(heads)]
    renew(session, [arrival.id for arrival in taken], lease_until)
    return taken


def _somebody_ahead(bot_id: int) -> Exists:
    ahead = INBOX.alias("ahead")
    return exists().where(
        ahead.c.lane == INBOX.c.lane,
        ahead.c.bot_id == bot_id,
        ahead.c.id < INBOX.c.id,
        ahead.c.state == InboxState.NEW.value,
    )


def renew(session: Session, rows: Sequence[int], lease_until: datetime) -> None:
    """Keeps rows in the caller's hands a while longer."""
    if rows:
        session.execute(update(INBOX).where(INBOX.c.id.in_(rows), _NEW).values(lease_until=lease_until))


def mark_done(session: Session, row: int, now: datetime) -> bool:
    """new -> done. False if it was done already: then the caller must take back all it did for it."""
    found = session.execute(_DONE, {"row": row, "now": now})
    return cast(CursorResult[tuple[()]], found).rowcount == 1


def mark_failed(session: Session, row: int, error: str, not_before: datetime) -> None:
    """A try failed: it stays new, with its error, until `not_before`."""
    session.execute(
        update(INBOX)
        .where(INBOX.c.id == row, _NEW)
        .values(attempts=INBOX.c.attempts + 1, error=error, not_before=not_before)
    )


def park(session: Session, row: int, error: str) -> None:
    """new -> parked: tried often enough; a person looks (`tuan inbox`)."""
    session.execute(
        update(INBOX)
        .where(INBOX.c.id == row, _NEW)
        .values(state=InboxState.PARKED.value, attempts=INBOX.c.attempts + 1, error=error, lease_until=None)
    )


def parked(session: Session) -> list[Parked]:
    """What was given up, oldest first."""
    columns = (INBOX.c.id, INBOX.c.update_id, INBOX.c.attempts, INBOX.c.error, INBOX.c.received_at)
    found = session.execute(select(*columns).where(INBOX.c.state == InboxState.PARKED.value).order_by(INBOX.c.id))
    return [Parked(row.id, row.update_id, row.attempts, row.error or "", row.received_at) for row in found]


def replay(session: Session, rows: Sequence[int] | None = None) -> int:
    """parked -> new, for the rows named or for all; returns how many. A running bot finds them within seconds."""
    again = update(INBOX).where(INBOX.c.state == InboxState.PARKED.value)
    if rows is not None:
        again = again.where(INBOX.c.id.in_(rows))
    found = session.execute(again.values(state=InboxState.NEW.value, attempts=0, not_before=None, lease_until=None))
    return cast(CursorResult[tuple[()]], found).rowcount


def prune(session: Session, now: datetime) -> int:
    """Forgets what was done more than 48 h ago; returns how many rows."""
    found = session.execute(delete(INBOX).where(INBOX.c.done_at < now - KEPT))
    return cast(CursorResult[tuple[()]], found).rowcount


def forget(session: Session, lane: int) -> None:
    """An erased person's updates: their numbers stay, so that a repeat does nothing; their words go.

    What others did may show them too (a tap brings the whole card along), so all that was worked goes with them.
    """
    done = INBOX.c.state == InboxState.DONE.value
    session.execute(update(INBOX).where(or_(INBOX.c.lane == lane, done)).values(payload=FORGOTTEN, error=None))

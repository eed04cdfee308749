"""People as Telegram shows them to us. Each Telegram id stands in this one column, so an erased person is one row.

Invariants: who never pressed start is never written to in private; an erased person keeps a row without a name, so that
sums stay true. What a person may take with them or have forgotten is in privacy.py.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Column, String, Table, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert
from sqlmodel import Field, SQLModel

from models.columns import BigId, Instant, table_of
from models.rows import fresh, number_of, on_both


class Person(SQLModel, table=True):
    """Someone who spoke, tapped, joined or owns. `started_at`: pressed start, so the bot may write in private."""

    __tablename__ = "people"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    telegram_id: int | None = Field(default=None, sa_column=Column(BigInteger, unique=True))  # None once erased
    name: str = Field(sa_type=String)
    username: str | None = None
    language: str | None = None  # what Telegram says of the person's app
    chosen_language: str | None = None  # what /language says; it wins
    timezone: str | None = None
    quiet_from: int | None = None  # minutes of the local day; None: the hours of bot.toml
    quiet_to: int | None = None  # equal to quiet_from: no quiet hours at all
    started_at: datetime | None = Field(default=None, sa_type=Instant)
    unreachable_at: datetime | None = Field(default=None, sa_type=Instant)
    by_initial: bool = False  # stands on cards by an initial
    keeps_cues: bool = True  # /privacy: what was seen may be recorded
    erased_at: datetime | None = Field(default=None, sa_type=Instant)
    seen_at: datetime = Field(sa_type=Instant)


person_table = table_of(Person)


@dataclass(frozen=True, slots=True)
class Met:
    """A person whose row was just made or brought up to date, with what they chose before."""

    id: int
    chosen_language: str | None
    reachable: bool
    timezone: str | None


def _meeting(
    insert: Callable[[Table], sqlite.Insert | postgresql.Insert],
) -> "ReturningInsert[int, str | None, datetime | None, datetime | None, str | None]":
    row = insert(person_table)
    columns = person_table.c
    told = {name: row.excluded[name] for name in ("name", "username", "language", "seen_at")}
    return row.on_conflict_do_update(index_elements=["telegram_id"], set_=told).returning(
        columns.id, columns.chosen_language, columns.started_at, columns.unreachable_at, columns.timezone
    )


_MEET = on_both(_meeting)


def meet(
    session: Session, telegram_id: int, name: str, username: str | None, language: str | None, now: datetime
) -> Met:
    """Makes the person's row or brings it up to date, in one statement."""
    connection = session.connection()
    row = connection.execute(_MEET[connection.dialect.name], {
        "telegram_id": telegram_id, "name": name, "username": username, "language": language, "seen_at": now,
        "by_initial": False, "keeps_cues": True,
    }).one()  # fmt: skip
    return Met(row.id, row.chosen_language, row.started_at is not None and row.unreachable_at is None, row.timezone)


def remember(
    session: Session, telegram_id: int, name: str, username: str | None, language: str | None, now: datetime
) -> int:
    """The person's id; their row is made or brought up to date in one statement."""
    return meet(session, telegram_id, name, username, language, now).id


def known(session: Session, telegram_id: int, now: datetime) -> int:
    """The id of a person of whom only the Telegram id is known yet (an owner by bot.toml); no name until they show up."""
    found = by_telegram_id(session, telegram_id)
    return remember(session, telegram_id, "", None, None, now) if found is None else number_of(found.id)


def by_telegram_id(session: Session, telegram_id: int) -> Person | None:
    """The person behind a Telegram id, if we ever saw them."""
    rows = fresh(session, select(Person).where(person_table.c.telegram_id == telegram_id))
    return rows[0] if rows else None


def known_among(session: Session, telegram_ids: Collection[int]) -> dict[int, int]:
    """Our numbers of those of these Telegram ids whom we ever saw, by Telegram's."""
    query = select(person_table.c.telegram_id, person_table.c.id).where(person_table.c.telegram_id.in_(telegram_ids))
    return {row.telegram_id: row.id for row in session.execute(query)}


def start(session: Session, person_id: int, now: datetime) -> None:
    """They pressed start: the bot may write to them in private, from the first time on."""
    _set(session, person_id, started_at=func.coalesce(person_table.c.started_at, now), unreachable_at=None)


def unreachable(session: Session, person_id: int, now: datetime) -> None:
    """They blocked the bot or are gone: nothing in private until they press start again."""
    _set(session, person_id, unreachable_at=now)


def choose_language(session: Session, person_id: int, language: str | None, now: datetime) -> None:
    """What /language says wins over the app's; None goes back to the app's."""
    _set(session, person_id, chosen_language=language, seen_at=now)


def set_initial(session: Session, person_id: int, by_initial: bool, now: datetime) -> None:
    """Whether they stand on cards by an initial."""
    _set(session, person_id, by_initial=by_initial, seen_at=now)


def set_timezone(session: Session, person_id: int, timezone: str | None, now: datetime) -> None:
    """The zone in which they are told times; None goes back to the circle's."""
    _set(session, person_id, timezone=timezone, seen_at=now)


def set_quiet_hours(session: Session, person_id: int, hours: tuple[int, int] | None, now: datetime) -> None:
    """The hours in which nothing that sells comes, in minutes of their day; equal ones for none, None for bot.toml's."""
    begin, end = hours or (None, None)
    _set(session, person_id, quiet_from=begin, quiet_to=end, seen_at=now)


def keep_cues(session: Session, person_id: int, keep: bool, now: datetime) -> None:
    """Whether what they see may be recorded."""
    _set(session, person_id, keeps_cues=keep, seen_at=now)


def _set(session: Session, person_id: int, **values: object) -> None:
    session.execute(update(person_table).where(person_table.c.id == person_id).values(**values))

"""Campaigns as the scheduler knows them, and their runs: one row for each slot that was ever taken.

Invariants: a slot of a campaign has one run (unique); a campaign's id in bot.toml is its key for ever, so editing never
fires a slot again; `first_loaded_at` never changes.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Table,
    UniqueConstraint,
    bindparam,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert
from sqlmodel import Field, SQLModel

from models.columns import BigId, Document, Instant, table_of
from models.rows import insert_into, on_both
from models.shops import shop_table

_GOES_ON = text("state IN ('running', 'queued', 'paused')")
_LISTENS = text("event IS NOT NULL")


class RunState(StrEnum):
    """A run's life. It begins in the transaction that takes its slot."""

    RUNNING = "running"
    QUEUED = "queued"  # the one before still runs, and overlap says wait: queued -> running, queued -> missed
    DONE = "done"
    SKIPPED = "skipped"  # the one before still ran
    MISSED = "missed"  # too late, and catch_up left it out
    FAILED = "failed"
    CANCELLED = "cancelled"  # the next slot came and overlap says cancel, or a person ended it: running, paused -> cancelled
    PAUSED = "paused"  # by a person, or by itself after many failures: running -> paused -> running


class Campaign(SQLModel, table=True):
    """A campaign of bot.toml that was loaded at least once."""

    __tablename__ = "campaigns"
    __table_args__ = (
        Index("ix_campaigns_due", "next_at", "id"),
        Index("ix_campaigns_event", "event", "shop_id", sqlite_where=_LISTENS, postgresql_where=_LISTENS),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    key: str = Field(unique=True)  # bot.toml's id
    shop_id: int | None = Field(default=None, sa_type=BigId, sa_column_args=[ForeignKey("shops.id")])
    kind: str
    digest: str  # of its schedule as loaded last; another one means other slots
    first_loaded_at: datetime = Field(sa_type=Instant)
    removed_at: datetime | None = Field(default=None, sa_type=Instant)  # no longer in bot.toml
    paused_at: datetime | None = Field(default=None, sa_type=Instant)
    next_at: datetime | None = Field(default=None, sa_type=Instant)  # the next slot that was not taken; None: none
    event: str | None = None  # what has to happen to a member first (schedule.after); None: the clock decides
    delay: int = 0  # seconds from the event to its slot


class Run(SQLModel, table=True):
    """The one execution of a slot. `record` says whom it reached, whom not and why."""

    __tablename__ = "runs"
    __table_args__ = (
        UniqueConstraint("campaign_id", "slot"),
        Index("ix_runs_state", "campaign_id", "state"),
        Index("ix_runs_going_on", "state", "id", sqlite_where=_GOES_ON, postgresql_where=_GOES_ON),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    campaign_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("campaigns.id")])
    slot: datetime = Field(sa_type=Instant)
    state: str  # RunState
    started_at: datetime = Field(sa_type=Instant)
    finished_at: datetime | None = Field(default=None, sa_type=Instant)
    record: dict[str, object] = Field(default_factory=dict, sa_type=Document)
    cursor: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))  # the last person or circle decided on
    all_decided: bool = False  # the fan-out has come to the end of its audience
    definition: dict[str, object] | None = Field(default=None, sa_type=Document)  # an owner's own broadcast; else bot.toml says it
    paused_why: str | None = None  # "person" or "failures"


campaigns, runs = table_of(Campaign), table_of(Run)


# Asked at every tick and for every slot: building a statement costs more than asking it.
_DUE = (
    select(campaigns.c.id, campaigns.c.key, campaigns.c.next_at, campaigns.c.first_loaded_at)
    .where(
        campaigns.c.next_at <= bindparam("now"), campaigns.c.paused_at.is_(None), campaigns.c.removed_at.is_(None),
        campaigns.c.id.not_in(bindparam("but", expanding=True)),
    )
    .order_by(campaigns.c.next_at, campaigns.c.id).limit(1).with_for_update(skip_locked=True)
)  # fmt: skip
_QUEUED = (
    select(runs.c.id, campaigns.c.id, campaigns.c.key, runs.c.slot)
    .join(campaigns, campaigns.c.id == runs.c.campaign_id)
    .where(runs.c.state == RunState.QUEUED, campaigns.c.paused_at.is_(None), campaigns.c.removed_at.is_(None))
    .order_by(runs.c.slot, runs.c.id).with_for_update(skip_locked=True)
)  # fmt: skip
_FINISH = (
    update(runs).where(runs.c.id == bindparam("run"))
    .values(state=bindparam("ended_as"), finished_at=bindparam("at"), record=bindparam("kept"))
)  # fmt: skip


def _taking(insert: Callable[[Table], sqlite.Insert | postgresql.Insert]) -> ReturningInsert[int]:
    taken = insert(runs).values(
        campaign_id=bindparam("taken_by"), slot=bindparam("at"), state=bindparam("taken_as"), started_at=bindparam("began"),
        finished_at=bindparam("ended"), record={}, cursor=0, all_decided=False,
    )  # fmt: skip
    return taken.on_conflict_do_nothing(index_elements=["campaign_id", "slot"]).returning(runs.c.id)


_TAKE = on_both(_taking)


@dataclass(frozen=True)
class Due:
    """A campaign whose next slot has come, held against every other taker until the transaction ends."""

    id: int
    key: str
    next_at: datetime
    first_loaded_at: datetime


@dataclass(frozen=True)
class Waiting:
    """A run that was taken and waits for the one before it."""

    run_id: int
    campaign_id: int
    key: str
    slot: datetime


@dataclass(frozen=True)
class Known:
    """A campaign as loaded before."""

    id: int
    digest: str
    first_loaded_at: datetime
    next_at: datetime | None
    removed_at: datetime | None


@dataclass(frozen=True)
class Loaded:
    """A campaign that is in bot.toml now, as people look after it. `shop` and `zone` are its shop's name and zone."""

    id: int
    key: str
    kind: str
    event: str | None
    delay: int  # seconds
    first_loaded_at: datetime
    paused_at: datetime | None
    next_at: datetime | None
    shop: str | None
    zone: str | None


_LOADED = select(
    campaigns.c.id, campaigns.c.key, campaigns.c.kind, campaigns.c.event, campaigns.c.delay, campaigns.c.first_loaded_at,
    campaigns.c.paused_at, campaigns.c.next_at, shop_table.c.name, shop_table.c.timezone,
).outerjoin(shop_table, shop_table.c.id == campaigns.c.shop_id).where(campaigns.c.removed_at.is_(None))  # fmt: skip


def loaded(session: Session) -> list[Loaded]:
    """All campaigns that were not taken out of bot.toml, by key."""
    return [Loaded(*tuple(row)) for row in session.execute(_LOADED.order_by(campaigns.c.key))]


def hold(session: Session, campaign_id: int) -> Loaded | None:
    """The campaign, held against every taker of its slots until the transaction ends."""
    query = _LOADED.where(campaigns.c.id == campaign_id).with_for_update(of=campaigns)
    row = session.execute(query).one_or_none()
    return None if row is None else Loaded(*tuple(row))


def add_owners(session: Session, shop_id: int, kind: str, now: datetime) -> int:
    """A campaign of a shop's owner, sent from the chat: "chat:<its id>"; no bot.toml has such keys, so none removes it."""
    row = {"shop_id": shop_id, "kind": kind, "digest": "", "first_loaded_at": now, "delay": 0}
    made = session.execute(insert_into(session, campaigns).values(key=f"chat:new:{shop_id}", **row).returning(campaigns.c.id))
    campaign_id: int = made.scalar_one()
    change(session, campaign_id, {"key": f"chat:{campaign_id}"})
    return campaign_id


def define(session: Session, run_id: int, definition: Mapping[str, object], record: Mapping[str, object]) -> None:
    """What a run is to do that no bot.toml says, and what is known of it from the start."""
    session.execute(update(runs).where(runs.c.id == run_id).values(definition=dict(definition), record=dict(record)))


def known(session: Session) -> dict[str, Known]:
    """Every campaign that was ever loaded, by its key."""
    c = campaigns.c
    rows = session.execute(select(c.key, c.id, c.digest, c.first_loaded_at, c.next_at, c.removed_at))
    return {key: Known(*rest) for key, *rest in rows}


def shop_ids(session: Session) -> dict[str, int]:
    """The shops' ids by their keys."""
    rows = session.execute(select(shop_table.c.key, shop_table.c.id))
    return {str(row[0]): int(row[1]) for row in rows}


def add(session: Session, rows: Sequence[Mapping[str, object]]) -> None:
    """Campaigns that are new; those that another process added at the same moment stay as they are."""
    if rows:
        session.execute(insert_into(session, campaigns).on_conflict_do_nothing(index_elements=["key"]), list(rows))


def change(session: Session, campaign_id: int, values: Mapping[str, object]) -> None:
    session.execute(update(campaigns).where(campaigns.c.id == campaign_id).values(**values))


def due(session: Session, now: datetime, but: Iterable[int] = ()) -> Due | None:
    """The longest waiting campaign with a slot that has come, `but` some; on PostgreSQL one that nobody else is taking."""
    row = session.execute(_DUE, {"now": now, "but": list(but)}).one_or_none()
    return None if row is None else Due(*row)


def take(session: Session, campaign_id: int, slot: datetime, state: RunState, now: datetime) -> int | None:
    """The id of the slot's run, or None if it was taken before."""
    ended = now if state in {RunState.SKIPPED, RunState.MISSED} else None
    row = {"taken_by": campaign_id, "at": slot, "taken_as": state, "began": now, "ended": ended}
    return session.execute(_TAKE[session.get_bind().dialect.name], row).scalar_one_or_none()


def queued(session: Session) -> list[Waiting]:
    """Runs that wait for the one before, oldest first; on PostgreSQL those that nobody else is starting."""
    return [Waiting(*row) for row in session.execute(_QUEUED)]


def begin(session: Session, run_id: int, now: datetime) -> bool:
    """Starts a queued run; False if it was started meanwhile."""
    waiting = update(runs).where(runs.c.id == run_id, runs.c.state == RunState.QUEUED)
    started = waiting.values(state=RunState.RUNNING, started_at=now).returning(runs.c.id)
    return session.execute(started).first() is not None


def finish(session: Session, run_id: int, state: RunState, record: Mapping[str, object], now: datetime) -> None:
    """Ends a run with what came of it."""
    session.execute(_FINISH, {"run": run_id, "ended_as": state, "at": now, "kept": dict(record)})

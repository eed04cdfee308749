"""Whom a run decided to write to, and whom not and why: one row a run and member (or circle), written before anything is sent.

Invariants: unique by run and member, so a member hears of a run at most once whatever is killed or repeated; the arm of
a hold-out and its probability are recorded before the outcome; rows are only added, and `outcome` moves once.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    ScalarSelect,
    UniqueConstraint,
    and_,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from models.columns import BigId, Document, Instant, table_of
from models.outbox import OUTBOX, OutboxState


class Arm(StrEnum):
    """Of a hold-out."""

    WRITTEN_TO = "written_to"
    HELD_OUT = "held_out"


class Outcome(StrEnum):
    """What was decided at fan-out, or found when the message's turn came. What became of one that left is in the outbox."""

    QUEUED = "queued"  # a row of the outbox stands for it; delivered, unknown, dead and parked are read there
    HELD_OUT = "held_out"
    NO_CONSENT = "no_consent"  # never pressed start, or erased
    UNREACHABLE = "unreachable"  # blocked the bot
    MUTED = "muted"
    OVER_BUDGET = "over_budget"  # above the attention budget, and the campaign says drop, or waiting would be too late
    LATE = "late"  # its turn came after it was of any use
    LEFT = "left"  # no longer a member when the turn came
    NOTHING = "nothing"  # there was nothing to tell them (an empty digest, say)
    TOLD_BEFORE = "told_before"  # by another run of the campaign, and once is enough
    CANCELLED = "cancelled"  # the run was cancelled before its turn came


class Recipient(SQLModel, table=True):
    """One member or one circle of a run's audience. `why` says by which condition they are in it: code and params."""

    __tablename__ = "recipients"
    __table_args__ = (
        UniqueConstraint("run_id", "person_id"),
        UniqueConstraint("run_id", "circle_id"),
        CheckConstraint("(person_id IS NULL) <> (circle_id IS NULL)", name="one_receiver"),
        Index("ix_recipients_person", "person_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    run_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("runs.id")])
    person_id: int | None = Field(default=None, sa_type=BigId, sa_column_args=[ForeignKey("people.id")])
    circle_id: int | None = Field(default=None, sa_type=BigId, sa_column_args=[ForeignKey("circles.id")])
    arm: str = Arm.WRITTEN_TO
    probability: float = 1.0  # of the arm they are in
    outcome: str  # Outcome
    waited: str | None = None  # what it had to wait for last, if for anything: "over_budget" or "quiet_hours"
    why: dict[str, object] = Field(default_factory=dict, sa_type=Document)
    decided_at: datetime = Field(sa_type=Instant)


recipients = table_of(Recipient)
WAITED_FOR = frozenset({"over_budget", "quiet_hours"})
_WRITTEN = recipients.c.outcome == Outcome.QUEUED


def ended(session: Session, message: int, outcome: Outcome) -> None:
    """The message of this number was dropped when its turn came; one of no run has no recipient."""
    session.execute(update(recipients).where(_of(message), _WRITTEN).values(outcome=outcome))


def waits(session: Session, message: int, why: str) -> None:
    """The message of this number must wait, and for what."""
    session.execute(update(recipients).where(_of(message), _WRITTEN).values(waited=why))


def forget(session: Session, person_id: int) -> None:
    """Whoever is erased gets nothing of what waits for them; why they were written to is forgotten."""
    mine = recipients.c.person_id == person_id
    waiting = select(OUTBOX.c.run_id).where(
        OUTBOX.c.person_id == person_id,
        OUTBOX.c.state.in_([OutboxState.QUEUED, OutboxState.HELD, OutboxState.PARKED]),
        OUTBOX.c.run_id.is_not(None),
    )
    session.execute(
        update(recipients).where(mine, _WRITTEN, recipients.c.run_id.in_(waiting)).values(outcome=Outcome.NO_CONSENT)
    )
    session.execute(update(recipients).where(mine).values(why={}))


def _of(message: int) -> ColumnElement[bool]:
    """The recipient that a row of the outbox stands for."""
    row = select(OUTBOX.c.id).where(
        OUTBOX.c.id == message,
        OUTBOX.c.run_id == recipients.c.run_id,
        or_(OUTBOX.c.person_id == recipients.c.person_id, OUTBOX.c.circle_id == recipients.c.circle_id),
    )
    return and_(recipients.c.run_id == _run_of(message), row.correlate(recipients).exists())


def _run_of(message: int) -> ScalarSelect[int]:
    return select(OUTBOX.c.run_id).where(OUTBOX.c.id == message).scalar_subquery()

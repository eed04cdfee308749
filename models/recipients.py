"""Whom a run decided to write to, and whom not and why: one row a run and member (or circle), written before anything is sent.

Invariants: unique by run and member, so a member hears of a run at most once whatever is killed or repeated; the arm of
a hold-out and its probability are recorded before the outcome; rows are only added, and `outcome` moves once.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import BigId, Document, Instant, table_of


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
    why: dict[str, object] = Field(default_factory=dict, sa_type=Document)
    decided_at: datetime = Field(sa_type=Instant)


recipients = table_of(Recipient)

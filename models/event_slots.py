"""Slots that an event of a member brings (`schedule = { after = "delivered", delay = "3d" }`).

Invariants: written in the transaction of the event itself, for the campaigns that listen at that moment, so a later
campaign never reaches back; unique by campaign, member and subject, so an event that is repeated brings one slot; a slot
is taken once, by the run that `run_id` names.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.columns import BigId, Instant, table_of

_WAITS = text("run_id IS NULL AND passed_at IS NULL")
_TAKEN = text("run_id IS NOT NULL")


class Event(StrEnum):
    """What bot.toml's `after` may name."""

    JOINED = "joined"  # a circle of the shop
    ORDERED = "ordered"
    DELIVERED = "delivered"  # collected: the one event of handing over
    ANSWERED = "answered"  # a question of theirs


class EventSlot(SQLModel, table=True):
    """One member's event that a campaign listens to. `subject`: what it was about, as in "order:12"."""

    __tablename__ = "event_slots"
    __table_args__ = (
        UniqueConstraint("campaign_id", "person_id", "subject"),
        Index("ix_event_slots_due", "due_at", "id", sqlite_where=_WAITS, postgresql_where=_WAITS),
        Index("ix_event_slots_run", "run_id", "person_id", sqlite_where=_TAKEN, postgresql_where=_TAKEN),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    campaign_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("campaigns.id")])
    person_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("people.id")])
    circle_id: int | None = Field(default=None, sa_type=BigId, sa_column_args=[ForeignKey("circles.id")])
    subject: str
    due_at: datetime = Field(sa_type=Instant)
    run_id: int | None = Field(default=None, sa_type=BigId, sa_column_args=[ForeignKey("runs.id")])
    passed_at: datetime | None = Field(default=None, sa_type=Instant)  # too late, and catch_up left it out


event_slots = table_of(EventSlot)

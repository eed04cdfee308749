"""The waitlist of a group buy: who waits for a seat, in order, and the timed offers they get.

Invariant: an offer holds its pieces (they are neither in stock nor on a seat) until it is taken, passed or expires.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import BigId, Instant


class Waiting(SQLModel, table=True):
    """A member's place in the queue; `offered` pieces are held for them until `offer_until`."""

    __tablename__ = "waitings"
    __table_args__ = (UniqueConstraint("round_id", "person_id"), CheckConstraint("offered >= 0", name="offered_not_negative"))

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    round_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("rounds.id")])
    person_id: int = Field(sa_type=BigId, index=True, sa_column_args=[ForeignKey("people.id")])
    state: str = Field(index=True)  # states.WaitingState
    quantity: int = 1  # pieces wished
    option: str = ""
    offered: int = 0
    offer_until: datetime | None = Field(default=None, sa_type=Instant)
    queued_at: datetime = Field(sa_type=Instant)

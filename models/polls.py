"""Members' polls that open a group buy when enough want it (the campaign kind demand_poll).

Invariants: one poll a run and circle; one vote a member, the last one counts; it opens its group buy at most once, on the
terms it was posted with.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Column, ForeignKey, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import BigId, Document, Instant, table_of


class PollState(StrEnum):
    """A poll's life."""

    OPEN = "open"  # open -> reached, ended
    REACHED = "reached"  # enough want it: the group buy is open
    ENDED = "ended"  # its time was over before


class DemandPoll(SQLModel, table=True):
    """A poll in one circle. `terms`: of the group buy it opens, as the campaign had them when it was posted."""

    __tablename__ = "demand_polls"
    __table_args__ = (UniqueConstraint("run_id", "circle_id"), Index("ix_demand_polls_due", "state", "closes_at"))

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    run_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("runs.id")])
    circle_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("circles.id")])
    product_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("products.id")])
    needed: int
    closes_at: datetime = Field(sa_type=Instant)
    poll_id: str | None = Field(default=None, unique=True)  # Telegram's, once it stands
    message_id: int | None = Field(default=None, sa_column=Column(BigInteger))
    state: str = PollState.OPEN
    terms: dict[str, object] = Field(default_factory=dict, sa_type=Document)
    round_id: int | None = Field(default=None, sa_type=BigId, sa_column_args=[ForeignKey("rounds.id")])
    created_at: datetime = Field(sa_type=Instant)


class PollVote(SQLModel, table=True):
    """What one member answered last."""

    __tablename__ = "poll_votes"

    poll_id: int = Field(primary_key=True, sa_type=BigId, sa_column_args=[ForeignKey("demand_polls.id")])
    person_id: int = Field(primary_key=True, sa_type=BigId, sa_column_args=[ForeignKey("people.id")])
    wants: bool
    at: datetime = Field(sa_type=Instant)


polls, votes = table_of(DemandPoll), table_of(PollVote)

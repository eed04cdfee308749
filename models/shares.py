"""Shares: an opaque token in a link that leads a friend to a group buy and remembers whose link it was."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import BigId, Instant


class Share(SQLModel, table=True):
    """A member's own link to one group buy, with a sentence of their own if they like. One a member and round."""

    __tablename__ = "shares"
    __table_args__ = (UniqueConstraint("round_id", "person_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    token: str = Field(unique=True)
    round_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("rounds.id")])
    person_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("people.id")])
    words: str = ""
    opened: int = 0  # how often somebody came by it
    created_at: datetime = Field(sa_type=Instant)


class Arrival(SQLModel, table=True):
    """Somebody came to a group buy by a share: the cue that is remembered when they join."""

    __tablename__ = "arrivals"

    round_id: int = Field(primary_key=True, sa_type=BigId, sa_column_args=[ForeignKey("rounds.id")])
    person_id: int = Field(primary_key=True, sa_type=BigId, sa_column_args=[ForeignKey("people.id")])
    share_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("shares.id")])
    at: datetime = Field(sa_type=Instant)

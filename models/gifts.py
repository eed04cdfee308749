"""Gifts: a seat, or part of it, given to a friend, who picks option and pickup and sees no price."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlmodel import Field, SQLModel

from models.columns import BigId, Instant


class Gift(SQLModel, table=True):
    """One gift. Its token stands in the link the giver passes on; who opens it first is the friend."""

    __tablename__ = "gifts"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    token: str = Field(unique=True)
    seat_id: int = Field(sa_type=BigId, index=True, sa_column_args=[ForeignKey("seats.id")])
    round_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("rounds.id")])
    giver_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("people.id")])
    friend_id: int | None = Field(default=None, sa_type=BigId, sa_column_args=[ForeignKey("people.id")])
    state: str  # states.GiftState
    quantity: int = 1
    option: str = ""
    pickup: str | None = None
    created_at: datetime = Field(sa_type=Instant)
    accepted_at: datetime | None = Field(default=None, sa_type=Instant)

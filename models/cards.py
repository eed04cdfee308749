"""Cards: the one message in a chat that shows a group buy. What it shows is composed when it is sent, never stored."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlmodel import Field, SQLModel

from models.columns import BigId, Instant


class Card(SQLModel, table=True):
    """Where a group buy's card stands in its circle. `message_id` is None until it was sent, or once it is gone."""

    __tablename__ = "cards"
    __table_args__ = (Index("ix_cards_message", "circle_id", "message_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    round_id: int = Field(unique=True, sa_type=BigId, sa_column_args=[ForeignKey("rounds.id")])
    circle_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("circles.id")])
    message_id: int | None = Field(default=None, sa_type=BigInteger)
    has_photo: bool = False
    pinned: bool = False
    digest: str | None = None
    sent_at: datetime | None = Field(default=None, sa_type=Instant)
    edited_at: datetime | None = Field(default=None, sa_type=Instant)

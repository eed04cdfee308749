"""Circles: the group chats a shop has approved, and who is in them. A chat's Telegram id stands in this one column."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, ForeignKey
from sqlmodel import Field, SQLModel

from models.columns import BigId, Document, Instant


class Circle(SQLModel, table=True):
    """One group chat. `rights`: the bot's admin rights there by Telegram's names (empty when it is no admin)."""

    __tablename__ = "circles"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    shop_id: int | None = Field(default=None, sa_type=BigId, sa_column_args=[ForeignKey("shops.id")])  # None until approved
    chat_id: int = Field(sa_column=Column(BigInteger, unique=True, nullable=False))
    title: str
    state: str  # states.CircleState
    kind: str = "supergroup"  # Telegram's chat type
    is_forum: bool = False
    language: str | None = None
    timezone: str | None = None
    pickup: list[str] = Field(default_factory=list, sa_type=Document)
    tags: list[str] = Field(default_factory=list, sa_type=Document)
    is_admin: bool = False
    rights: list[str] = Field(default_factory=list, sa_type=Document)
    added_by: int | None = Field(default=None, sa_type=BigId, sa_column_args=[ForeignKey("people.id")])
    created_at: datetime = Field(sa_type=Instant)


class Membership(SQLModel, table=True):
    """A person in a circle: whoever joins or speaks there. `left_at` is set when they leave and cleared when they return."""

    __tablename__ = "memberships"

    circle_id: int = Field(primary_key=True, sa_type=BigId, sa_column_args=[ForeignKey("circles.id")])
    person_id: int = Field(primary_key=True, sa_type=BigId, index=True, sa_column_args=[ForeignKey("people.id")])
    joined_at: datetime = Field(sa_type=Instant)
    left_at: datetime | None = Field(default=None, sa_type=Instant)

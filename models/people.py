"""People as Telegram shows them to us. Each Telegram id stands in this one column, so an erased person is one row."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, String
from sqlmodel import Field, SQLModel

from models.columns import BigId, Instant


class Person(SQLModel, table=True):
    """Someone who spoke, tapped, joined or owns. `started_at`: pressed start, so the bot may write in private."""

    __tablename__ = "people"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    telegram_id: int | None = Field(default=None, sa_column=Column(BigInteger, unique=True))  # None once erased
    name: str = Field(sa_type=String)
    username: str | None = None
    language: str | None = None  # what Telegram says of the person's app
    chosen_language: str | None = None  # what /language says; it wins
    timezone: str | None = None
    started_at: datetime | None = Field(default=None, sa_type=Instant)
    unreachable_at: datetime | None = Field(default=None, sa_type=Instant)
    by_initial: bool = False  # stands on cards by an initial
    keeps_cues: bool = True  # /privacy: what was seen may be recorded
    erased_at: datetime | None = Field(default=None, sa_type=Instant)
    seen_at: datetime = Field(sa_type=Instant)

"""What kind of buyer a member is to a shop: recency, frequency and money, put into a named class every night.

Invariants: a row stands for what the orders said when it was computed; classes and their thresholds are in one place.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Column, ForeignKey, Index
from sqlmodel import Field, SQLModel

from models.columns import BigId, Instant, table_of


class BuyerClass(StrEnum):
    """What bot.toml's `class` may name."""

    CHAMPION = "champion"
    LOYAL = "loyal"
    PROMISING = "promising"
    NEW = "new"
    FADING = "fading"
    ASLEEP = "asleep"


class BuyerStanding(SQLModel, table=True):
    """One member's standing in one shop. `spent` in minor units, over the window that the rules name."""

    __tablename__ = "buyer_standings"
    __table_args__ = (Index("ix_buyer_standings_class", "shop_id", "buyer_class", "person_id"),)

    shop_id: int = Field(primary_key=True, sa_type=BigId, sa_column_args=[ForeignKey("shops.id")])
    person_id: int = Field(primary_key=True, sa_type=BigId, sa_column_args=[ForeignKey("people.id")])
    buyer_class: str
    orders: int
    spent: int = Field(sa_column=Column(BigInteger, nullable=False))
    first_at: datetime = Field(sa_type=Instant)
    last_at: datetime = Field(sa_type=Instant)
    computed_at: datetime = Field(sa_type=Instant)


standings = table_of(BuyerStanding)

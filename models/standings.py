"""What kind of buyer a member is to a shop: recency, frequency and money, put into a named class every night.

Invariants: classes and their thresholds are in this one file, and as words in docs/campaigns.md; every buyer has exactly
one class; a row stands for what the orders said when it was computed; who bought nothing (any more) has none.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import BigInteger, Column, ForeignKey, Index, delete, func, select
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from models.buyer_totals import bought, totals
from models.columns import BigId, Instant, table_of
from models.orders import order_table
from models.rows import insert_into


class BuyerClass(StrEnum):
    """What bot.toml's `class` may name."""

    CHAMPION = "champion"
    LOYAL = "loyal"
    PROMISING = "promising"
    NEW = "new"
    FADING = "fading"
    ASLEEP = "asleep"


class BuyerStanding(SQLModel, table=True):
    """One member's standing in one shop. `orders` and `spent` (minor units) over the last YEAR, the times over all."""

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

YEAR = timedelta(days=365)  # the window of frequency and money
ASLEEP_AFTER = timedelta(days=180)  # since the last purchase
FADING_AFTER = timedelta(days=60)
LATELY = timedelta(days=30)
OFTEN = 3  # purchases in the year that make somebody loyal
VERY_OFTEN = 6
MUCH = 1.5  # times what a buyer of the shop spends in all, on average

CHUNK = 250  # buyers in one transaction


@dataclass(frozen=True, slots=True)
class Bought:
    """What one member bought: in all when first and last and how often, and in the last year how often and for how much."""

    first_at: datetime
    last_at: datetime
    ever: int
    orders: int
    spent: int


def class_of(member: Bought, average: float, now: datetime) -> BuyerClass:
    """The class, from what was bought and what a buyer of the shop spends on average (minor units)."""
    since = now - member.last_at
    if since > ASLEEP_AFTER:
        return BuyerClass.ASLEEP
    if since > FADING_AFTER:
        return BuyerClass.FADING
    if since <= LATELY and member.orders >= VERY_OFTEN and member.spent >= MUCH * average:
        return BuyerClass.CHAMPION
    if member.orders >= OFTEN:
        return BuyerClass.LOYAL
    return BuyerClass.NEW if member.ever == 1 else BuyerClass.PROMISING


def average(session: Session, shop_id: int) -> float:
    """What a buyer of the shop has spent in all, on average, minor units. Some 100 ms for a million: for a reader."""
    mean = select(func.avg(totals.c.spent)).where(totals.c.shop_id == shop_id, totals.c.orders > 0)
    return float(session.execute(mean).scalar_one() or 0)


@dataclass(frozen=True, slots=True)
class Bite:
    """The standings of the next few buyers as they are to be written, who has none any more, and the last one looked at."""

    shop_id: int
    rows: list[dict[str, object]]
    gone: list[int]
    last: int


def computed(session: Session, shop_id: int, after: int, average: float, now: datetime) -> Bite | None:
    """The next CHUNK of buyers with ids above `after`, only looked at: for a reader. None when there are no more."""
    c = totals.c
    query = select(c.person_id, c.orders, c.first_at, c.last_at).where(c.shop_id == shop_id, c.person_id > after)
    buyers = session.execute(query.order_by(c.person_id).limit(CHUNK)).all()
    if not buyers:
        return None
    year = _year(session, shop_id, [buyer.person_id for buyer in buyers], now)
    rows = [
        _row(shop_id, buyer.person_id, Bought(buyer.first_at, buyer.last_at, buyer.orders, *year.get(buyer.person_id, (0, 0))),
             average, now)
        for buyer in buyers if buyer.orders
    ]  # fmt: skip
    return Bite(shop_id, rows, [buyer.person_id for buyer in buyers if not buyer.orders], int(buyers[-1].person_id))


def keep(session: Session, bite: Bite) -> None:
    """Writes a bite; what happened since it was looked at shows the next night."""
    _write(session, bite.rows)
    if bite.gone:
        theirs = standings.c.shop_id == bite.shop_id, standings.c.person_id.in_(bite.gone)
        session.execute(delete(standings).where(*theirs))


def _year(session: Session, shop_id: int, ids: list[int], now: datetime) -> dict[int, tuple[int, int]]:
    """How often and for how much these people bought in the last year."""
    o = order_table.c
    lately = (o.shop_id == shop_id, o.person_id.in_(ids), bought(), o.collected_at > now - YEAR)
    query = select(o.person_id, func.count(), func.sum(o.total)).where(*lately).group_by(o.person_id)
    return {person_id: (int(orders), int(spent)) for person_id, orders, spent in session.execute(query)}


def _row(shop_id: int, person_id: int, member: Bought, average: float, now: datetime) -> dict[str, object]:
    return {
        "shop_id": shop_id, "person_id": person_id, "buyer_class": class_of(member, average, now), "orders": member.orders,
        "spent": member.spent, "first_at": member.first_at, "last_at": member.last_at, "computed_at": now,
    }  # fmt: skip


def _write(session: Session, rows: list[dict[str, object]]) -> None:
    if rows:
        row = insert_into(session, standings)
        kept = {name: row.excluded[name] for name in rows[0] if name not in {"shop_id", "person_id"}}
        session.execute(row.on_conflict_do_update(index_elements=["shop_id", "person_id"], set_=kept), rows)

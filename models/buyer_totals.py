"""What each member bought of a shop in all: how often, for how much, when first and last, and what led them there last.

Invariants: bought means collected and not refunded; a row equals its orders after every transaction that hands over,
refunds or rewrites one (`tuan verify` counts again); a member whose purchases were all refunded keeps a row of none.
"""

from datetime import datetime

from sqlalchemy import BigInteger, Column, ColumnElement, ForeignKey, literal_column, select, update
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from models import orders  # the module: orders and what follows from them know each other
from models.columns import BigId, Instant, table_of
from models.rows import insert_into


class BuyerTotal(SQLModel, table=True):
    """One member's purchases of one shop. `spent` in minor units; `path` of the last one (models/paths.py)."""

    __tablename__ = "buyer_totals"
    __table_args__ = {"sqlite_with_rowid": False}  # rows lie by shop and person, as they are read

    shop_id: int = Field(primary_key=True, sa_type=BigId, sa_column_args=[ForeignKey("shops.id")])
    person_id: int = Field(primary_key=True, sa_type=BigId, sa_column_args=[ForeignKey("people.id")])
    orders: int = 0
    spent: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    first_at: datetime | None = Field(default=None, sa_type=Instant)
    last_at: datetime | None = Field(default=None, sa_type=Instant)
    path: str | None = None


totals = table_of(BuyerTotal)


def bought() -> ColumnElement[bool]:
    """Whether an order counts, in the words of the index over those that do: a bound value would pass the index by."""
    c = orders.order_table.c
    return c.collected_at.is_not(None) & (c.state != literal_column("'refunded'"))


def follow(session: Session, order: "orders.Order") -> None:
    """An order was handed over, refunded or rewritten: if its goods are with the member, their totals are counted again.

    The row is held first, so that of two transactions the later one counts what the earlier one wrote.
    """
    session.flush()
    if order.collected_at is None:
        return
    mine = {"shop_id": order.shop_id, "person_id": order.person_id}
    row = insert_into(session, totals).values(**mine, orders=0, spent=0)
    session.execute(row.on_conflict_do_update(index_elements=[*mine], set_={"orders": totals.c.orders}))
    session.execute(update(totals).filter_by(**mine).values(_counted(session, order.shop_id, order.person_id)))


def _counted(session: Session, shop_id: int, person_id: int) -> dict[str, object]:
    """What the orders say, nothing of what stands in the totals."""
    c = orders.order_table.c
    query = select(c.total, c.collected_at, c.path).where(c.shop_id == shop_id, c.person_id == person_id, bought())
    found = session.execute(query.order_by(c.collected_at, c.id)).all()
    first, last = (found[0], found[-1]) if found else (None, None)
    return {
        "orders": len(found), "spent": sum(order.total for order in found), "first_at": first and first.collected_at,
        "last_at": last and last.collected_at, "path": last and last.path,
    }  # fmt: skip

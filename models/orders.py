"""Orders: what one member owes and gets from one group buy.

Invariants: `total` is the sum of the lines' amounts; one live order a seat; `collected_at` is set once; completed means
collected and paid. An order's number is its id plus 1000.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlmodel import Field, SQLModel

from models.columns import BigId, Instant


class Order(SQLModel, table=True):
    """One member's order. `pay_by` is None while nothing runs against the member (claimed, paid, collected)."""

    __tablename__ = "orders"
    __table_args__ = (
        Index(
            "ix_orders_one_live_a_seat", "seat_id", unique=True,
            sqlite_where=text("state NOT IN ('lapsed', 'cancelled', 'refunded')"),
            postgresql_where=text("state NOT IN ('lapsed', 'cancelled', 'refunded')"),
        ),
        CheckConstraint("total >= 0", name="total_not_negative"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    shop_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("shops.id")])
    circle_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("circles.id")])
    round_id: int = Field(sa_type=BigId, index=True, sa_column_args=[ForeignKey("rounds.id")])
    product_id: int = Field(sa_type=BigId, index=True, sa_column_args=[ForeignKey("products.id")])
    seat_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("seats.id")])
    person_id: int = Field(sa_type=BigId, index=True, sa_column_args=[ForeignKey("people.id")])
    state: str  # states.OrderState
    quantity: int
    unit_price: int = Field(sa_type=BigInteger)
    total: int = Field(sa_type=BigInteger)
    pickup: str | None = None
    pay_by: datetime | None = Field(default=None, sa_type=Instant, index=True)
    created_at: datetime = Field(sa_type=Instant)
    claimed_at: datetime | None = Field(default=None, sa_type=Instant)
    paid_at: datetime | None = Field(default=None, sa_type=Instant)
    collected_at: datetime | None = Field(default=None, sa_type=Instant)
    completed_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    reminded_at: datetime | None = Field(default=None, sa_type=Instant)  # of goods that wait uncollected
    again: bool | None = None  # "again" / "not again", one tap after collecting

    @property
    def number(self) -> int:
        """What people call it by."""
        return 1000 + (self.id or 0)


class OrderLine(SQLModel, table=True):
    """One line: pieces of an option, the leader's discount (negative), delivery, or a gift that a step added (0)."""

    __tablename__ = "order_lines"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    order_id: int = Field(sa_type=BigId, index=True, sa_column_args=[ForeignKey("orders.id")])
    kind: str  # piece | leader_discount | delivery | gift
    option: str = ""
    note: str = ""
    quantity: int = 1
    unit_price: int = Field(sa_type=BigInteger)
    amount: int = Field(sa_type=BigInteger)

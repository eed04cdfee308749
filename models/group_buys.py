"""A group buy (round): one product offered to one circle until a deadline, and its terms.

Invariants: `members` and `pieces` equal the sums over held seats; `final_price` is set exactly when it locked; a
circle's card shows what this row says.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey
from sqlmodel import Field, SQLModel

from models.columns import BigId, Document, Instant, Texts


class Round(SQLModel, table=True):
    """The group buy's row: its terms as they were when it opened, its counters, its times."""

    __tablename__ = "rounds"
    __table_args__ = (
        CheckConstraint("members >= 0 AND pieces >= 0", name="counts_not_negative"),
        CheckConstraint("count_by IN ('members', 'pieces')", name="count_by"),
        CheckConstraint("collect IN ('after_lock', 'upfront')", name="collect"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    shop_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("shops.id")])
    circle_id: int = Field(sa_type=BigId, index=True, sa_column_args=[ForeignKey("circles.id")])
    product_id: int = Field(sa_type=BigId, index=True, sa_column_args=[ForeignKey("products.id")])
    opening_key: str | None = Field(default=None, unique=True)  # what may open it once: "run:17:3", "sell:<update id>"
    state: str = Field(index=True)  # states.RoundState
    # the terms
    price: int = Field(sa_type=BigInteger)  # of one piece, before any step
    ladder: list[dict[str, object]] = Field(default_factory=list, sa_type=Document)  # prices.Step as JSON
    count_by: str = "members"
    minimum: int = 1
    per_member: int | None = None
    options: list[str] = Field(default_factory=list, sa_type=Document)
    collect: str = "after_lock"
    pay_within: int = 86_400  # seconds
    offer_within: int = 7_200  # seconds a waitlist offer stands
    accept_from: float | None = None  # share of the minimum from which the owner may accept a short group
    leader_discount: int = Field(default=0, sa_type=BigInteger)
    delivery_fee: int = Field(default=0, sa_type=BigInteger)  # an order; a ladder step may make it free
    text: Texts = Field(default_factory=dict, sa_type=Document)
    thread_id: int | None = None  # forum topic
    # how it stands
    members: int = 0
    pieces: int = 0
    next_place: int = 1  # the place the next seat gets in the order of joining
    step_told: int = 0  # the highest step that was announced in the circle
    leader_id: int | None = Field(default=None, sa_type=BigId, sa_column_args=[ForeignKey("people.id")])
    opened_by: int | None = Field(default=None, sa_type=BigId, sa_column_args=[ForeignKey("people.id")])
    final_price: int | None = Field(default=None, sa_type=BigInteger)
    accepted_short: bool = False
    created_at: datetime = Field(sa_type=Instant)
    opens_at: datetime | None = Field(default=None, sa_type=Instant)
    opened_at: datetime | None = Field(default=None, sa_type=Instant)
    closes_at: datetime = Field(sa_type=Instant, index=True)
    decide_by: datetime | None = Field(default=None, sa_type=Instant)
    locked_at: datetime | None = Field(default=None, sa_type=Instant)
    arrived_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)

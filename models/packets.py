"""Red packets, split coupons and voucher drops: what a shop hands out in a circle, and who took a share of it.

The three are one table, as they are one thing to a ledger: an amount that was put aside, shares of it, a rest that goes back.
Invariants: one claim a member; places run from 1 without a gap up to `claimed`, which never passes `shares`; what was paid
is the sum of what the claims got, and never more than `total`. The rules are in packets_giving.py.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import BigId, Document, Instant, table_of


class PacketKind(StrEnum):
    """What is handed out; also the kind of its board, and the first word of its reasons in the ledger."""

    PACKET = "packet"  # shares of an amount, to whoever taps
    COUPON = "coupon"  # shares of an amount, once enough have tapped to open it together
    DROP = "drop"  # the same voucher to each, as long as there are some


class Pays(StrEnum):
    """What a share is."""

    VOUCHER = "voucher"
    POINTS = "points"


class Packet(SQLModel, table=True):
    """One packet, coupon or drop in one circle.

    `amounts` are the shares in the order in which they are given, fixed when it opens; empty for a coupon, whose shares follow
    from who opens it, and for a drop. `seed` orders those who tapped before `drawn_at`; nobody is told it.
    """

    __tablename__ = "packets"
    __table_args__ = (
        CheckConstraint("claimed >= 0 AND (shares IS NULL OR claimed <= shares)", name="claimed_within"),
        CheckConstraint("paid >= 0 AND (kind = 'drop' OR paid <= total)", name="paid_within"),
        CheckConstraint("(state = 'ended') = (why_ended IS NOT NULL)", name="ended_for_a_reason"),
        Index("ix_packets_due", "state", "closes_at"),
        Index("ix_packets_batch", "batch"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    key: str = Field(unique=True)  # what opened it: a campaign's run and circle, or an owner's message
    batch: str  # what opened it and its like in other circles
    kind: str  # PacketKind
    shop_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("shops.id")])
    circle_id: int = Field(sa_type=BigId, index=True, sa_column_args=[ForeignKey("circles.id")])
    by_id: int | None = Field(default=None, sa_type=BigId, sa_column_args=[ForeignKey("people.id")])  # an owner, not a campaign
    state: str  # states.PacketState
    title: dict[str, str] = Field(default_factory=dict, sa_type=Document)
    pays: str = Pays.VOUCHER  # Pays
    total: int = Field(default=0, sa_type=BigInteger)  # minor units, or points; 0 for a drop
    shares: int | None = None  # None: a drop without an end but its time
    amounts: list[int] = Field(default_factory=list, sa_type=Document)
    equal: bool = False
    worth: str  # vouchers.Worth
    value: int = Field(default=0, sa_type=BigInteger)  # of each voucher of a drop
    most: int | None = Field(default=None, sa_type=BigInteger)
    min_order: int = Field(default=0, sa_type=BigInteger)
    valid_for: int = 0  # seconds
    per_member: int = 1  # of a batch
    standing: int = 0  # seconds a member must have been in the circle
    window: int = 0  # seconds from the first tap in which taps are collected, then drawn
    seed: str
    tapped: int = 0
    claimed: int = 0
    paid: int = Field(default=0, sa_type=BigInteger)
    opens_at: datetime = Field(sa_type=Instant)
    drawn_at: datetime | None = Field(default=None, sa_type=Instant)
    closes_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    why_ended: str | None = None  # "all", "over" or "few"

    @property
    def subject(self) -> str:
        """What its board shows."""
        return f"{self.kind}:{self.id}"


class PacketClaim(SQLModel, table=True):
    """One member who tapped. `place` and `amount` stand once they got a share; `amount` is minor units, points or percent."""

    __tablename__ = "packet_claims"
    __table_args__ = (
        UniqueConstraint("packet_id", "person_id"),
        UniqueConstraint("packet_id", "place"),
        CheckConstraint("(place IS NULL) = (amount IS NULL)", name="a_place_is_paid"),
        CheckConstraint("amount > 0", name="amount_positive"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    packet_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("packets.id")])
    person_id: int = Field(sa_type=BigId, index=True, sa_column_args=[ForeignKey("people.id")])
    at: datetime = Field(sa_type=Instant)
    place: int | None = None
    amount: int | None = Field(default=None, sa_type=BigInteger)


packets, claims = table_of(Packet), table_of(PacketClaim)

"""Invitations: what a shop gives for them (an offer), a member's own link, and what became of each friend who came by it.

Invariants: one link a member, circle and offer; a friend is bound to one inviter of a shop at a time, the first one; who
was bound once and then refused is not bound again.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    UniqueConstraint,
    select,
    text,
)
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from models.campaigns import campaigns
from models.columns import BigId, Document, Instant, table_of
from models.rows import fresh
from models.states import ReferralState

_STANDS = text("state <> 'void'")
_WAITS = text("due_at IS NOT NULL")


class Way(StrEnum):
    """How a friend came."""

    LINK = "link"  # the bot's deep link
    INVITE = "invite"  # the member's own invite link of the circle
    REQUEST = "request"  # the same, by asking to be let in
    CARD = "card"  # a shared group buy


UNASKED = frozenset({Way.INVITE, Way.REQUEST})  # straight into the circle, without a word to the bot


class Offer(SQLModel, table=True):
    """What one run of a campaign gives for a friend's first completed order, to both sides; minor units and seconds."""

    __tablename__ = "referral_offers"
    __table_args__ = (
        CheckConstraint("promised >= 0 AND promised <= budget", name="within_budget"),
        CheckConstraint("reward >= 0 AND friend_reward >= 0", name="rewards_not_negative"),
        Index("ix_referral_offers_live", "shop_id", "ends_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    run_id: int = Field(sa_type=BigId, unique=True, sa_column_args=[ForeignKey("runs.id")])
    campaign_id: int = Field(sa_type=BigId, index=True, sa_column_args=[ForeignKey("campaigns.id")])
    shop_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("shops.id")])
    circles: list[int] = Field(default_factory=list, sa_type=Document)  # in which it holds
    reward: int = Field(sa_type=BigInteger)
    friend_reward: int = Field(sa_type=BigInteger)
    window: int  # a friend's first order must come so soon
    hold: int  # from the completed order to the reward, at least
    per_day: int  # friends one member may bring
    per_month: int
    budget: int = Field(sa_type=BigInteger)  # after the end: what of it may still be needed
    promised: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))  # from a friend's order on
    starts_at: datetime = Field(sa_type=Instant)
    ends_at: datetime = Field(sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)  # nobody comes any more (models/referral_budget.py)

    @property
    def both(self) -> int:
        """What one friend costs."""
        return self.reward + self.friend_reward


class ReferralLink(SQLModel, table=True):
    """A member's own link into a circle. The token says nothing of anybody; `url` is the circle's own invite link, if made."""

    __tablename__ = "referral_links"
    __table_args__ = (UniqueConstraint("offer_id", "circle_id", "person_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    token: str = Field(unique=True)
    offer_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("referral_offers.id")])
    circle_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("circles.id")])
    person_id: int = Field(sa_type=BigId, index=True, sa_column_args=[ForeignKey("people.id")])
    url: str | None = Field(default=None, unique=True)
    clicks: int = 0
    created_at: datetime = Field(sa_type=Instant)


class Referral(SQLModel, table=True):
    """One friend who came by a link. `due_at`: when something is to be done about it without anybody's word."""

    __tablename__ = "referrals"
    __table_args__ = (
        Index("uq_referrals_first_touch", "shop_id", "friend_id", unique=True, sqlite_where=_STANDS, postgresql_where=_STANDS),
        Index("ix_referrals_inviter", "inviter_id", "offer_id", "state"),
        Index("ix_referrals_friend", "friend_id", "shop_id"),
        Index("ix_referrals_shop", "shop_id", "state"),
        Index("ix_referrals_due", "due_at", sqlite_where=_WAITS, postgresql_where=_WAITS),
        CheckConstraint("inviter_id <> friend_id", name="two_people"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    offer_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("referral_offers.id")])
    shop_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("shops.id")])
    circle_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("circles.id")])
    inviter_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("people.id")])
    friend_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("people.id")])
    state: str  # states.ReferralState
    way: str  # Way
    reward: int = Field(sa_type=BigInteger)
    friend_reward: int = Field(sa_type=BigInteger)
    named: bool = False  # the friend lets the inviter see their first name
    order_id: int | None = Field(default=None, sa_type=BigId, index=True, sa_column_args=[ForeignKey("orders.id")])
    bound_at: datetime = Field(sa_type=Instant)
    until: datetime = Field(sa_type=Instant)  # by when the first order has to come
    ordered_at: datetime | None = Field(default=None, sa_type=Instant)
    completed_at: datetime | None = Field(default=None, sa_type=Instant)
    due_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)  # paid, or void
    why: str | None = None  # of void: "late", "refunded", "spent", "refused", "gone"
    signals: list[str] = Field(default_factory=list, sa_type=Document)
    reviewed_by: int | None = Field(default=None, sa_type=BigId, sa_column_args=[ForeignKey("people.id")])

    @property
    def both(self) -> int:
        return self.reward + self.friend_reward


class ReferralDay(SQLModel, table=True):
    """How many friends a member brought on a day of the shop's (the first of a month, with `monthly`, for the month)."""

    __tablename__ = "referral_days"

    offer_id: int = Field(primary_key=True, sa_type=BigId, sa_column_args=[ForeignKey("referral_offers.id")])
    person_id: int = Field(primary_key=True, sa_type=BigId, sa_column_args=[ForeignKey("people.id")])
    period: str = Field(primary_key=True)  # "2026-12-01" or "2026-12"
    friends: int = 0


offers, links, referrals, days = table_of(Offer), table_of(ReferralLink), table_of(Referral), table_of(ReferralDay)

PROMISED = (
    ReferralState.ORDERED, ReferralState.PENDING, ReferralState.FLAGGED, ReferralState.APPROVED, ReferralState.PAID,
)  # fmt: skip


def live_offer(session: Session, circle_id: int, shop_id: int, now: datetime) -> Offer | None:
    """What is given in this circle now; of several the one that ends last."""
    running = campaigns.c.removed_at.is_(None), campaigns.c.paused_at.is_(None)
    query = select(Offer).join(campaigns, campaigns.c.id == offers.c.campaign_id).where(
        offers.c.shop_id == shop_id, offers.c.ends_at > now, offers.c.closed_at.is_(None), *running
    ).order_by(offers.c.ends_at.desc(), offers.c.id.desc())  # fmt: skip
    return next((offer for offer in fresh(session, query) if circle_id in offer.circles), None)


def by_token(session: Session, token: str) -> ReferralLink | None:
    """The link behind a token."""
    rows = fresh(session, select(ReferralLink).where(links.c.token == token))
    return rows[0] if rows else None


def by_url(session: Session, url: str) -> ReferralLink | None:
    """The link whose circle's invite link this is."""
    rows = fresh(session, select(ReferralLink).where(links.c.url == url))
    return rows[0] if rows else None

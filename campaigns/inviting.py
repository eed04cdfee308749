"""What the kind referral opens: an offer for the circles it names, its budget set aside, once a run."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.config import Config
from campaigns import receivers
from campaigns.kinds import Slot, Started
from campaigns.referral import Referral
from models import ledger
from models.campaigns import campaigns
from models.referrals import Offer, offers
from models.rows import number_of


def open_offer(session: Session, slot: Slot, campaign: Referral, config: Config, now: datetime) -> Started:
    """From now on members have links; the record says what it may cost and where."""
    campaign_id = _campaign_id(session, campaign)
    there, shop_id = receivers.circle_ids(session, campaign, config), receivers.shop_id(session, campaign)
    offer = Offer(
        run_id=slot.run_id, campaign_id=campaign_id, shop_id=shop_id, circles=there, reward=campaign.reward,
        friend_reward=campaign.friend_reward, window=_seconds(campaign.window), hold=_seconds(campaign.hold),
        per_day=campaign.per_day, per_month=campaign.per_month, budget=campaign.budget, starts_at=now,
        ends_at=now + campaign.lasts,
    )  # fmt: skip
    session.add(offer)
    session.flush()
    ledger.transfer(
        session, reason=f"referral_budget:{offer.id}", debit=ledger.shop(shop_id), credit=ledger.campaign(campaign_id),
        amount=campaign.budget, now=now,
    )  # fmt: skip
    return Started({"offer": number_of(offer.id), "circles": there, "budget": campaign.budget})


def under_way(session: Session, campaign: Referral) -> bool:
    """Whether an offer of the campaign is not closed yet."""
    mine = offers.c.campaign_id == _campaign_id(session, campaign), offers.c.closed_at.is_(None)
    return session.execute(select(offers.c.id).where(*mine).limit(1)).first() is not None


def _campaign_id(session: Session, campaign: Referral) -> int:
    return int(session.execute(select(campaigns.c.id).where(campaigns.c.key == campaign.id)).scalar_one())


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())

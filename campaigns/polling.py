"""What the kind demand_poll writes down and posts."""

from datetime import datetime

from sqlalchemy.orm import Session

from campaigns import opening, receivers
from campaigns.demand_poll import DemandPoll
from campaigns.kinds import Letter, Receiver, RunOf
from models import polls
from models.polls import Asked


def letter(session: Session, receiver: Receiver, run: RunOf, campaign: DemandPoll, now: datetime) -> Letter | None:
    """The poll of one circle; none where the product is gone or sold out."""
    product = receivers.product(session, campaign, campaign.product)
    if product is None or product.stock_left == 0:
        return None
    posted_by = run.slot + campaign.useful_for
    asked = Asked(run.run_id, campaign.needed, campaign.lasts, campaign.closes_after, posted_by)
    key = f"{opening.key_of(campaign)}{run.run_id}:{receiver.id}"
    terms = opening.terms_of(campaign, product, receiver.id, now + campaign.closes_after, key)
    poll_id = polls.put(session, asked, terms, now)
    return Letter(polls.TEMPLATE, {"poll": poll_id}, expires_at=posted_by)


def under_way(session: Session, campaign: DemandPoll) -> bool:
    """Whether a poll stands, or a group buy that one opened."""
    return bool(polls.under_way(session, campaign.id)) or opening.under_way(session, campaign)


def cancel(session: Session, campaign: DemandPoll, now: datetime) -> bool:
    """Ends polls and group buys that nobody wants anything of; False if somebody does."""
    standing = polls.under_way(session, campaign.id)
    if any(polls.wanted(session, poll_id) for poll_id in standing) or not opening.cancel_empty(session, campaign, now):
        return False
    return polls.withdraw(session, standing, now)

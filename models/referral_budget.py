"""A campaign's budget for invitations: promised at a friend's first order, free again when nothing comes of it.

Invariants: what is promised never passes the budget, the database refuses it; the campaign's account has what of the
budget is in no wallet; after the end the budget shrinks to what is promised and what friends who came in time may still
order for, and the rest is the shop's again.
"""

from datetime import datetime
from typing import cast

from sqlalchemy import CursorResult, func, select, update
from sqlalchemy.orm import Session

from models import ledger
from models.referrals import Offer, offers, referrals
from models.rows import hold
from models.states import ReferralState


def promise(session: Session, offer_id: int, amount: int) -> bool:
    """Sets an amount of the budget aside; False, and nothing set aside, if it does not reach."""
    after = offers.c.promised + amount
    query = update(offers).where(offers.c.id == offer_id, after <= offers.c.budget).values(promised=after)
    return cast("CursorResult[object]", session.execute(query)).rowcount == 1


def free(session: Session, offer_id: int, amount: int, now: datetime) -> None:
    """What was promised and came to nothing can be promised again, or is the shop's again."""
    session.execute(update(offers).where(offers.c.id == offer_id).values(promised=offers.c.promised - amount))
    settle(session, offer_id, now)


def end(session: Session, offer_id: int, now: datetime) -> None:
    """Nobody comes by its links any more. Before its time, or a second time, nothing happens."""
    offer = hold(session, Offer, offer_id)
    if offer.closed_at is None and offer.ends_at <= now:
        offer.closed_at = now
        settle(session, offer_id, now)


def settle(session: Session, offer_id: int, now: datetime) -> None:
    """After the end, what nobody can come to any more goes to the shop."""
    offer = hold(session, Offer, offer_id)
    needed = offer.promised + _waited_for(session, offer_id)
    if offer.closed_at is None or needed >= offer.budget:
        return
    left, offer.budget = offer.budget - needed, needed
    session.flush()
    ledger.transfer(
        session, reason=f"referral_rest:{offer_id}:{needed}", debit=ledger.campaign(offer.campaign_id),
        credit=ledger.shop(offer.shop_id), amount=left, now=now,
    )  # fmt: skip


def _waited_for(session: Session, offer_id: int) -> int:
    """What the friends who came and have not ordered yet would cost."""
    c = referrals.c
    total = func.coalesce(func.sum(c.reward + c.friend_reward), 0)
    return int(session.execute(select(total).where(c.offer_id == offer_id, c.state == ReferralState.BOUND)).scalar_one())

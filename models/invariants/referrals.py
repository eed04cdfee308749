"""What must be so of invitations: promises and funds within the budget, money where the state says, one level, nobody twice."""

from collections.abc import Iterator

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from models import ledger, referral_rewards, transfers
from models.invariants.difference import Check, Difference, each
from models.orders import UNDER_WAY, order_table
from models.people import person_table
from models.referrals import PROMISED, Referral, offers, referrals
from models.states import OrderState, ReferralState
from models.transfers import TransferKind

R = ReferralState
_EXPECTED = {  # by state: what stands under a side's reason, and what became of it
    R.PENDING: (True, False), R.FLAGGED: (True, False), R.APPROVED: (True, False), R.PAID: (True, True),
    R.BOUND: (False, False), R.ORDERED: (False, False), R.CLICK: (False, False),
}  # fmt: skip
_GIVEN = (R.PENDING, R.FLAGGED, R.APPROVED, R.PAID)
_STANDS_ON: dict[ReferralState, tuple[OrderState, ...]] = {  # by state: what its order may be
    R.CLICK: (), R.BOUND: (), R.ORDERED: UNDER_WAY, R.PENDING: (OrderState.COMPLETED,), R.FLAGGED: (OrderState.COMPLETED,),
    R.APPROVED: (OrderState.COMPLETED,), R.PAID: (OrderState.COMPLETED,),
}  # fmt: skip


def promises(session: Session) -> Iterator[Difference]:
    """An offer has promised what its friends in progress and paid come to, and no more than its budget."""
    total = func.coalesce(func.sum(referrals.c.reward + referrals.c.friend_reward), 0)
    there = (referrals.c.offer_id == offers.c.id) & referrals.c.state.in_(PROMISED)
    query = select(offers.c.id, offers.c.promised, offers.c.budget, total.label("found")).outerjoin(referrals, there)
    for row in session.execute(query.group_by(offers.c.id, offers.c.promised, offers.c.budget).order_by(offers.c.id)):
        if row.found != row.promised:
            yield Difference("referral promises", f"offer {row.id}", row.found, row.promised)
        if row.promised > row.budget:
            yield Difference("referral budget", f"offer {row.id}", row.budget, row.promised)


def funds(session: Session) -> Iterator[Difference]:
    """A campaign's account has what of its offers' budgets is in no wallet, pending or paid."""
    c = referrals.c
    given = select(func.coalesce(func.sum(c.reward + c.friend_reward), 0)).where(c.offer_id == offers.c.id, c.state.in_(_GIVEN))
    query = select(offers.c.campaign_id, func.sum(offers.c.budget - given.scalar_subquery()).label("left"))
    for row in session.execute(query.group_by(offers.c.campaign_id).order_by(offers.c.campaign_id)):
        found = ledger.balance(session, ledger.campaign(row.campaign_id))
        if found != row.left:
            yield Difference("referral funds", f"campaign {row.campaign_id}", row.left, found)


def rewards(session: Session) -> Iterator[Difference]:
    """What is pending stands as a hold, what is paid was captured, and what is void has nothing left."""
    for row in session.scalars(select(Referral).order_by(referrals.c.id)):
        for side, _ in referral_rewards.gets(row):
            found = _money(session, f"{referral_rewards.WHAT[side]}:{row.id}")
            expected = _EXPECTED.get(ReferralState(row.state), (found[0], False))  # void: nothing is left, whatever was
            if found != expected:
                yield Difference("referral reward", f"the {side}'s of referral {row.id}, {row.state}", expected, found)


def forgotten(session: Session) -> Iterator[Difference]:
    """Who is erased is promised nothing more."""
    c, person = referrals.c, person_table.c
    for who, part in ((c.inviter_id, c.reward), (c.friend_id, c.friend_reward)):
        query = select(c.id, literal(0), part).join(person_table, person.id == who)
        yield from each(session, "referral of who is erased", "referral", query.where(
            person.erased_at.is_not(None), part > 0, c.state.in_(referral_rewards.UNPAID)
        ).order_by(c.id))  # fmt: skip


def pairs(session: Session) -> Iterator[Difference]:
    """Nobody brought to a shop who brought them there."""
    one, other = referrals.c, referrals.alias("other").c
    mutual = (other.inviter_id == one.friend_id) & (other.friend_id == one.inviter_id) & (other.shop_id == one.shop_id)
    query = select(one.id, other.id.label("other_id")).where(mutual, one.id < other.id).order_by(one.id)
    for row in session.execute(query):
        yield Difference("referral pair", f"referral {row.id}", None, row.other_id)


def orders_of(session: Session) -> Iterator[Difference]:
    """A reward is for an order of the friend at the shop: under way, then completed; who has not ordered stands on none."""
    c, o = referrals.c, order_table.c
    theirs = o.person_id, o.shop_id.label("sold_by"), o.state.label("order_state")
    query = select(c.id, c.state, c.order_id, c.friend_id, c.shop_id, *theirs).outerjoin(order_table, o.id == c.order_id)
    for row in session.execute(query.where(c.state != R.VOID).order_by(c.id)):
        fitting = _STANDS_ON[ReferralState(row.state)]
        fits = (row.person_id, row.sold_by) == (row.friend_id, row.shop_id) and row.order_state in fitting
        if not (fits if fitting else row.order_id is None):
            found = (row.person_id, row.sold_by, row.order_state)
            expected = (row.friend_id, row.shop_id, *fitting) if fitting else None
            yield Difference("referral order", f"referral {row.id}, {row.state}", expected, found)


def _money(session: Session, reason: str) -> tuple[bool, bool]:
    """Whether something was set aside under a reason, and whether it reached the wallet and stayed there."""
    held, paid = transfers.by_reason(session, reason), transfers.by_reason(session, f"{reason}:paid")
    stayed = paid is not None and not any(
        row.kind == TransferKind.REVERSAL for row in transfers.following(session, paid.id)
    )
    return held is not None, stayed


CHECKS: tuple[Check, ...] = (promises, funds, rewards, orders_of, forgotten, pairs)

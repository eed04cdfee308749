"""The reward of an invitation, to both sides: pending, approved by itself or by a person, paid, or taken back.

Invariants: it moves through the ledger alone, each step under a reason of its own; three signals or more and a person
decides; void takes back what was paid, and frees what was promised; who is erased is promised nothing any more.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import ledger, referral_budget, referral_signals, referrals, shops
from models.errors import DomainError
from models.facts import AnyFact, RewardChecked, RewardFlagged, RewardPaid, RewardVoid
from models.orders import Order
from models.referrals import PROMISED, Offer, Referral
from models.rows import fresh, hold, load, number_of
from models.states import REFERRAL, OrderState, ReferralState, advance

ENOUGH = 3  # signals at which a person decides
R = ReferralState
WHAT = {"inviter": "referral", "friend": "referred"}  # what a movement is for: reason_referral, reason_referred
_SET_ASIDE = frozenset({R.PENDING, R.FLAGGED})
UNPAID = (R.BOUND, R.ORDERED, R.PENDING, R.FLAGGED)


def gets(row: Referral) -> list[tuple[str, int]]:
    """The sides that get something, and who they are."""
    sides = (("inviter", row.inviter_id, row.reward), ("friend", row.friend_id, row.friend_reward))
    return [(side, who) for side, who, amount in sides if amount]


def amount(row: Referral, side: str) -> int:
    """What a side gets, minor units."""
    return row.reward if side == "inviter" else row.friend_reward


def set_aside(session: Session, row: Referral, now: datetime) -> None:
    """From the campaign's budget into both wallets, pending."""
    budget = ledger.campaign(load(session, Offer, row.offer_id).campaign_id)
    for side, who in gets(row):
        ledger.hold(
            session, reason=_reason(row, side), debit=budget, to=ledger.wallet(row.shop_id, who), amount=amount(row, side),
            now=now,
        )  # fmt: skip


def judge(session: Session, row: Referral, now: datetime) -> list[AnyFact]:
    """Goods can no longer be returned: paid, or a person is asked; an order that is no longer completed pays nothing."""
    order = load(session, Order, row.order_id or 0)
    if order.state != OrderState.COMPLETED:
        return void(session, row, "refunded", now)
    row.signals = list(referral_signals.of(session, row, order))
    if len(row.signals) < ENOUGH:
        return _paid(session, row, now)
    row.state, row.due_at = advance(REFERRAL, row.state, R.FLAGGED), None
    session.flush()
    about = (row.circle_id, row.shop_id, number_of(row.id))
    return [
        RewardFlagged(row.shop_id, number_of(row.id)), *(RewardChecked(who, *about, side) for side, who in gets(row)),
    ]  # fmt: skip


def approve(session: Session, referral_id: int, by: int, now: datetime) -> list[AnyFact]:
    """The owner lets it be paid. Raises gone, not_yours, referral_decided."""
    return _paid(session, _flagged(session, referral_id, by), now)


def refuse(session: Session, referral_id: int, by: int, now: datetime) -> list[AnyFact]:
    """The owner says no: nobody gets anything. Raises gone, not_yours, referral_decided."""
    return void(session, _flagged(session, referral_id, by), "refused", now)


def flagged(session: Session, shop_ids: Sequence[int]) -> list[Referral]:
    """The queue of the owners of these shops, oldest first."""
    c = referrals.referrals.c
    query = select(Referral).where(c.shop_id.in_(shop_ids), c.state == R.FLAGGED)
    return list(fresh(session, query.order_by(c.id)))


def void(session: Session, row: Referral, why: str, now: datetime) -> list[AnyFact]:
    """Nothing comes of it. Who was promised something is told; one that ended before an order ends in silence."""
    if row.state == R.VOID:
        return []
    before = ReferralState(row.state)
    row.state, row.why, row.ended_at, row.due_at = advance(REFERRAL, row.state, R.VOID), why, now, None
    session.flush()
    _take_back(session, row, before, now)
    referral_budget.free(session, row.offer_id, row.both if before in PROMISED else 0, now)
    if why == "late":
        return []
    about = (row.circle_id, row.shop_id, number_of(row.id))
    return [RewardVoid(who, *about, side, why, before == R.PAID) for side, who in gets(row)]


def forget(session: Session, person_id: int, now: datetime) -> None:
    """Who is erased gets nothing more; the other side keeps what it was promised. Where nobody gets anything it ends."""
    c = referrals.referrals.c
    mine = or_(c.inviter_id == person_id, c.friend_id == person_id)
    for referral_id in session.scalars(select(c.id).where(mine, c.state.in_(UNPAID)).order_by(c.id)).all():
        row = hold(session, Referral, referral_id)
        for side, _ in [one for one in gets(row) if one[1] == person_id]:
            _drop(session, row, side, now)
        if not row.both:
            void(session, row, "gone", now)


def _drop(session: Session, row: Referral, side: str, now: datetime) -> None:
    """One side's part is neither promised nor pending any more."""
    part, state = amount(row, side), ReferralState(row.state)
    if state in _SET_ASIDE:
        ledger.release(session, _reason(row, side), f"{WHAT[side]}_void:{row.id}", now)
    if side == "inviter":
        row.reward = 0
    else:
        row.friend_reward = 0
    session.flush()
    referral_budget.free(session, row.offer_id, part if state in PROMISED else 0, now)


def _paid(session: Session, row: Referral, now: datetime) -> list[AnyFact]:
    row.state = advance(REFERRAL, row.state, R.APPROVED)
    for side, _ in gets(row):
        ledger.capture(session, _reason(row, side), f"{_reason(row, side)}:paid", now)
    row.state, row.ended_at, row.due_at = advance(REFERRAL, row.state, R.PAID), now, None
    session.flush()
    return [RewardPaid(who, row.circle_id, row.shop_id, number_of(row.id), side) for side, who in gets(row)]


def _take_back(session: Session, row: Referral, before: ReferralState, now: datetime) -> None:
    for side, _ in gets(row):
        reason, undone = _reason(row, side), f"{WHAT[side]}_void:{row.id}"
        if before in _SET_ASIDE:
            ledger.release(session, reason, undone, now)
        elif before == R.PAID:
            ledger.claw_back(session, f"{reason}:paid", undone, now)


def _reason(row: Referral, side: str) -> str:
    return f"{WHAT[side]}:{row.id}"


def _flagged(session: Session, referral_id: int, by: int) -> Referral:
    if session.get(Referral, referral_id) is None:
        raise DomainError("gone", what="referrals")
    row = hold(session, Referral, referral_id)
    shops.require_owner(session, row.shop_id, by)
    if row.state != R.FLAGGED:
        raise DomainError("referral_decided", state=row.state)
    row.reviewed_by = by
    return row

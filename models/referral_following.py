"""What becomes of a friend's first order, and with it of the reward: ordered, pending, paid, or void.

Invariants: what both get is set aside from the budget at the first order, stands as pending in both wallets from its
completion, and is theirs when it can no longer be returned; an order that is refunded voids it, and what was spent of it
already is owed (models/ledger.py). It follows the orders' facts, in their transaction; also of those that end unpaid and
without a fact of their own, with their group buy or their seat.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from models import orders, payments, referral_budget, referral_rewards, referrals
from models.facts import AnyFact, FriendOrdered, RewardPending, RoundFailed, RoundRecalled, SeatLeft, WalletCredited
from models.facts.base import OrderFact
from models.orders import Order, order_table
from models.referrals import Offer, Referral
from models.rows import hold, load, number_of
from models.shops import Shop
from models.states import REFERRAL, OrderState, ReferralState, advance

R = ReferralState
_CAME_TO_NOTHING = frozenset({OrderState.LAPSED, OrderState.CANCELLED})


def follow(session: Session, facts: Iterable[AnyFact], now: datetime) -> list[AnyFact]:
    """What these facts about orders mean for the invitations of those who ordered."""
    about = _touched(session, list(facts))
    if not about:
        return []
    session.flush()
    theirs: dict[int, list[int]] = {}
    for order_id, person_id in sorted(about.items()):
        theirs.setdefault(person_id, []).append(order_id)
    c = referrals.referrals.c
    mine = or_(c.order_id.in_(about), c.friend_id.in_(theirs) & (c.state == R.BOUND))
    found = session.execute(select(c.id, c.order_id, c.friend_id).where(mine).order_by(c.id)).all()
    moved: list[AnyFact] = []
    for row in found:
        for order_id in theirs.get(row.friend_id, ()):
            if row.order_id in {None, order_id}:
                moved += _followed(session, row.id, order_id, now)
    return moved


def _touched(session: Session, facts: Sequence[AnyFact]) -> dict[int, int]:
    """The orders that something happened to, and whose they are. Unpaid ones end in silence, with their group buy or seat."""
    about = {fact.order_id: fact.person_id for fact in facts if isinstance(fact, OrderFact)}
    about |= {fact.order_id: fact.person_id for fact in facts if isinstance(fact, WalletCredited) and fact.order_id is not None}
    over = {fact.round_id for fact in facts if isinstance(fact, RoundFailed | RoundRecalled)}
    left = {fact.person_id for fact in facts if isinstance(fact, SeatLeft)}
    if over:
        about |= _come_to_nothing(session, order_table.c.round_id.in_(over))
    if left:
        about |= _come_to_nothing(session, referrals.referrals.c.friend_id.in_(left))
    return about


def _come_to_nothing(session: Session, which: ColumnElement[bool]) -> dict[int, int]:
    """Orders that ended while an invitation still stands on them, and whose they are."""
    session.flush()
    o, c = order_table.c, referrals.referrals.c
    query = select(o.id, o.person_id).join(referrals.referrals, c.order_id == o.id)
    ended = query.where(which, c.state == R.ORDERED, o.state.in_(_CAME_TO_NOTHING))
    return {row.id: row.person_id for row in session.execute(ended)}


def _followed(session: Session, referral_id: int, order_id: int, now: datetime) -> list[AnyFact]:
    row, order = hold(session, Referral, referral_id), load(session, Order, order_id)
    facts: list[AnyFact] = []
    if row.state == R.BOUND:
        facts += _ordered(session, row, order, now)
    if row.order_id != order_id:
        return facts
    if _refunded(session, order):
        return facts + referral_rewards.void(session, row, "refunded", now)
    if row.state == R.ORDERED and order.state in _CAME_TO_NOTHING:
        return facts + _unordered(session, row, now) + _next(session, row, now)
    if row.state == R.ORDERED and order.state == OrderState.COMPLETED:
        return facts + _completed(session, row, order, now)
    return facts


def _ordered(session: Session, row: Referral, order: Order, now: datetime) -> list[AnyFact]:
    """The friend's first order, in time: what both get is set aside, if the budget still reaches."""
    first = order.shop_id == row.shop_id and order.created_at >= row.bound_at and order.state not in orders.ENDED
    if not first or row.until <= order.created_at:
        return []
    if not referral_budget.promise(session, row.offer_id, row.both):
        return referral_rewards.void(session, row, "spent", now)
    row.state, row.order_id = advance(REFERRAL, row.state, R.ORDERED), number_of(order.id)
    row.ordered_at, row.due_at = now, None
    session.flush()
    told = FriendOrdered(row.inviter_id, row.circle_id, row.shop_id, number_of(row.id), "inviter")
    return [told] if row.reward else []


def _unordered(session: Session, row: Referral, now: datetime) -> list[AnyFact]:
    """The order came to nothing: the next one is the first, if it comes in time."""
    row.state, row.order_id, row.ordered_at = advance(REFERRAL, row.state, R.BOUND), None, None
    row.due_at = max(row.until, now)
    session.flush()
    referral_budget.free(session, row.offer_id, row.both, now)
    return []


def _next(session: Session, row: Referral, now: datetime) -> list[AnyFact]:
    """An order that was made in time beside the one that came to nothing is the first now, whatever has become of it since."""
    o = order_table.c
    mine = o.person_id == row.friend_id, o.shop_id == row.shop_id, o.state.not_in(orders.ENDED)
    in_time = o.created_at >= row.bound_at, o.created_at < row.until
    other = session.scalars(select(o.id).where(*mine, *in_time).order_by(o.created_at, o.id).limit(1)).first()
    return [] if other is None else _followed(session, number_of(row.id), other, now)


def _completed(session: Session, row: Referral, order: Order, now: datetime) -> list[AnyFact]:
    """Collected and paid: pending in both wallets until the later of `hold` and the shop's return window is over."""
    completed, shop, offer = order.completed_at or now, load(session, Shop, row.shop_id), load(session, Offer, row.offer_id)
    row.state, row.completed_at = advance(REFERRAL, row.state, R.PENDING), completed
    row.due_at = completed + timedelta(seconds=max(offer.hold, shop.return_window))
    session.flush()
    referral_rewards.set_aside(session, row, now)
    return [RewardPending(who, row.circle_id, row.shop_id, number_of(row.id), side) for side, who in referral_rewards.gets(row)]


def _refunded(session: Session, order: Order) -> bool:
    """All of it went back, or so much that it is no purchase any more: more than half of a paid order."""
    if order.state == OrderState.REFUNDED:
        return True
    if order.state != OrderState.COMPLETED or order.total == 0:
        return False
    kept = payments.balance(session, number_of(order.id)).paid
    return kept * 2 < order.total


def come_due(session: Session, referral_id: int, now: datetime) -> list[AnyFact]:
    """Its time is over: without an order it ends; pending it is approved, or a person is asked. Before its time, nothing."""
    row = hold(session, Referral, referral_id)
    if row.due_at is None or row.due_at > now:
        return []
    if row.state == R.BOUND:
        return referral_rewards.void(session, row, "late", now)
    return referral_rewards.judge(session, row, now) if row.state == R.PENDING else []


def close_offer(session: Session, offer_id: int, now: datetime) -> list[AnyFact]:
    """A campaign is over; who came in time may still order."""
    referral_budget.end(session, offer_id, now)
    return []

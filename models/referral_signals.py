"""Signals that an invitation may not be what it looks like. Each alone is harmless; three, and a person looks.

Invariant: a signal only reads; what it says of an order does not change once the goods can no longer be returned.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select, union
from sqlalchemy.orm import Session

from models.circles import circle_table, membership_table
from models.gifts import gift_table
from models.orders import Order, order_table
from models.referrals import Referral, referrals
from models.states import OrderState, ReferralState

NEW = timedelta(days=7)  # shorter in the circle at the order: a newcomer
HASTE = timedelta(minutes=1)  # from coming by the link to the order
MANY = 5  # friends that one member brings within a day
REFUNDS, SHARE = 2, 3  # so many orders refunded, and one in so many
DEEP, WIDE = 6, 200  # how far a ring is looked for, and among how many people


def of(session: Session, row: Referral, order: Order) -> list[str]:
    """The signals that show, by name."""
    session.flush()
    seen = _Seen(session, row, order)
    return [name for name, shows in SIGNALS.items() if shows(seen)]


@dataclass(frozen=True, slots=True)
class _Seen:
    session: Session
    row: Referral
    order: Order


def newcomer(seen: _Seen) -> bool:
    """The friend was in the shop's circles for less than seven days when they ordered."""
    c = membership_table.c
    query = select(func.min(c.joined_at)).where(c.person_id == seen.row.friend_id, c.circle_id.in_(_circles(seen.row.shop_id)))
    first: datetime | None = seen.session.execute(query).scalar_one()
    return first is None or seen.order.created_at - first < NEW


def left(seen: _Seen) -> bool:
    """The friend is in none of the shop's circles any more."""
    c = membership_table.c
    there = c.person_id == seen.row.friend_id, c.circle_id.in_(_circles(seen.row.shop_id)), c.left_at.is_(None)
    return seen.session.execute(select(c.circle_id).where(*there).limit(1)).first() is None


def hasty(seen: _Seen) -> bool:
    """The order came within a minute of the link."""
    return seen.order.created_at - seen.row.bound_at < HASTE


def many(seen: _Seen) -> bool:
    """The inviter brought many within a day around this one."""
    c = referrals.c
    near = c.bound_at > seen.row.bound_at - timedelta(days=1), c.bound_at < seen.row.bound_at + timedelta(days=1)
    mine = c.inviter_id == seen.row.inviter_id, c.shop_id == seen.row.shop_id
    return seen.session.execute(select(func.count()).where(*mine, *near)).scalar_one() >= MANY


def ring(seen: _Seen) -> bool:
    """Who brought whom, or paid for whom, leads from the friend back to the inviter."""
    known, edge = {seen.row.friend_id}, {seen.row.friend_id}
    for _ in range(DEEP):
        edge = _led(seen, edge) - known
        if seen.row.inviter_id in edge:
            return True
        known |= edge
        if not edge or len(known) > WIDE:
            return False
    return False


def refunds(seen: _Seen) -> bool:
    """One of the two had a third of their orders refunded, two at least."""
    return any(_often_refunded(seen, who) for who in (seen.row.friend_id, seen.row.inviter_id))


SIGNALS: dict[str, Callable[[_Seen], bool]] = {
    "newcomer": newcomer, "left": left, "hasty": hasty, "many": many, "ring": ring, "refunds": refunds,
}  # fmt: skip


def _circles(shop_id: int) -> Select[int]:
    return select(circle_table.c.id).where(circle_table.c.shop_id == shop_id)


def _led(seen: _Seen, people: set[int]) -> set[int]:
    """Whom these people brought to the shop, or gave a seat to."""
    brought = select(referrals.c.friend_id).where(
        referrals.c.inviter_id.in_(people), referrals.c.shop_id == seen.row.shop_id, referrals.c.state != ReferralState.VOID
    )
    given = select(gift_table.c.friend_id).where(gift_table.c.giver_id.in_(people), gift_table.c.friend_id.is_not(None))
    return {int(person) for person in seen.session.scalars(union(brought, given))}


def _often_refunded(seen: _Seen, person_id: int) -> bool:
    c = order_table.c
    query = select(c.state).where(c.person_id == person_id, c.shop_id == seen.row.shop_id)
    states = [OrderState(state) for state in seen.session.scalars(query)]
    refunded = states.count(OrderState.REFUNDED)
    return refunded >= REFUNDS and refunded * SHARE >= len(states)

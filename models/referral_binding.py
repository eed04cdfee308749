"""A member's link, and binding a friend to who invited them.

Invariants: nobody brings themselves, who brought them, who bought here already, or themselves to their own shop; nor does
who is not in the circle any more; first touch wins; a day's and a month's count never pass their limits; a no moves nothing.
"""

import secrets
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from models import circles, shops
from models.campaigns import campaigns
from models.circles import Circle
from models.columns import table_of
from models.errors import DomainError
from models.facts import AnyFact, FriendBound
from models.group_buys import rounds
from models.orders import order_table
from models.outbox import OUTBOX, OutboxState, Route
from models.referrals import Offer, Referral, ReferralLink, Way, days, links, live_offer, offers, referrals
from models.rows import fresh, insert_into, load, number_of
from models.seats import Seat
from models.states import REFERRAL, OrderState, ReferralState, SeatState, advance

seats = table_of(Seat)

INVITE = "can_invite_users"  # Telegram's name of the right
_NEVER_BOUGHT = (OrderState.LAPSED, OrderState.CANCELLED)
_REACHES = (OutboxState.QUEUED, OutboxState.SENDING, OutboxState.DELIVERED)
_SAW_AGAIN = frozenset({"late", "gone"})  # of a referral that ended so, the friend may be bound anew


def link(session: Session, circle_id: int, person_id: int, now: datetime) -> ReferralLink:
    """The member's own link into the circle; asked for again it is the same.

    Raises not_a_member, invite_none (nothing is given here now), invite_own_shop.
    """
    if not circles.is_member(session, circle_id, person_id):
        raise DomainError("not_a_member")
    circle = load(session, Circle, circle_id)
    offer = None if circle.shop_id is None else live_offer(session, circle_id, circle.shop_id, now)
    if offer is None:
        raise DomainError("invite_none")
    if shops.owns(session, offer.shop_id, person_id):
        raise DomainError("invite_own_shop")
    return _link(session, number_of(offer.id), circle_id, person_id, now)


def _link(session: Session, offer_id: int, circle_id: int, person_id: int, now: datetime) -> ReferralLink:
    new = insert_into(session, links).values(
        token=secrets.token_urlsafe(12), offer_id=offer_id, circle_id=circle_id, person_id=person_id, clicks=0, created_at=now
    )
    session.execute(new.on_conflict_do_nothing(index_elements=["offer_id", "circle_id", "person_id"]))
    mine = links.c.offer_id == offer_id, links.c.circle_id == circle_id, links.c.person_id == person_id
    return fresh(session, select(ReferralLink).where(*mine))[0]


def without_url(session: Session, person_id: int | None, circle_id: int | None, now: datetime) -> list[tuple[int, int]]:
    """Circles, with their chats, where the bot may make somebody an invite link of the circle's own and has not yet.

    Of the one circle they speak in, where they may be new; else of all where they are a member.
    """
    there = circles.of_member(session, person_id or 0) if circle_id is None else [load(session, Circle, circle_id)]
    return [(number_of(circle.id), circle.chat_id) for circle in there if _lacks_url(session, circle, person_id, now)]


def _lacks_url(session: Session, circle: Circle, person_id: int | None, now: datetime) -> bool:
    offer = None if circle.shop_id is None else live_offer(session, number_of(circle.id), circle.shop_id, now)
    if offer is None or not circle.is_admin or INVITE not in circle.rights:
        return False
    if person_id is None or shops.owns(session, offer.shop_id, person_id):
        return person_id is None
    mine = links.c.offer_id == offer.id, links.c.circle_id == circle.id, links.c.person_id == person_id
    return session.execute(select(links.c.id).where(*mine, links.c.url.is_not(None))).first() is None


def keep_url(session: Session, circle_id: int, person_id: int, url: str | None) -> None:
    """The circle's own invite link that Telegram made for this member's newest link; the first one stays."""
    mine = links.c.circle_id == circle_id, links.c.person_id == person_id
    newest = select(func.max(links.c.id)).where(*mine).scalar_subquery()
    if url is not None:
        session.execute(update(links).where(links.c.id == newest, links.c.url.is_(None)).values(url=url))


def bind(session: Session, link: ReferralLink | None, friend_id: int, way: Way, now: datetime) -> tuple[Referral, list[AnyFact]]:
    """A friend came by a link. By the same link again it is the same, and nothing happens.

    Raises no_such_link, invite_over, invite_self, invite_own_shop, invite_mutual, invite_buyer, invite_taken,
    invite_again, invite_gone, invite_full_day, invite_full_month, invite_spent.
    """
    if link is None:
        raise DomainError("no_such_link")
    session.execute(update(links).where(links.c.id == link.id).values(clicks=links.c.clicks + 1))
    offer = load(session, Offer, link.offer_id)
    _one_at_a_time(session, offer.shop_id)
    known = _standing(session, offer.shop_id, friend_id)
    if known is not None and (known.inviter_id, known.offer_id) == (link.person_id, link.offer_id):
        return known, []
    _require_open(session, offer, now)
    _require_stranger(session, offer.shop_id, link.person_id, friend_id)
    if known is not None:
        raise DomainError("invite_taken")
    if not circles.is_member(session, link.circle_id, link.person_id):
        raise DomainError("invite_gone")
    _require_room(session, offer, link, now)
    return _bound(session, offer, link, friend_id, way, now)


def bind_by_card(
    session: Session, circle_id: int, inviter_id: int, friend_id: int, now: datetime
) -> tuple[Referral, list[AnyFact]] | None:
    """A friend came by a member's shared group buy; None where that brings nothing, and nothing moved."""
    try:
        with session.begin_nested():
            return bind(session, link(session, circle_id, inviter_id, now), friend_id, Way.CARD, now)
    except DomainError:
        return None


def _bound(
    session: Session, offer: Offer, link: ReferralLink, friend_id: int, way: Way, now: datetime
) -> tuple[Referral, list[AnyFact]]:
    until = now + timedelta(seconds=offer.window)
    row = insert_into(session, referrals).values(
        offer_id=offer.id, shop_id=offer.shop_id, circle_id=link.circle_id, inviter_id=link.person_id, friend_id=friend_id,
        state=advance(REFERRAL, ReferralState.CLICK, ReferralState.BOUND), way=way, reward=offer.reward,
        friend_reward=offer.friend_reward, named=False, bound_at=now, until=until, due_at=until, signals=[],
    )  # fmt: skip
    made = session.execute(row.on_conflict_do_nothing().returning(referrals.c.id)).scalar_one_or_none()
    if made is None:  # another link, at this very moment
        raise DomainError("invite_taken")
    session.flush()
    about = (link.circle_id, offer.shop_id, int(made))
    return load(session, Referral, int(made)), [
        FriendBound(friend_id, *about, "friend"), FriendBound(link.person_id, *about, "inviter"),
    ]  # fmt: skip


def _one_at_a_time(session: Session, shop_id: int) -> None:
    """Nobody else is bound at the shop until the commit: of two who bring each other at one moment, the second sees the first.

    Rows that name the shop are written meanwhile (FOR NO KEY UPDATE).
    """
    session.execute(select(shops.shop_table.c.id).where(shops.shop_table.c.id == shop_id).with_for_update(key_share=True))


def _standing(session: Session, shop_id: int, friend_id: int) -> Referral | None:
    """Who the friend is bound to already. One whose time is over stands for nothing."""
    mine = referrals.c.shop_id == shop_id, referrals.c.friend_id == friend_id, referrals.c.state != ReferralState.VOID
    rows = fresh(session, select(Referral).where(*mine))
    return rows[0] if rows else None


def _require_open(session: Session, offer: Offer, now: datetime) -> None:
    gone = select(campaigns.c.id).where(
        campaigns.c.id == offer.campaign_id, or_(campaigns.c.removed_at.is_not(None), campaigns.c.paused_at.is_not(None))
    )
    if offer.ends_at <= now or offer.closed_at is not None or session.execute(gone).first() is not None:
        raise DomainError("invite_over")


def _require_stranger(session: Session, shop_id: int, inviter_id: int, friend_id: int) -> None:
    """Somebody else, new to the shop, who did not bring the inviter."""
    if inviter_id == friend_id:
        raise DomainError("invite_self")
    if shops.owns(session, shop_id, friend_id) or shops.owns(session, shop_id, inviter_id):
        raise DomainError("invite_own_shop")
    c = referrals.c
    mutual = c.shop_id == shop_id, c.inviter_id == friend_id, c.friend_id == inviter_id
    if session.execute(select(c.id).where(*mutual)).first() is not None:
        raise DomainError("invite_mutual")
    if bought(session, shop_id, friend_id):
        raise DomainError("invite_buyer")
    used = c.shop_id == shop_id, c.friend_id == friend_id, c.state == ReferralState.VOID, c.why.not_in(_SAW_AGAIN)
    if session.execute(select(c.id).where(*used)).first() is not None:
        raise DomainError("invite_again")


def bought(session: Session, shop_id: int, person_id: int) -> bool:
    """Whether the shop ever sold to this person, or holds a seat for them."""
    c = order_table.c
    mine = c.shop_id == shop_id, c.person_id == person_id, c.state.not_in(_NEVER_BOUGHT)
    if session.execute(select(c.id).where(*mine).limit(1)).first() is not None:
        return True
    held = seats.c.person_id == person_id, seats.c.state == SeatState.HELD, rounds.c.shop_id == shop_id
    query = select(seats.c.id).join(rounds, rounds.c.id == seats.c.round_id).where(*held)
    return session.execute(query.limit(1)).first() is not None


def _require_room(session: Session, offer: Offer, link: ReferralLink, now: datetime) -> None:
    """The member's day and month, counted by an UPDATE that does not pass their limit; and something left to give."""
    left = select(offers.c.budget - offers.c.promised).where(offers.c.id == offer.id)
    if session.execute(left).scalar_one() < offer.both:
        raise DomainError("invite_spent")
    today = now.astimezone(ZoneInfo(shops.by_id(session, offer.shop_id).timezone)).date().isoformat()
    if not _counted(session, link, today[:7], offer.per_month):
        raise DomainError("invite_full_month", most=offer.per_month)
    if not _counted(session, link, today, offer.per_day):
        raise DomainError("invite_full_day", most=offer.per_day)


def _counted(session: Session, link: ReferralLink, period: str, most: int) -> bool:
    mine = {"offer_id": link.offer_id, "person_id": link.person_id, "period": period}
    session.execute(insert_into(session, days).values(**mine, friends=0).on_conflict_do_nothing(index_elements=[*mine]))
    room = update(days).filter_by(**mine).where(days.c.friends < most).values(friends=days.c.friends + 1)
    return session.execute(room.returning(days.c.friends)).first() is not None


def show_name(session: Session, referral_id: int, person_id: int) -> None:
    """The friend lets the inviter see their first name. Raises old_button for anybody else."""
    mine = referrals.c.id == referral_id, referrals.c.friend_id == person_id
    shown = update(referrals).where(*mine).values(named=True).returning(referrals.c.id)
    if session.execute(shown).first() is None:
        raise DomainError("old_button")


def waiting_for(session: Session, friend_id: int) -> Referral | None:
    """The invitation that waits for this friend's first order, the latest."""
    mine = referrals.c.friend_id == friend_id, referrals.c.state == ReferralState.BOUND
    rows = fresh(session, select(Referral).where(*mine).order_by(referrals.c.id.desc()).limit(1))
    return rows[0] if rows else None


def told_in_private(session: Session, row: Referral) -> bool:
    """Whether what both get reached the friend's private chat, or is on its way there."""
    key = f"referral_bound:{row.id}:friend:{row.friend_id}"
    there = OUTBOX.c.dedup == key, OUTBOX.c.route == Route.PRIVATE, OUTBOX.c.state.in_(_REACHES)
    return session.execute(select(OUTBOX.c.id).where(*there)).first() is not None

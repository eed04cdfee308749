"""Receivers of a run as the kinds ask for them: circles or members of a campaign, page by page, rising by id.

Invariant: a page that is shorter than its limit is the last one, also after some of it was left out.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.core.config import Campaign, Config
from bot.core.config.audience import Audience
from campaigns import audiences
from campaigns.kinds import Receiver
from models.catalogue import Product, products
from models.circles import membership_table
from models.errors import DomainError
from models.shops import shop_table

Page = Callable[[int, int], list[Receiver]]


def shop_id(session: Session, campaign: Campaign) -> int:
    """The shop's row. Raises DomainError("gone") before bot.toml was loaded."""
    found = session.execute(select(shop_table.c.id).where(shop_table.c.key == campaign.shop)).scalar_one_or_none()
    if found is None:
        raise DomainError("gone", what="shops")
    return int(found)


def product(session: Session, campaign: Campaign, key: str) -> Product | None:
    """The shop's product of that key."""
    of_shop = products.c.shop_id == shop_id(session, campaign)
    return session.scalars(select(Product).where(of_shop, products.c.key == key)).one_or_none()


def circle_ids(session: Session, campaign: Campaign, config: Config) -> list[int]:
    """The approved circles that the campaign names, rising."""
    return audiences.circle_ids(session, shop_id(session, campaign), campaign, config)


def circles(session: Session, campaign: Campaign, config: Config, after: int, limit: int) -> list[Receiver]:
    """One receiver a circle."""
    there = [circle_id for circle_id in circle_ids(session, campaign, config) if circle_id > after]
    return [circle(circle_id) for circle_id in there[:limit]]


def circle(circle_id: int, **why: object) -> Receiver:
    """One circle as a receiver of a post."""
    return Receiver(circle_id, {"code": "member", "circle_id": circle_id, **why}, circle=True)


def members(
    session: Session, campaign: Campaign, config: Config, audience: Audience, after: int, limit: int, now: datetime
) -> list[Receiver]:
    """One receiver a member of the audience. `about` spares the writer to look up the shop and a circle for each."""
    shop, there = shop_id(session, campaign), circle_ids(session, campaign, config)
    found = audiences.members(session, shop, there, audience, now, after=after, limit=limit)
    places = placed(session, there, [member.person_id for member in found])
    return [
        Receiver(member.person_id, member.why, {"shop_id": shop, "place": places.get(member.person_id)}) for member in found
    ]


def placed(session: Session, circle_ids: Sequence[int], person_ids: Sequence[int]) -> dict[int, int]:
    """The first of these circles that each of these people is in."""
    c = membership_table.c
    inside = (c.person_id.in_(person_ids), c.circle_id.in_(circle_ids), c.left_at.is_(None))
    query = select(c.person_id, func.min(c.circle_id).label("place")).where(*inside).group_by(c.person_id)
    return {row.person_id: row.place for row in session.execute(query)}


def those(page: Page, keep: Callable[[list[Receiver]], list[Receiver]], after: int, limit: int) -> list[Receiver]:
    """A page of those that `keep` leaves."""
    found: list[Receiver] = []
    while len(found) < limit:
        batch = page(after, limit)
        found += keep(batch)
        if len(batch) < limit:
            break
        after = batch[-1].id
    return found[:limit]


def circles_of(session: Session, campaign: Campaign, config: Config, person_id: int) -> list[int]:
    """Those of the campaign's circles that this person is in."""
    mine = (membership_table.c.person_id == person_id, membership_table.c.left_at.is_(None))
    query = select(membership_table.c.circle_id).where(*mine).order_by(membership_table.c.circle_id)
    named = set(circle_ids(session, campaign, config))
    return [circle_id for circle_id in session.scalars(query) if circle_id in named]

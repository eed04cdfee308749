"""Opens the group buys of a slot: one in each circle that the campaign names, each opened once.

Invariant: a group buy's `opening_key` names its campaign, run and circle, so that repeating a slot opens nothing twice.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.config import Config
from campaigns.group_buy import GroupBuy
from campaigns.kinds import Slot, Started
from models import group_buys, locks, notices
from models.catalogue import Product, products
from models.circles import Circle
from models.columns import table_of
from models.group_buys import Terms, rounds
from models.prices import Step
from models.shops import owner_table, shop_table
from models.states import CircleState, RoundState

circles = table_of(Circle)


def open_rounds(session: Session, slot: Slot, campaign: GroupBuy, config: Config, now: datetime) -> Started:
    """Opens a group buy in every circle that is approved; the record says where, and why not elsewhere."""
    product = session.scalars(
        select(Product)
        .join(shop_table, shop_table.c.id == products.c.shop_id)
        .where(shop_table.c.key == campaign.shop, products.c.key == campaign.product)
    ).one_or_none()
    if product is None:
        return Started({"opened": 0, "why": "the product is not in the database"})
    if product.stock_left == 0:
        return Started({"opened": 0, "why": "the product is sold out"})
    reached = list(_circles(session, product.shop_id, campaign, config))
    for circle_id in reached:
        _, facts = group_buys.open_round(session, _terms(slot, campaign, product, circle_id, now), now)
        notices.notify(session, facts, now)
    return Started({"opened": len(reached), "circles": reached})


def under_way(session: Session, campaign: GroupBuy) -> bool:
    """Whether a group buy of the campaign may still be joined or awaits the owner's word."""
    return any(True for _ in _going_on(session, campaign))


def cancel_empty(session: Session, campaign: GroupBuy, now: datetime) -> bool:
    """Recalls the campaign's group buys if nobody has a seat in any; False, and nothing changed, otherwise."""
    going_on = list(_going_on(session, campaign))
    if not going_on:
        return True
    owner = session.execute(
        select(owner_table.c.person_id)
        .join(shop_table, shop_table.c.id == owner_table.c.shop_id)
        .where(shop_table.c.key == campaign.shop)
        .limit(1)
    ).scalar_one_or_none()
    if owner is None or any(group_buys.locked_row(session, round_id).members for round_id in going_on):
        return False
    for round_id in going_on:
        notices.notify(session, locks.recall(session, round_id, owner, now), now)
    return True


def _going_on(session: Session, campaign: GroupBuy) -> Iterator[int]:
    """Rounds of the campaign that have not come to their end, in the order in which rows are locked everywhere."""
    states = (RoundState.SCHEDULED, RoundState.OPEN, RoundState.DECIDING)
    query = select(rounds.c.id, rounds.c.opening_key).where(
        rounds.c.state.in_(states), rounds.c.opening_key.is_not(None)
    )
    for round_id, key in session.execute(query.order_by(rounds.c.id)):
        if key.startswith(_key(campaign)):
            yield round_id


def _key(campaign: GroupBuy) -> str:
    return f"run:{campaign.id}:"


def _circles(session: Session, shop_id: int, campaign: GroupBuy, config: Config) -> Iterator[int]:
    """Approved circles of the shop that the campaign names, by bot.toml's names and tags or by the chat's own."""
    named, wanted = {circle.chat_id for circle in config.circles_of(campaign)}, set(campaign.circles)
    approved = select(circles.c.id, circles.c.chat_id, circles.c.title, circles.c.tags).where(
        circles.c.shop_id == shop_id, circles.c.state == CircleState.APPROVED
    )
    for circle_id, chat_id, title, tags in session.execute(approved.order_by(circles.c.id)):
        if "*" in wanted or chat_id in named or title in wanted or wanted & {f"#{tag}" for tag in tags}:
            yield circle_id


def _terms(slot: Slot, campaign: GroupBuy, product: Product, circle_id: int, now: datetime) -> Terms:
    assert product.id is not None
    start = slot.at if now - slot.at <= campaign.misfire_grace else now  # made up for late, it still lasts its time
    return Terms(
        shop_id=product.shop_id,
        circle_id=circle_id,
        product_id=product.id,
        price=product.price,
        closes_at=start + campaign.closes_after,
        ladder=tuple(Step(step.at, step.price, step.gift, step.free_delivery) for step in campaign.ladder),
        count_by=campaign.count,
        minimum=campaign.minimum,
        per_member=campaign.per_member,
        collect=campaign.collect,
        pay_within=int(campaign.pay_within.total_seconds()),
        accept_from=campaign.accept_from,
        leader_discount=campaign.leader_discount,
        delivery_fee=campaign.delivery_fee,
        text=campaign.text,
        opening_key=f"{_key(campaign)}{slot.run_id}:{circle_id}",
    )

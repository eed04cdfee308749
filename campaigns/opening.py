"""Opens the group buys of a slot: one in each circle that the campaign names, each opened once.

Invariants: a group buy's `opening_key` names its campaign, run and circle, so that repeating a slot opens nothing twice;
a card is a post, so it waits for a circle's attention budget (the group buy opens then, and lasts its time) or is left out
there, by `over_budget`; a hold-out never withholds one.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from bot.core.config import Campaign, Config
from bot.core.limits import limits_of
from campaigns import audiences, receivers
from campaigns.group_buy import GroupBuy
from campaigns.kinds import Slot, Started
from campaigns.terms import Terms as Keys
from models import attention, group_buys, locks, notices, openings
from models.attention import Quota
from models.catalogue import Product
from models.group_buys import Terms, rounds
from models.prices import Step
from models.shops import owner_table, shop_table
from models.states import RoundState

_GOING_ON = (  # made once: asked for every slot
    select(rounds.c.id)
    .where(
        rounds.c.state.in_((RoundState.SCHEDULED, RoundState.OPEN, RoundState.DECIDING)),
        func.substr(rounds.c.opening_key, 1, bindparam("length")) == bindparam("begins"),
    )
    .order_by(rounds.c.id)
)  # fmt: skip


def open_rounds(session: Session, slot: Slot, campaign: GroupBuy, config: Config, now: datetime) -> Started:
    """Opens a group buy in every circle that is approved; the record says where, when later, and why not elsewhere."""
    product = receivers.product(session, campaign, campaign.product)
    if product is None:
        return Started(openings.nothing(openings.NO_PRODUCT))
    if product.stock_left == 0:
        return Started(openings.nothing(openings.SOLD_OUT))
    reached = audiences.circle_ids(session, product.shop_id, campaign, config)
    when = {circle_id: opens_at(session, circle_id, campaign, limits_of(config).circle, now) for circle_id in reached}
    for circle_id, at in when.items():
        if at is not None:
            _, facts = group_buys.open_round(session, _slot_terms(slot, campaign, product, circle_id, at, now), now)
            notices.notify(session, facts, now)
    return Started(openings.record(when, now))


def opens_at(session: Session, circle_id: int, campaign: Campaign, quota: Quota, now: datetime) -> datetime | None:
    """When the circle has room for one more post; None if the campaign says not to wait for it, or there never is."""
    fits = attention.posts_fit_at(session, circle_id, quota, now)
    return None if fits is not None and fits > now and campaign.over_budget == "drop" else fits


def under_way(session: Session, campaign: Keys) -> bool:
    """Whether a group buy of the campaign may still be joined or awaits the owner's word."""
    return any(True for _ in _going_on(session, campaign))


def cancel_empty(session: Session, campaign: Keys, now: datetime) -> bool:
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


def _going_on(session: Session, campaign: Keys) -> Iterator[int]:
    """Rounds of the campaign that have not come to their end, in the order in which rows are locked everywhere."""
    begins = key_of(campaign)
    yield from session.scalars(_GOING_ON, {"begins": begins, "length": len(begins)})


def key_of(campaign: Keys) -> str:
    """What the opening keys of a campaign begin with."""
    return f"run:{campaign.id}:"


def _slot_terms(
    slot: Slot, campaign: GroupBuy, product: Product, circle_id: int, opens_at: datetime, now: datetime
) -> Terms:
    """Made up for late, or opened later, it still lasts its time."""
    in_time = now - slot.at <= campaign.misfire_grace and opens_at <= now
    closes_at = (slot.at if in_time else opens_at) + campaign.closes_after
    key = f"{key_of(campaign)}{slot.run_id}:{circle_id}"
    return terms_of(campaign, product, circle_id, closes_at, key, opens_at if opens_at > now else None)


def terms_of(
    campaign: Keys, product: Product, circle_id: int, closes_at: datetime, key: str, opens_at: datetime | None = None
) -> Terms:
    """The terms of bot.toml for one circle, at the product's price of now."""
    assert product.id is not None
    return Terms(
        shop_id=product.shop_id,
        circle_id=circle_id,
        product_id=product.id,
        price=product.price,
        closes_at=closes_at,
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
        opens_at=opens_at,
        opening_key=key,
    )

"""Whom the kind reorder writes to, and what it says: an open group buy to join, or a wish to make."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot.core.config import Config
from campaigns import letters, receivers
from campaigns.kinds import Letter, Receiver, RunOf
from campaigns.reorder import Reorder
from models import cycles, heard


def receivers_of(
    session: Session, run: RunOf, campaign: Reorder, config: Config, after: int, limit: int, now: datetime
) -> list[Receiver]:
    """Members whose cycle has come round and who have not heard of it since they bought."""
    shop_id, there = receivers.shop_id(session, campaign), receivers.circle_ids(session, campaign, config)
    goods = cycles.goods(session, shop_id, campaign.product, campaign.category)
    since: dict[int, datetime] = {}

    def page(after: int, limit: int) -> list[Receiver]:
        due = cycles.due(session, shop_id, goods, there, campaign.orders, now, after=after, limit=limit)
        since.update({one.person_id: one.last_at for one in due})
        return [_receiver(one, shop_id, there) for one in due]

    def fresh(batch: list[Receiver]) -> list[Receiver]:
        last = heard.last(session, run.campaign_id, [one.id for one in batch])
        return [one for one in batch if one.id not in last or last[one.id] < since[one.id]]

    return receivers.those(page, fresh, after, limit)


def letter(session: Session, receiver: Receiver, campaign: Reorder, config: Config) -> Letter:
    """With the open group buy, or where it can be wished for."""
    shop_id = receivers.shop_id(session, campaign)
    goods = cycles.goods(session, shop_id, campaign.product, campaign.category)
    params = letters.about(session, receiver, campaign, config)
    params |= {"product_id": receiver.why["product_id"], "days": receiver.why["days"]}
    round_id = cycles.open_round(session, receiver.id, goods)
    params |= {"buttons": "reorder_wish", "round_ids": []}
    if round_id is not None:
        params |= {"buttons": "want_offered", "round_ids": [round_id], "round_id": round_id}
    mutes = letters.of_goods(session, campaign, campaign.product, campaign.category)
    return Letter("reorder", params, mute_keys=mutes)


def _receiver(one: cycles.Due, shop_id: int, there: list[int]) -> Receiver:
    why = {"code": "reorder", "product_id": one.product_id, "days": one.days}
    about: dict[str, object] = {"shop_id": shop_id}
    if one.circle_id in there:
        about["place"] = one.circle_id
    return Receiver(one.person_id, why, about)

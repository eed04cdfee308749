"""What red packets, split coupons and voucher drops open in the circles of a slot, where they have room for one more post."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.config import Campaign, Config
from bot.core.limits import limits_of
from campaigns import opening, receivers
from campaigns.handouts import H
from campaigns.kinds import Slot, Started
from models import openings, packets_opening
from models.packets import PacketKind, packets
from models.packets_opening import NewPacket
from models.states import PacketState

_GOING_ON = (PacketState.SCHEDULED, *packets_opening.LIVE)


def open_all(
    session: Session, slot: Slot, campaign: H, new: Callable[[H, NewPacket], NewPacket], config: Config, now: datetime
) -> Started:
    """One in every circle; the record says where, and where there was no room for it."""
    quota, shop_id = limits_of(config).circle, receivers.shop_id(session, campaign)
    when = dict[int, datetime | None]()
    for circle_id in receivers.circle_ids(session, campaign, config):
        when[circle_id] = at = opening.opens_at(session, circle_id, campaign, quota, now)
        if at is not None:
            there = _there(slot, campaign, shop_id, circle_id, max(at, now))
            packets_opening.open_packet(session, new(campaign, there), now)
    return Started(openings.record(when, now))


def under_way(session: Session, campaign: Campaign) -> bool:
    """Whether something of the campaign is still handed out."""
    mine = packets.c.batch.startswith(f"run:{campaign.id}:", autoescape=True), packets.c.state.in_(_GOING_ON)
    return session.execute(select(packets.c.id).where(*mine).limit(1)).first() is not None


def _there(slot: Slot, campaign: H, shop_id: int, circle_id: int, opens_at: datetime) -> NewPacket:
    batch = f"run:{campaign.id}:{slot.run_id}"
    return NewPacket(
        key=f"{batch}:{circle_id}", batch=batch, kind=PacketKind.PACKET, shop_id=shop_id, circle_id=circle_id,
        opens_at=opens_at, closes_at=opens_at + campaign.lasts, title=campaign.text, min_order=campaign.min_order,
        valid_for=campaign.valid, standing=campaign.standing,
    )  # fmt: skip

"""What the letters of all kinds carry: the shop, a circle of the reader's, the operator's words and picture; their mutes."""

from sqlalchemy.orm import Session

from bot.core.config import Campaign, Config
from bot.core.config.letters import Letters
from campaigns import receivers
from campaigns.kinds import Receiver
from models import mutes

Params = dict[str, object]
TELEGRAMS = "telegram:"  # before Telegram's id of a photo that an owner sent, where bot.toml has a path


def about(session: Session, receiver: Receiver, campaign: Campaign, config: Config) -> Params:
    """The params that every letter has: a member is spoken to as somebody in the first of the campaign's circles they are in."""
    known = dict(receiver.about)
    if receiver.circle:
        known["place"] = receiver.id
    if "place" not in known:  # an event brought them, and not the audience
        known["place"] = next(iter(receivers.circles_of(session, campaign, config, receiver.id)), None)
    shop_id = known.get("shop_id") or receivers.shop_id(session, campaign)
    params: Params = {"shop_id": shop_id, "circle_id": known["place"], "text": dict(campaign.text)}
    photo = campaign.photo if isinstance(campaign, Letters) else None
    if photo is not None and photo.startswith(TELEGRAMS):
        return params | {"photo": photo.removeprefix(TELEGRAMS)}
    return params | ({"picture": photo} if photo else {})


def mute_keys(session: Session, campaign: Letters) -> tuple[str, ...]:
    """Who muted what the audience is chosen by is not written to."""
    return of_goods(session, campaign, campaign.audience.bought, campaign.audience.category)


def of_goods(session: Session, campaign: Campaign, product: str | None, category: str | None) -> tuple[str, ...]:
    """The keys of a product, with its category, and of a category."""
    shop_id = receivers.shop_id(session, campaign)
    row = receivers.product(session, campaign, product) if product else None
    items = [mutes.item(row.id)] if row is not None and row.id is not None else []
    named = {name for name in (category, row.category if row is not None else None) if name}
    return (*items, *(mutes.category(shop_id, name) for name in sorted(named)))

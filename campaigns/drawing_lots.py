"""What the kind lucky_draw opens: a draw in each circle, once a run, when the circle has room for one more post."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.config import Config
from bot.core.limits import limits_of
from bot.core.words import Words
from campaigns import opening, receivers
from campaigns.kinds import Slot, Started
from campaigns.lucky_draw import DrawPrize, LuckyDraw
from models import drawing, openings
from models.circles import Circle
from models.draw_prizes import Prize
from models.drawing import NewDraw
from models.draws import PrizeKind, draws
from models.rows import load
from models.states import DrawState

_GOING_ON = (DrawState.SCHEDULED, DrawState.OPEN, DrawState.CLOSED)


def open_draws(session: Session, slot: Slot, campaign: LuckyDraw, config: Config, now: datetime) -> Started:
    """Opens a draw in every circle; the record says where, and where there was no room for it."""
    quota, shop_id = limits_of(config).circle, receivers.shop_id(session, campaign)
    when = dict[int, datetime | None]()
    for circle_id in receivers.circle_ids(session, campaign, config):
        when[circle_id] = at = opening.opens_at(session, circle_id, campaign, quota, now)
        if at is not None:
            drawing.open_draw(session, _new(session, slot, campaign, config, shop_id, circle_id, max(at, now)), now)
    return Started(openings.record(when, now))


def under_way(session: Session, campaign: LuckyDraw) -> bool:
    """Whether a draw of the campaign was not revealed yet."""
    going_on = draws.c.state.in_(_GOING_ON), draws.c.key.startswith(f"run:{campaign.id}:", autoescape=True)
    return session.execute(select(draws.c.id).where(*going_on).limit(1)).first() is not None


def _new(
    session: Session, slot: Slot, campaign: LuckyDraw, config: Config, shop_id: int, circle_id: int, opens_at: datetime
) -> NewDraw:
    language = load(session, Circle, circle_id).language or config.bot.languages[0]
    words = Words(language).here(currency=config.shops[campaign.shop].currency)
    title = campaign.text or {config.bot.languages[0]: config.shops[campaign.shop].name}
    return NewDraw(
        key=f"run:{campaign.id}:{slot.run_id}:{circle_id}", shop_id=shop_id, circle_id=circle_id, title=title,
        prizes=[_prize(prize, words) for prize in campaign.places], opens_at=opens_at,
        closes_at=opens_at + campaign.lasts, standing=campaign.standing,
    )  # fmt: skip


def _prize(prize: DrawPrize, words: Words) -> Prize:
    """The prize with the words that are committed to: in the circle's language, fixed when the draw opens."""
    if prize.goods:
        return Prize(PrizeKind.GOODS, words.option(prize.goods))
    if prize.points:
        return Prize(PrizeKind.POINTS, words.say("draw_prize_points", points=prize.points), prize.points)
    worth = prize.voucher or 0
    return Prize(PrizeKind.VOUCHER, words.say("draw_prize_voucher", amount=worth), worth, int(prize.valid.total_seconds()))

"""What the kind ask_buyers puts to whom: one question a circle and product, to those who received it and were not asked."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bot.core.config import Config
from bot.core.config.audience import Audience
from bot.core.i18n import language_of, text_of
from bot.core.limits import limits_of
from bot.core.words import Words
from campaigns import audiences, receivers
from campaigns.ask_buyers import AskBuyers
from campaigns.kinds import Slot, Started
from models import circles, events, notices, people, received
from models.questions_asking import Asking, House, ask_by_campaign
from models.received import Place
from models.rows import number_of


def ask(session: Session, slot: Slot, campaign: AskBuyers, config: Config, now: datetime) -> Started:
    """Puts the questions; the record says how many, and how many were asked."""
    there = receivers.circle_ids(session, campaign, config)
    lately = _received(session, slot, campaign, there, now)
    chosen = _chosen(session, campaign, there, now)
    questions = asked = 0
    for (circle_id, product_id), found in lately.items():
        wanted = tuple(one for one in found if chosen is None or one in chosen)
        if wanted:
            put = _put(session, slot, campaign, config, (circle_id, product_id), wanted, now)
            questions, asked = questions + (put > 0), asked + put
    return Started({"questions": questions, "asked": asked})


def _received(
    session: Session, slot: Slot, campaign: AskBuyers, there: list[int], now: datetime
) -> Mapping[Place, Sequence[int]]:
    """Who received what: lately, or in the events that brought this run."""
    shop_id = receivers.shop_id(session, campaign)
    if campaign.schedule.after is None:
        return received.lately(session, shop_id, there, now - campaign.within, now - campaign.after)
    subjects = events.subjects(session, slot.run_id)
    return received.by_order(session, shop_id, there, [int(one.partition(":")[2]) for one in subjects], now - campaign.within)


def _chosen(session: Session, campaign: AskBuyers, there: list[int], now: datetime) -> frozenset[int] | None:
    """Who is in the audience; None if all are."""
    if campaign.audience == Audience():
        return None
    found = audiences.members(session, receivers.shop_id(session, campaign), there, campaign.audience, now)
    return frozenset(member.person_id for member in found)


def _put(
    session: Session, slot: Slot, campaign: AskBuyers, config: Config, about: Place, wanted: tuple[int, ...], now: datetime
) -> int:
    """One question; how many people it was put to. One that can be put to nobody now is not kept."""
    circle_id, product_id = about
    asking = Asking(circle_id, product_id, _words(session, campaign, config, circle_id))
    spared = session.begin_nested()
    put = ask_by_campaign(session, asking, f"run:{slot.run_id}:{circle_id}:{product_id}", now, _house(session, config), wanted)
    if put is None or not put[1]:
        spared.rollback()
        return 0
    spared.commit()
    notices.notify(session, put[1], now)
    return len(put[1])


def _words(session: Session, campaign: AskBuyers, config: Config, circle_id: int) -> str:
    """In the circle's language, since the circle reads the answers."""
    language = language_of(None, circles.by_id(session, circle_id), config.bot.languages[0])
    return text_of(dict(campaign.text), language) or Words(language).say("how_was_it")


def _house(session: Session, config: Config) -> House:
    quiet = limits_of(config).quiet
    known = (people.by_telegram_id(session, telegram_id) for telegram_id in config.bot.operators)
    staff = tuple(number_of(person.id) for person in known if person is not None)
    return House(quiet.start, quiet.end, staff=staff, seed=0, nudge_after=config.attention.nudge_after)

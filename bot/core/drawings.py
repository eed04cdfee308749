"""What pictures say: a member's poster of an invitation and a wallet's statement, filled with words and drawn.

Invariants: a picture is drawn when its message leaves, and once for the same content; it shows its reader's own things
alone. Pillow is loaded with the first one.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core import invited, names, thanked
from bot.core.words import Words
from models import group_buys, shops
from models import statement as statements
from models.circles import Circle
from models.group_buys import Round, rounds
from models.lists import deal_of
from models.people import Person
from models.prices import Step, steps
from models.referral_summary import first_name
from models.referrals import Offer, ReferralLink
from models.rows import fresh, load, number_of
from models.states import RoundState

if TYPE_CHECKING:  # Pillow costs memory
    from bot.core.pictures.poster import Poster
    from bot.core.pictures.statement import Statement

POSTER, STATEMENT = "referral_poster", "wallet_picture"
DRAWN = "drawn"  # the variable that holds the picture
TITLE = 60  # letters shown of a name, a product
MOST_STEPS = 3
Found = dict[str, object]


def values(session: Session, template: str, params: Mapping[str, object], words: Words) -> Found:
    """The picture that goes with a message, and what its caption names."""
    if template == POSTER:
        return _poster(session, params, words)
    return _statement(session, params, words) if template == STATEMENT else {}


def _poster(session: Session, params: Mapping[str, object], words: Words) -> Found:
    link = session.get(ReferralLink, params.get("link_id"))
    if link is None:
        return {}
    offer, circle = load(session, Offer, link.offer_id), load(session, Circle, link.circle_id)
    url, shop = str(params["url"]), shops.by_id(session, offer.shop_id)
    here = words.here(currency=shop.currency, zone=circle.timezone or shop.timezone)
    around = {
        "shop": " · ".join((names.shown(shop.name, TITLE), names.shown(circle.title, TITLE))), "link": url,
        "invites": here.say("poster_invites", name=first_name(names.shown(load(session, Person, link.person_id).name))),
        "scan": here.say("poster_scan"), "thanks": here.say("poster_thanks", **invited.gives(offer)),
    }  # fmt: skip
    return {DRAWN: _drawn_poster(_filled(around, _offered(session, number_of(circle.id), here))), "link": url}


def _filled(around: Mapping[str, str], offered: Mapping[str, object]) -> "Poster":
    from bot.core.pictures.poster import Poster  # noqa: PLC0415  # Pillow costs memory

    return Poster(**around, **offered)  # type: ignore[arg-type]  # the two together are its fields


def _offered(session: Session, circle_id: int, words: Words) -> Found:
    """The circle's open group buy that closes last, so that a friend still finds it open; without one what the shop is."""
    here = rounds.c.circle_id == circle_id, rounds.c.state == RoundState.OPEN, rounds.c.closes_at > words.now
    found = fresh(session, select(Round).where(*here).order_by(rounds.c.closes_at.desc(), rounds.c.id.desc()).limit(1))
    if not found:
        return {"title": words.say("poster_together"), "steps": (), "more": "", "closes": ""}
    row = found[0]
    deal = deal_of(session, number_of(row.id))
    more = "" if deal.missing is None or deal.next_price is None else words.say(
        "poster_more", missing=deal.missing, price=deal.next_price, count_by=deal.count_by
    )  # fmt: skip
    return {
        "title": names.shorten(words.option(deal.title), TITLE), "steps": _steps(row, words), "more": more,
        "closes": words.say("poster_closes", when=_day(words, row.closes_at)),
    }  # fmt: skip


def _steps(row: Round, words: Words) -> tuple[tuple[str, str, bool], ...]:
    """The price without anybody, and the steps that are a price."""
    count = group_buys.count(row)
    priced: list[Step] = [step for step in steps(row.ladder) if step.price is not None][:MOST_STEPS]
    first = (words.say("poster_alone"), words.money(row.price), True)
    return (first, *(
        (words.say("poster_step", n=step.at, count_by=row.count_by), words.money(step.price or 0), count >= step.at)
        for step in priced
    ))  # fmt: skip


def _statement(session: Session, params: Mapping[str, object], words: Words) -> Found:
    from bot.core.pictures.statement import Movement, Statement  # noqa: PLC0415  # Pillow costs memory

    person_id, shop_id = params.get("of_person"), params.get("shop_id")
    mine = next((one for one in statements.wallets(session, int(str(person_id)), words.now) if one.shop_id == shop_id), None)
    if mine is None:
        return {}
    here = words.here(currency=mine.currency, zone=mine.timezone)
    rows = tuple(
        Movement(_day(here, row.at), thanked.reason(here, row.what, row.number), _amount(here, row), row.amount > 0)
        for row in mine.movements
    )
    content = Statement(
        shop=names.shown(mine.shop, TITLE), heading=here.say("statement_heading"), balance=here.money_named(mine.balance),
        pending=_pending(here, mine) if mine.pending else "",
        points=here.say("statement_points", n=mine.points) if mine.points else "", movements=rows,
        folded=here.say("wallet_more", more=mine.more) if mine.more else "",
    )  # fmt: skip
    return {DRAWN: _drawn_statement(content), "shop": names.shown(mine.shop, TITLE)}


def _pending(words: Words, mine: statements.Wallet) -> str:
    """What is pending in a line: what for, each kind once, and by when all of it is theirs if nobody looks at it first."""
    dues = [one.due for one in mine.waiting]
    last = max((due for due in dues if due is not None), default=None)
    reasons = " · ".join(dict.fromkeys(thanked.reason(words, one.what) for one in mine.waiting))
    return words.say("statement_pending", amount=mine.pending, due=None if None in dues else last, reasons=reasons)


def _amount(words: Words, row: statements.Movement) -> str:
    sign, size = "+" if row.amount > 0 else "−", abs(row.amount)
    return f"{sign}{words.money(size)}" if row.unit == "money" else words.say("statement_amount", sign=sign, n=size)


def _day(words: Words, at: datetime) -> str:
    return words.say("picture_when", at=at)


@lru_cache(64)
def _drawn_poster(content: "Poster") -> bytes:
    from bot.core.pictures import poster  # noqa: PLC0415  # Pillow costs memory

    return poster.drawn(content)


@lru_cache(16)
def _drawn_statement(content: "Statement") -> bytes:
    from bot.core.pictures import statement  # noqa: PLC0415  # Pillow costs memory

    return statement.drawn(content)

"""What the letters of campaigns speak of: the operator's words with their placeholders filled, group buys as they stand now.

Invariants: an operator's text is a value and never a template; a group buy that is no longer open is not spoken of, and a
letter that has nothing left to say is not sent (`asked.GONE`).
"""

from collections.abc import Mapping, Sequence
from typing import cast

from markupsafe import Markup
from sqlalchemy import Column, select
from sqlalchemy.orm import Session

from bot.core import asked, marks, names, render, shared
from bot.core.buttons import message_link
from bot.core.words import Words
from models import answers_shown, lists
from models.catalogue import products
from models.circles import circle_table
from models.columns import Texts
from models.deliveries import OutboxRow
from models.group_buys import rounds
from models.lists import Deal
from models.people import Person, person_table
from models.polls import DemandPoll, polls
from models.shops import shop_table
from models.states import PollState, RoundState

TEMPLATES = frozenset({
    "campaign_words", "digest", "reminder_deadline", "reminder_step", "reorder", "win_back", "regulars", "poll_reached",
    "poll_ended", "poll_ended_owner", "poll_lost_owner", "showcase_asked",
})  # fmt: skip
TITLE, ANSWER = 60, 160  # letters shown of a product, of an answer in a digest
_ABOUT_OPEN = frozenset({"reminder_deadline", "reminder_step"})  # nothing to say once their group buy is over
_SUMS_UP = frozenset({"digest", "win_back"})
OPTIONS = ("poll_yes", "poll_no")  # in this order: the first wants it

Found = dict[str, object]
_PLACES: Mapping[str, Column[str]] = {"circle_id": circle_table.c.title, "shop_id": shop_table.c.name}


def values(session: Session, row: OutboxRow, person: Person | None, words: Words) -> Found:
    """The variables of a letter of a campaign."""
    params = row.params
    deals = [deal for deal in _deals(session, params.get("round_ids"), row.person_id) if _fits(deal, params)]
    told: Found = {
        "written": _written(session, params, person, words), "lines": [_line(session, deal, person, words) for deal in deals],
        "deal": deals[0] if deals else None, "link": _link(session, deals[0]) if deals else None,
    }  # fmt: skip
    if row.template in _ABOUT_OPEN and not deals:
        return {asked.GONE: True}
    if row.template in _SUMS_UP:
        told["answers"] = _answers(session, params.get("answer_ids"))
        if not told["lines"] and not told["answers"] and (row.template == "digest" or not told["written"]):
            return {asked.GONE: True}
    if row.template == "reorder" and params.get("round_id") and not deals:
        return {asked.GONE: True}
    return told | _product(session, params, words) | _card(session, params)


def poll(session: Session, poll_id: int, words: Words) -> Found | None:
    """A members' poll as Telegram takes it; None if it is over before it was posted."""
    row = session.get(DemandPoll, poll_id)
    return None if row is None or row.state != PollState.OPEN else poll_said(session, row, words)


def poll_said(session: Session, row: DemandPoll, words: Words) -> Found:
    """Its question and options in these words, and how it is put."""
    title = session.scalar(select(products.c.title).where(products.c.id == row.product_id))
    shown = names.shorten(words.option(cast(Texts, title)), TITLE)
    steps = [step for step in cast(Sequence[Mapping[str, object]], row.terms["ladder"]) if step.get("price")]
    price = row.terms["price"]
    question = words.text("poll_question", product=shown, price=price, steps=steps[:3], needed=row.needed)
    options = [{"text": words.say(option)} for option in OPTIONS]
    said = " ".join(render.plain(question).split())
    return {"question": said, "options": options, "is_anonymous": False, "allows_multiple_answers": False}


def _written(session: Session, params: Mapping[str, object], person: Person | None, words: Words) -> Markup:
    """The operator's words in the reader's language, line by line, with names filled in and everything escaped."""
    texts = params.get("text")
    if not isinstance(texts, Mapping) or not texts:
        return Markup("")
    circle, shop = (_called(session, column, params.get(key)) for key, column in _PLACES.items())
    named = {"circle": names.shown(circle, TITLE), "shop": names.shown(shop, TITLE)}
    named["name"] = names.shown(person.name) if person is not None else named["circle"]
    marked = marks.read(params.get("marks"))
    accounts = {one: account for one in marks.mentioned(marked) if (account := _account(session, one)) is not None}
    return marks.fill(names.clean_lines(words.written(cast(Texts, texts))), named, marked, accounts)


def _account(session: Session, person_id: int) -> int | None:
    """Telegram's number of somebody mentioned; None once they are erased."""
    query = select(person_table.c.telegram_id).where(person_table.c.id == person_id)
    return shared.once(session, ("account", person_id), lambda: session.scalar(query))


def _called(session: Session, column: Column[str], of: object) -> str:
    query = select(column).where(column.table.c.id == of)
    return shared.once(session, (column, of), lambda: session.scalar(query)) or ""


def _deals(session: Session, round_ids: object, person_id: int | None) -> list[Deal]:
    """Those of the group buys that are still open."""
    if not isinstance(round_ids, list) or not round_ids:
        return []
    still = (rounds.c.id.in_(round_ids), rounds.c.state == RoundState.OPEN)
    there = session.scalars(select(rounds.c.id).where(*still).order_by(rounds.c.closes_at, rounds.c.id)).all()
    return [lists.deal_of(session, round_id, person_id) for round_id in there]


def _fits(deal: Deal, params: Mapping[str, object]) -> bool:
    """A reminder of a step that was reached meanwhile has nothing to say."""
    most = params.get("most_missing")
    return not isinstance(most, int) or (deal.missing is not None and deal.missing <= most)


def _line(session: Session, deal: Deal, person: Person | None, words: Words) -> Markup:
    zone = (person.timezone if person else None) or deal.timezone
    return words.here(currency=deal.currency, zone=zone).text("deal_line", deal=deal, link=_link(session, deal))


def _link(session: Session, deal: Deal) -> str | None:
    chat_id = session.scalar(select(circle_table.c.chat_id).where(circle_table.c.id == deal.circle_id))
    return message_link(chat_id or 0, deal.message_id)


def _answers(session: Session, answer_ids: object) -> list[Found]:
    """Answers that may still be read."""
    ids = answer_ids if isinstance(answer_ids, list) else []
    found = [answers_shown.one(session, answer_id) for answer_id in ids]
    return [
        {"question": names.shorten(names.clean(one.question), ANSWER), "words": names.shorten(names.clean(one.words), ANSWER),
         "name": names.shown(one.name), "bought": one.bought, "by": one.by}
        for one in found if one is not None
    ]  # fmt: skip


def _product(session: Session, params: Mapping[str, object], words: Words) -> Found:
    """The product that a cycle or a poll is about; a group buy names its own."""
    product_id = params.get("product_id")
    if isinstance(poll_id := params.get("poll"), int) and "round_id" not in params:
        product_id = session.scalar(select(polls.c.product_id).where(polls.c.id == poll_id)) or 0
    if not isinstance(product_id, int):
        return {}
    title = session.scalar(select(products.c.title).where(products.c.id == product_id))
    return {"product": names.shorten(words.option(cast(Texts, title or {})), TITLE) or names.NOBODY}


def _card(session: Session, params: Mapping[str, object]) -> Found:
    """The card of the group buy that a poll has opened."""
    if not isinstance(params.get("poll"), int) or not isinstance(round_id := params.get("round_id"), int):
        return {}
    return {"link": _link(session, lists.deal_of(session, round_id))}

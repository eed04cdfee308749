"""The board of a question: what was asked, and what buyers and the shop say, as it stands now.

Invariants: only what its asker lets the circle read; what was edited or taken back is so here too; votes and badges as
under the product.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core import names
from bot.core.boards import Board
from bot.core.buttons import Buttons
from bot.core.words import Words
from models import answers_shown, questions
from models.answers_shown import ShownAnswer
from models.cards import cards
from models.catalogue import Product
from models.group_buys import rounds
from models.questions import BUYER, Question

SHOWN = 3  # answers on the board; the rest are one tap away
TITLE, QUESTION, ANSWER = 60, 300, 400  # letters shown


def show(session: Session, question_id: int, words: Words, buttons: Buttons) -> Board | None:
    """The question as it stands; one that the circle may not read any more says so."""
    row = session.get(Question, question_id)
    if row is None:
        return None
    if not row.public or row.state not in questions.ALIVE:
        return Board("question_board", {"gone": True}, live=False)
    found = answers_shown.of_question(session, question_id, 0)
    title = names.shorten(words.option(session.get_one(Product, row.product_id).title), TITLE)
    values: dict[str, object] = {
        "gone": False, "product": title, "question": names.shorten(names.clean(row.words), QUESTION),
        "answers": [line(one, words) for one in found[:SHOWN]], "more": max(0, len(found) - SHOWN),
    }  # fmt: skip
    helps = [
        buttons.button(words.say("key_helpful_of", who=_named(one)), "hlp", one.answer_id)
        for one in found[:SHOWN] if one.by == BUYER
    ]  # fmt: skip
    rows = [helps, [buttons.button(words.say("key_all_answers"), "qall", question_id)]]
    return Board("question_board", values, rows, place=_below(session, row.round_id))


def _below(session: Session, round_id: int | None) -> dict[str, object]:
    """Below the card it was asked under, in its topic."""
    query = select(cards.c.message_id, rounds.c.thread_id).join(rounds, rounds.c.id == cards.c.round_id)
    found = session.execute(query.where(cards.c.round_id == round_id)).one_or_none() if round_id is not None else None
    if found is None:
        return {}
    place: dict[str, object] = {} if found.thread_id is None else {"message_thread_id": found.thread_id}
    if found.message_id is not None:
        place["reply_parameters"] = {"message_id": found.message_id, "allow_sending_without_reply": True}
    return place


def line(one: ShownAnswer, words: Words) -> str:
    """One answer with its badge and, from five, its votes."""
    return words.text(
        "answer_shown", author=_named(one), answer=names.shorten(names.clean_lines(one.words), ANSWER), bought=one.bought,
        bought_kind=one.bought_kind, critical=one.critical, by_shop=one.by != BUYER, votes=one.votes, edited=one.edited,
        photo=one.photo_file_id is not None, category=one.category, knows=one.knows,
    )  # fmt: skip


def _named(one: ShownAnswer) -> str:
    return names.standing(one.name, one.by_initial)

"""What a notice about a question, an answer or a showcase speaks of: the words as they are when the message leaves.

Invariants: words that were taken back, hidden or closed meanwhile are not said (`GONE`), nor is an ask that has ended;
other people's words come out cleaned and shortened.
"""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from bot.core import names
from bot.core.words import Words
from models import questions, showcases
from models.answers import Answer
from models.answers_votes import knows
from models.asks import LIVE, Ask
from models.catalogue import Product
from models.circles import Circle
from models.errors import DomainError
from models.moderation import Kind, author_of, subject
from models.people import Person
from models.questions import BUYER, Question
from models.shops import Shop
from models.showcases import Showcase
from models.states import WordsState

GONE = "gone"  # among the values: there is nothing to say any more
Found = dict[str, object]
_TITLE, _QUESTION, _ANSWER = 60, 300, 1000  # letters shown
_WITH_PHOTO = frozenset({"ask_put", "question_to_shop"})
_BACK = frozenset({"back_asked", "back_answered"})


def values(session: Session, template: str, params: Mapping[str, object], words: Words) -> Found:
    """The variables of a message that names a question, an answer, an ask, a showcase, or words that wait."""
    kind, subject_id = params.get("kind"), params.get("subject_id")
    if isinstance(kind, str) and isinstance(subject_id, int) and kind in set(Kind):
        return _written(session, Kind(kind), subject_id, words)
    if isinstance(showcase_id := params.get("showcase_id"), int):
        return _showcase(session, showcase_id, words)
    if not isinstance(question_id := params.get("question_id"), int):
        return {}
    question = session.get(Question, question_id)
    if question is None or question.state not in questions.ALIVE:
        return {GONE: True}
    found = _about(session, question.shop_id, question.circle_id, question.product_id, words) | {
        "question": names.shorten(names.clean(question.words), _QUESTION), "asker": _name(session, question.asker_id),
    }  # fmt: skip
    if template in _WITH_PHOTO and question.photo_file_id:
        found["photo"] = question.photo_file_id
    if isinstance(answer_id := params.get("answer_id"), int):
        found |= _answer(session, answer_id)
    if isinstance(ask_id := params.get("ask_id"), int):
        found |= _ask(session, template, ask_id)
    return found


def _about(session: Session, shop_id: int, circle_id: int, product_id: int, words: Words) -> Found:
    shop, circle = session.get_one(Shop, shop_id), session.get_one(Circle, circle_id)
    product = session.get_one(Product, product_id)
    title = names.shorten(words.option(product.title), _TITLE)
    return {"shop": names.shown(shop.name, _TITLE), "circle": names.shown(circle.title, _TITLE), "product": title}


def _answer(session: Session, answer_id: int) -> Found:
    answer = session.get(Answer, answer_id)
    if answer is None or answer.state != WordsState.SHOWN:
        return {GONE: True}
    category = session.get_one(Product, answer.product_id).category
    return {
        "answer": names.shorten(names.clean_lines(answer.words), _ANSWER), "author": _name(session, answer.person_id),
        "bought": answer.bought, "bought_kind": answer.bought_kind, "critical": answer.critical,
        "by_shop": answer.by != BUYER, "photo": answer.photo_file_id, "category": category,
        "knows": 0 if answer.by != BUYER else knows(session, answer.person_id, answer.shop_id, category),
        "votable_id": answer_id if answer.by == BUYER else None, "of_ask_id": answer.ask_id,
    }  # fmt: skip


def _ask(session: Session, template: str, ask_id: int) -> Found:
    ask = session.get(Ask, ask_id)
    if ask is None or (template == "ask_put" and ask.state not in LIVE):
        return {GONE: True}
    told = ask.why.get("params")
    had = told.get("count", 1) if isinstance(told, dict) else 1
    found: Found = {"had": had, "had_kind": ask.why.get("code") == "why_received_kind"}
    if template in _BACK:
        replies = template == "back_answered"
        other = (ask.asker_id if ask.back_by == ask.person_id else ask.person_id) if replies else ask.back_by
        found |= {
            "other": _name(session, other), "back": names.shorten(names.clean(ask.back_words), _QUESTION),
            "back_reply": names.shorten(names.clean(ask.back_reply), _QUESTION),
        }  # fmt: skip
    return found


def _showcase(session: Session, showcase_id: int, words: Words) -> Found:
    showcase = session.get(Showcase, showcase_id)
    if showcase is None or not showcases.is_seen(session, showcase):
        return {GONE: True}
    return _written(session, Kind.SHOWCASE, showcase_id, words) | {"photo": showcase.photo_file_id}


def _written(session: Session, kind: Kind, subject_id: int, words: Words) -> Found:
    """Words of any kind, in whatever state: for who decides about them and for their author."""
    try:
        row = subject(session, kind, subject_id)
    except DomainError:
        return {GONE: True}
    if row.state == WordsState.DELETED:
        return {GONE: True}
    author = author_of(row)
    found = _about(session, row.shop_id, row.circle_id, row.product_id, words)
    return found | {"author": _name(session, author), "written": names.shorten(names.clean(row.words), _ANSWER)}


def _name(session: Session, person_id: int | None) -> str:
    """As they call themselves, or by the initial they stand on cards by."""
    person = session.get(Person, person_id) if person_id is not None else None
    if person is None:
        return ""
    return names.standing(person.name, person.by_initial)

"""What is shown in private of a product's questions and answers: the page to ask from, and what was asked before.

Invariants: only who is in the circle sees what was asked there; whoever is shown a buyer's answer is noted as having read
it (models/paths.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aiogram.methods import AnswerCallbackQuery
from sqlalchemy.orm import Session

from bot.core import names
from bot.core.buttons import Button, deep_link, keyboard
from bot.core.question_board import line
from handlers.replies import say
from handlers.scene import Scene, Who
from handlers.taps import At, Tap, taps
from handlers.wording import Draft
from models import answers_shown, circles, handover, outbox, paths, questions, shops, showcases
from models.answers_shown import ShownAnswer
from models.catalogue import Product
from models.circles import Circle
from models.columns import Texts
from models.errors import DomainError
from models.group_buys import Round
from models.outbox import Message, Priority, Route
from models.questions import BUYER, SHOP
from models.rows import load
from models.showcases import Showcase
from models.similar_index import Similar
from models.states import WordsState

SHOWCASES = 2  # on a page


@dataclass(frozen=True)
class Place:
    """What a question is about: a product of a shop in one circle."""

    circle_id: int
    product_id: int
    circle: str
    shop: str
    title: Texts


def about(session: Session, round_id: int) -> Place:
    """The product and the circle of a group buy, open or not. Raises gone."""
    row = load(session, Round, round_id)
    circle, product = load(session, Circle, row.circle_id), load(session, Product, row.product_id)
    return Place(row.circle_id, row.product_id, circle.title, shops.by_id(session, row.shop_id).name, product.title)


def require_member(session: Session, who: Who, place: Place) -> None:
    """Raises not_a_member."""
    if not circles.is_member(session, place.circle_id, who.person_id):
        raise DomainError("not_a_member")


def show(session: Session, who: Who, scene: Scene, round_id: int, of: str) -> None:
    """The answers under a product, and what to type to ask."""
    place = about(session, round_id)
    require_member(session, who, place)
    found = answers_shown.under(session, place.circle_id, place.product_id)
    read(session, who, place.product_id, found)
    showcases_here = showcases.under(session, place.circle_id, place.product_id, SHOWCASES)
    html = scene.words.text(
        "ask_page", shown=showcases_here,
        product=names.shorten(scene.words.option(place.title), 60), circle=place.circle, shop=place.shop, of=of,
        again=handover.again_rate(session, place.product_id), answers=shown(scene, found),
        count=answers_shown.count(session, place.circle_id, place.product_id),
    )  # fmt: skip
    shop, buyers = scene.button("key_ask_shop", "ask", round_id, "shop"), scene.button("key_ask_buyers", "ask", round_id, n=0)
    photos = [scene.button("b_photo_of", "shs", one.showcase_id, who=names.shown(one.name)) for one in showcases_here]
    say(session, who, html, keyboard(*votes(scene, found), photos, [buyers if of == SHOP else shop]))


def before(session: Session, who: Who, scene: Scene, draft: Draft, found: Sequence[Similar]) -> None:
    """What was asked like it and answered, with a way past it."""
    place = about(session, draft.round_id or 0)
    parts, helps = [], list[Button]()
    for number, similar in enumerate(found, start=1):
        answers = answers_to(session, who, similar.question_id)[:2]
        lines = [line(answer, scene.words) for answer in answers]
        parts.append(scene.words.text("asked_before_one", n=number, question=names.clean(similar.words), answers=lines))
        helps.append(scene.button("b_that_helps", "sim", similar.question_id, n=number, several=len(found) > 1))
    html = scene.words.text("asked_before", product=scene.words.option(place.title), asked=parts, n=len(parts))
    say(session, who, html, keyboard(helps, [scene.button("b_ask_anyway", "any", draft.round_id or 0)]))


def answers_to(session: Session, who: Who, question_id: int) -> list[ShownAnswer]:
    """The answers to a question that this person may read; they have read them now. Raises not_a_member, gone."""
    question = questions.by_id(session, question_id)
    if not circles.is_member(session, question.circle_id, who.person_id):
        raise DomainError("not_a_member")
    found = answers_shown.of_question(session, question_id, who.person_id)
    read(session, who, question.product_id, found)
    return found


def read(session: Session, who: Who, product_id: int, found: Sequence[ShownAnswer]) -> None:
    """Another buyer's answer about the product was shown to this person."""
    if any(answer.by == BUYER and answer.person_id != who.person_id for answer in found):
        paths.answer_read(session, who.person_id, product_id, who.now)


def shown(scene: Scene, found: Sequence[ShownAnswer]) -> list[str]:
    """Answers with their questions, numbered as the buttons below are."""
    return [
        scene.words.text("answer_numbered", n=number, question=names.clean(answer.question), answer=line(answer, scene.words))
        for number, answer in enumerate(found, start=1)
    ]


def votes(scene: Scene, found: Sequence[ShownAnswer]) -> list[list[Button]]:
    """Below answers: what helped, what does not belong here."""
    helps = [scene.button("b_helps_no", "hlp", one.answer_id, n=n) for n, one in enumerate(found, start=1) if one.by == BUYER]
    wrong = [scene.button("b_report_no", "rpt", one.answer_id, n=n) for n, one in enumerate(found, start=1)]
    return [row for row in (helps, wrong) if row]


@taps.on("qall", at=At.ANYWHERE)
async def all_answers(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """All answers to a question: in private, where there is room."""
    if not scene.private:
        return tap.answer(url=deep_link(scene.desk.bot_username, f"q_{tap.id}"))
    await scene.write(of_question, scene, tap.id)
    return tap.answer()


def of_question(session: Session, who: Who, scene: Scene, question_id: int) -> None:
    """One question with every answer to it."""
    found = answers_to(session, who, question_id)
    question = questions.by_id(session, question_id)
    title = scene.words.option(load(session, Product, question.product_id).title)
    seen = question.asker_id == who.person_id or (question.public and question.state in questions.ALIVE)
    if not seen:
        raise DomainError("answer_gone")
    lines = [line(answer, scene.words) for answer in found]
    words = names.clean(question.words)
    html = scene.words.text("answers_all", product=title, question=words, answers=lines, n=len(lines))
    say(session, who, html, keyboard(*votes(scene, found)))


@taps.on("shs", at=At.PRIVATE)
async def showcase(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """A showcase with its photo, as the circle sees it."""
    await scene.write(_shown_by, tap.id)
    return tap.answer()


def _shown_by(session: Session, who: Who, showcase_id: int) -> None:
    row = load(session, Showcase, showcase_id)
    if not circles.is_member(session, row.circle_id, who.person_id):
        raise DomainError("not_a_member")
    if not row.public or row.state != WordsState.SHOWN:
        raise DomainError("answer_gone")
    params: dict[str, object] = {"showcase_id": showcase_id, "circle_id": row.circle_id, "buttons": "showcase_told"}
    message = Message(
        route=Route.PRIVATE, template="showcase_told", params=params, person_id=who.person_id, priority=Priority.OWN_ACTION
    )
    outbox.enqueue(session, [message], who.now)

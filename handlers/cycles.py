"""The button below a reorder letter: nothing of it is open, so it becomes a wish in a circle of the reader's."""

from typing import cast

from aiogram.methods import AnswerCallbackQuery
from sqlalchemy.orm import Session

from bot.core import names
from bot.core.i18n import language_of, text_of
from handlers.scene import Scene, Who
from handlers.taps import At, Tap, taps
from models import circles, notices, wishing
from models.catalogue import Product
from models.columns import Texts
from models.errors import DomainError
from models.rows import load, number_of
from models.want_words import MOST


@taps.on("iwant", at=At.PRIVATE)
async def i_want(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """As if they had written /want in their circle of that shop."""
    circle = await scene.write(_wished, scene.desk.language, tap.id)
    return tap.answer(scene.words.say("i_want_noted", circle=names.shown(circle, 40)))


def _wished(session: Session, who: Who, language: str, product_id: int) -> str:
    """The title of the circle that reads the wish. Raises i_want_nowhere, and as wishing.wish."""
    product = load(session, Product, product_id)
    there = next((circle for circle in circles.of_member(session, who.person_id) if circle.shop_id == product.shop_id), None)
    if there is None:
        raise DomainError("i_want_nowhere")
    title = text_of(cast(Texts, dict(product.title)), language_of(None, there, language))
    words = names.shorten(names.clean(title), MOST)
    _, facts = wishing.wish(session, number_of(there.id), who.person_id, words, who.now)
    notices.notify(session, facts, who.now)
    return there.title

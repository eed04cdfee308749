"""Showcases (晒单): a photo with words of what came, in private; the circle sees it only if its author says so.

Invariant: what a campaign promised for it stands in the button's own signed data, and is given once an order, whatever the
words say.
"""

from aiogram import F, Router
from aiogram.fsm.state import State
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import Message
from sqlalchemy.orm import Session

from bot.core.buttons import keyboard
from handlers.replies import say
from handlers.scene import Scene, Who
from handlers.taps import At, Tap, taps
from handlers.wording import finish, words_of
from models import lists, notices, showcases
from models.orders import Order
from models.rows import load
from models.states import WordsState

SHOWING = State("photo", group_name="showcase")
EDITING = State("words", group_name="showcase")


def routes() -> Router:
    """What follows the button."""
    router = Router(name="showcase")
    router.message.register(shown, SHOWING, F.photo)
    router.message.register(shown, SHOWING, F.text, ~F.text.startswith("/"))
    router.message.register(edited, EDITING, F.text, ~F.text.startswith("/"))
    return router


@taps.on("shc", at=At.PRIVATE)
async def begin(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """The next photo shows what came."""
    assert scene.state is not None
    await scene.unit.read(_may_show, scene, tap.id)
    await scene.state.set_state(SHOWING)
    await scene.state.set_data({"order": tap.id, "points": int(tap.arg) if tap.arg and tap.arg.isdecimal() else 0})
    await scene.write(_prompted, scene)
    return tap.answer()


@taps.on("shp", at=At.PRIVATE)
async def consented(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """Whether the circle sees it."""
    public = tap.arg == "1"
    await scene.write(_consented, tap.id, public)
    return tap.answer(scene.words.say("showcase_public" if public else "showcase_private"))


@taps.on("she", at=At.PRIVATE)
async def otherwise(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """The next line replaces the words; the photo stays."""
    assert scene.state is not None
    await scene.unit.read(_own, scene, tap.id)
    await scene.state.set_state(EDITING)
    await scene.state.set_data({"showcase": tap.id})
    await scene.write(_prompted_anew, scene)
    return tap.answer()


@taps.on("shd", at=At.PRIVATE)
async def taken_back(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """Words and photo are gone; what it was thanked with stays."""
    await scene.write(_deleted, tap.id)
    return tap.answer(scene.words.say("answer_deleted"))


async def shown(message: Message, scene: Scene) -> None:
    """The photo with its words."""
    assert scene.state is not None
    known = await scene.state.get_data()
    await finish(scene, _made, scene, int(known["order"]), int(known["points"]), *words_of(message))


async def edited(message: Message, scene: Scene) -> None:
    """The words, said otherwise."""
    assert scene.state is not None
    known = await scene.state.get_data()
    await finish(scene, _edited, scene, int(known["showcase"]), message.text or "")


def _may_show(session: Session, scene: Scene, order_id: int) -> None:
    """Raises not_yours, not_collected, shown_already, order_ended, gone, before a conversation begins."""
    showcases.may_make(session, load(session, Order, order_id), scene.person.id if scene.person else 0)


def _own(session: Session, scene: Scene, showcase_id: int) -> None:
    showcases.of_author(session, showcase_id, scene.person.id if scene.person else 0)


def _prompted(session: Session, who: Who, scene: Scene) -> None:
    say(session, who, scene.words.text("photo_needed"))


def _prompted_anew(session: Session, who: Who, scene: Scene) -> None:
    say(session, who, scene.words.text("answer_empty"))


def _made(session: Session, who: Who, scene: Scene, order_id: int, points: int, words: str, photo: str | None) -> None:
    showcase_id, facts = showcases.make(session, order_id, who.person_id, words, photo, False, who.now)
    facts += showcases.thank(session, showcase_id, points, who.now)
    notices.notify(session, facts, who.now)
    _sent(session, who, scene, showcase_id)


def _edited(session: Session, who: Who, scene: Scene, showcase_id: int, words: str) -> None:
    notices.notify(session, showcases.edit(session, showcase_id, who.person_id, words, who.now), who.now)
    _sent(session, who, scene, showcase_id)


def _sent(session: Session, who: Who, scene: Scene, showcase_id: int) -> None:
    showcase = showcases.of_author(session, showcase_id, who.person_id)
    circle = lists.order_of(session, showcase.order_id).circle
    waits = showcase.state != WordsState.SHOWN
    html = scene.words.text("showcase_sent", circle=circle, waits=waits, public=showcase.public)
    asks = [scene.button("b_showcase_yes", "shp", showcase_id, 1), scene.button("b_consent_no", "shp", showcase_id, 0)]
    more = [scene.button("b_say_otherwise", "she", showcase_id), scene.button("b_take_back", "shd", showcase_id)]
    say(session, who, html, keyboard(*([] if showcase.public else [asks]), more))


def _consented(session: Session, who: Who, showcase_id: int, public: bool) -> None:
    notices.notify(session, showcases.consent(session, showcase_id, who.person_id, public, who.now), who.now)


def _deleted(session: Session, who: Who, showcase_id: int) -> None:
    showcases.delete(session, showcase_id, who.person_id, who.now)

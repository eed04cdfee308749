"""What a person sets for themselves: language, how they stand on cards, what is kept of them. Their time zone is /quiet's."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import Message
from sqlalchemy.orm import Session

from bot.core.buttons import Keyboard, keyboard
from bot.core.i18n import languages
from bot.core.words import Words
from handlers.replies import said, say, unseen
from handlers.scene import Scene, Who
from handlers.taps import At, Tap, taps
from models import outbox, people, privacy
from models.errors import DomainError
from models.outbox import Priority, Route
from models.people import Person
from models.rows import load

NAMES = {"en": "English", "zh_CN": "中文"}  # each language in its own words


def routes() -> Router:
    """/language and /privacy, in private."""
    router = Router(name="settings")
    router.message.register(language, Command("language"))
    router.message.register(privacy_, Command("privacy"))
    return router


async def language(message: Message, scene: Scene) -> None:
    """Offers the languages there are."""
    row = [scene.desk.buttons.button(NAMES.get(code, code), "lang", i) for i, code in enumerate(languages())]
    await scene.write(said, scene.words.text("language_which"), keyboard(row), unseen(scene, message.message_id))


@taps.on("lang", at=At.ANYWHERE)
async def language_chosen(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """The choice wins over the app's language from now on."""
    if tap.id >= len(languages()):
        raise DomainError("old_button")
    await scene.write(_speak, languages()[tap.id])
    scene.forget_person()
    return tap.answer(Words(languages()[tap.id]).say("language_chosen"))


async def privacy_(message: Message, scene: Scene) -> None:
    """What is kept, and what one can do about it."""
    del message
    await scene.write(_choices, scene)


@taps.on("prv", at=At.PRIVATE)
async def privacy_set(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """`arg` says which choice was made."""
    work = _PRIVACY.get(tap.arg or "")
    if work is None:
        raise DomainError("old_button")
    await scene.write(work, scene)
    scene.forget_person()
    return tap.answer(scene.words.say("privacy_set"))


def _speak(session: Session, who: Who, chosen: str) -> None:
    people.choose_language(session, who.person_id, chosen, who.now)


def _choices(session: Session, who: Who, scene: Scene) -> None:
    person = load(session, Person, who.person_id)
    html = scene.words.text("privacy_text", cues=person.keeps_cues, initial=person.by_initial)
    say(session, who, html, _privacy_buttons(scene, person))


def _privacy_buttons(scene: Scene, person: Person) -> Keyboard:
    cues = "b_cues_off" if person.keeps_cues else "b_cues_on"
    standing = "b_name" if person.by_initial else "b_initial"
    return keyboard(
        [scene.button("b_export", "prv", 0, "export")],
        [scene.button(cues, "prv", 0, "cues"), scene.button(standing, "prv", 0, "initial")],
        [scene.button("b_erase", "prv", 0, "erase")],
    )


def _cues(session: Session, who: Who, scene: Scene) -> None:
    person = load(session, Person, who.person_id)
    people.keep_cues(session, who.person_id, not person.keeps_cues, who.now)
    _choices(session, who, scene)


def _initial(session: Session, who: Who, scene: Scene) -> None:
    person = load(session, Person, who.person_id)
    people.set_initial(session, who.person_id, not person.by_initial, who.now)
    _choices(session, who, scene)


def _export(session: Session, who: Who, scene: Scene) -> None:
    """The file is made when it is sent, from what stands then."""
    del scene
    row = outbox.Message(route=Route.FILE, template="export", person_id=who.person_id, priority=Priority.OWN_ACTION)
    outbox.enqueue(session, [row], who.now)


def _erase_ask(session: Session, who: Who, scene: Scene) -> None:
    say(session, who, scene.words.text("erase_sure"), keyboard([scene.button("b_erase_sure", "prv", 0, "erased")]))


def _erase(session: Session, who: Who, scene: Scene) -> None:
    del scene
    privacy.erase(session, who.person_id, who.now)


_PRIVACY = {"cues": _cues, "initial": _initial, "export": _export, "erase": _erase_ask, "erased": _erase}

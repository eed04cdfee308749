"""/questions: for owners what waits for an answer and what waits for a look, for others what they asked; decisions about words.

Invariants: words that wait are seen by owners of the shop and admins of the circle alone, and Telegram says who is one at
the moment of the tap; nobody decides about their own words; who decided what is shown to the owners.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from aiogram import Router
from aiogram.exceptions import TelegramAPIError
from aiogram.filters import Command
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import Message
from markupsafe import Markup
from sqlalchemy.orm import Session

from bot.core import names, times
from bot.core.buttons import Button, keyboard
from handlers.circles import sells_here
from handlers.replies import Reply, say, thread_of, unseen
from handlers.scene import Scene, Who
from handlers.taps import At, Tap, taps
from models import moderation, notices, questions, questions_asking, shops
from models.circles import Circle
from models.errors import DomainError
from models.moderation import Kind, Waiting
from models.people import Person
from models.questions import Waits
from models.rows import find, load, number_of

ADMINS = frozenset({"creator", "administrator"})
_DECISION = re.compile(r"(question|answer|showcase)([01])")
SHOWN = 8  # questions one page shows


def in_private() -> Router:
    """/questions in private."""
    router = Router(name="moderation")
    router.message.register(waiting, Command("questions"))
    return router


def in_circles() -> Router:
    """/questions of an admin, in the chat."""
    router = Router(name="moderation here")
    router.message.register(waiting_here, Command("questions"))
    return router


async def waiting(message: Message, scene: Scene) -> None:
    """An owner's unanswered questions, oldest first, and what waits for a look; a member's own questions."""
    del message
    await scene.write(_waiting, scene)


async def waiting_here(message: Message, scene: Scene) -> None:
    """What waits for a look in this circle, for its admins; only they see it."""
    if not await sells_here(message, scene):
        return
    assert scene.place is not None
    if not await _is_admin(scene, scene.place.chat_id):
        raise DomainError("only_admins")
    await scene.write(_waiting_here, scene, unseen(scene, message.message_id, thread_of(message)))


@taps.on("dec", at=At.ANYWHERE)
async def decided(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """Shows words that waited, or takes them away."""
    found = _DECISION.fullmatch(tap.arg or "")
    if found is None:
        raise DomainError("old_button")
    await scene.look_up()
    place = await scene.unit.read(_place, scene, Kind(found[1]), tap.id)
    admin = not place.owns and await _is_admin(scene, place.chat_id)
    shown = found[2] == "1"
    await scene.write(_decided, Kind(found[1]), tap.id, moderation.SHOWN if shown else moderation.REMOVED, admin)
    return tap.answer(scene.words.say("decided_shown" if shown else "decided_removed"))


@dataclass(frozen=True)
class _Place:
    """Where the words stand, and whether who taps sells there."""

    chat_id: int
    owns: bool


async def _is_admin(scene: Scene, chat_id: int) -> bool:
    """As Telegram says now."""
    if scene.sender is None:
        return False
    try:
        member = await scene.unit.lookups.member(chat_id, scene.sender.telegram_id)
    except TelegramAPIError:
        return False
    return member.status in ADMINS


def _place(session: Session, scene: Scene, kind: Kind, subject_id: int) -> _Place:
    subject = moderation.subject(session, kind, subject_id)
    owns = scene.person is not None and shops.owns(session, subject.shop_id, scene.person.id)
    return _Place(load(session, Circle, subject.circle_id).chat_id, owns)


def _decided(session: Session, who: Who, kind: Kind, subject_id: int, decision: str, admin: bool) -> None:
    facts = moderation.decide(session, kind, subject_id, who.person_id, decision, who.now, admin=admin)
    notices.notify(session, facts, who.now)


def _waiting(session: Session, who: Who, scene: Scene) -> None:
    sells = shops.of_owner(session, who.person_id)
    for shop in sells:
        shop_id = number_of(shop.id)
        _unanswered(session, who, scene, questions.waiting(session, shop_id, who.person_id, who.now, SHOWN), shop.name)
        _to_look_at(session, who, scene, moderation.queue(session, who.person_id, shop_id=shop_id))
        _lately(session, who, scene, shop_id)
    if not sells:
        _own(session, who, scene)


def _waiting_here(session: Session, who: Who, scene: Scene, by: Reply) -> None:
    assert who.circle_id is not None
    found = moderation.queue(session, who.person_id, circle_id=who.circle_id)
    _to_look_at(session, who, scene, found, by)
    if not found:
        say(session, who, scene.words.text("queue_empty"), by=by)


def _unanswered(session: Session, who: Who, scene: Scene, found: list[Waits], shop: str) -> None:
    lines, row = [], list[Button]()
    for number, one in enumerate(found, start=1):
        lines.append(scene.words.text(
            "question_waiting", n=number, question=names.clean(one.words), product=scene.words.option(one.product),
            waits=_span(scene, one.waits), asked=one.asked_people, like=one.like, may=one.may_answer, of=one.asked_of,
        ))  # fmt: skip
        if one.may_answer:
            row.append(scene.button("b_answer_no", "sans", one.question_id, n=number))
    html = scene.words.text("questions_waiting", lines=lines, shop=names.shown(shop, 60))
    say(session, who, html, keyboard(row) if row else None)


def _span(scene: Scene, waits: timedelta) -> str:
    days, hours, minutes = times.parts(waits)
    return scene.words.say("time_left", days=days, hours=hours, minutes=minutes)


def _to_look_at(session: Session, who: Who, scene: Scene, found: list[Waiting], by: Reply | None = None) -> None:
    """A message each, so that its buttons are plain."""
    for one in found[:SHOWN]:
        html = scene.words.text(
            "words_waiting", kind=str(one.kind), why=one.why, reports=one.reports, author=_name(session, one.author_id),
            written=names.clean(one.words), photo=one.photo_file_id is not None,
        )  # fmt: skip
        row = [
            scene.button("key_show_words", "dec", one.subject_id, f"{one.kind}1"),
            scene.button("key_remove_words", "dec", one.subject_id, f"{one.kind}0"),
        ]
        if by is None:
            say(session, who, html, keyboard(row))
        else:
            say(session, who, html, keyboard(row), by=by)


def _lately(session: Session, who: Who, scene: Scene, shop_id: int) -> None:
    """Who decided what."""
    rows = moderation.lately(session, shop_id, who.person_id)
    lines = [
        scene.words.text(
            "decision_line", who=_name(session, row.by), kind=row.kind, decision=row.decision, why=row.why, admin=row.as_admin,
            at=row.at,
        )
        for row in rows
    ]  # fmt: skip
    if lines:
        say(session, who, Markup("\n").join([scene.words.text("decisions_lately"), *lines]))


def _own(session: Session, who: Who, scene: Scene) -> None:
    mine = questions_asking.of_asker(session, who.person_id)
    alive = [row for row in mine if row.state in {*questions.ALIVE, "held"}]
    lines = [
        scene.words.text("question_own", n=n, question=names.clean(row.words), state=row.state) for n, row in enumerate(alive, 1)
    ]
    row = [scene.button("b_look_no", "qall", number_of(row.id), n=n) for n, row in enumerate(alive, 1)]
    html = Markup("\n").join([scene.words.text("questions_own"), *lines]) if lines else scene.words.text("questions_none")
    say(session, who, html, keyboard(row) if row else None)


def _name(session: Session, person_id: int | None) -> str:
    person = find(session, Person, person_id) if person_id is not None else None
    return names.shown(person.name) if person is not None else names.NOBODY

"""Votes in members' polls. A poll can be passed on to any chat, so a vote counts only from who is in the circle it was made for.

Invariants: a vote is answered by the poll itself; one that is quicker than the news of its own poll is not lost: the
update fails and is heard again. One in a poll that was cut off while it left finds that poll (models/polls_lost.py).
"""

from aiogram import Router
from aiogram.exceptions import TelegramAPIError
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import Poll, PollAnswer
from sqlalchemy.orm import Session

from bot.core import campaign_words
from bot.core.buttons import keyboard
from bot.core.i18n import language_of
from bot.core.subjects import subject
from bot.core.words import Words
from handlers.circles import is_within
from handlers.replies import show_anew
from handlers.scene import Scene, Who
from handlers.taps import At, Tap, taps
from models import circles, notices, polls, polls_lost
from models.polls import DemandPoll, Place
from models.rows import number_of


class PollNotYet(Exception):  # noqa: N818  # reads as what happened; the inbox tries again
    """A poll has left, and which id Telegram gave it is not written down yet; or several have that were cut off."""


def routes() -> Router:
    """What the bot hears of polls."""
    router = Router(name="polls")
    router.poll_answer.register(voted)
    router.poll.register(changed)
    return router


async def voted(answer: PollAnswer, scene: Scene) -> None:
    """The first option wants it; the other does not, nor does who takes the vote back."""
    if scene.sender is None:
        return  # an anonymous admin is nobody in particular
    place, lost = await scene.unit.read(_found, answer.poll_id, scene.sender.telegram_id)
    if place is not None and (place.inside or await _is_there(scene, place)):
        await scene.write(_voted, place, answer, lost)


async def changed(poll: Poll, scene: Scene) -> None:
    """Telegram tells the words of a poll that was voted in: if it is one that was lost, it is found."""
    found = await scene.unit.read(_alike, scene, poll)
    if found is not None:
        await scene.unit.write(polls_lost.found, found, poll.id, scene.now)


@taps.on("pollp", at=At.PRIVATE)
async def again(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """The owner looked, and it is not there."""
    await scene.write(_again, scene, tap)
    return tap.answer()


async def _is_there(scene: Scene, place: Place) -> bool:
    """Telegram is asked of whoever never spoke; where it does not say, they do not count."""
    assert scene.sender is not None
    try:
        return is_within(await scene.unit.lookups.member(place.chat_id, scene.sender.telegram_id))
    except TelegramAPIError:
        return False


def _found(session: Session, poll_id: str, telegram_id: int) -> tuple[Place | None, bool]:
    """The poll, and whether it was lost until now. Raises PollNotYet where that is to be seen yet."""
    place = polls.place(session, poll_id, telegram_id)
    if place is not None:
        return place, False
    lost = polls_lost.candidates(session, telegram_id)
    among = [one for one in lost if one.inside] if len(lost) > 1 else lost
    if polls.on_its_way(session) or (lost and len(among) != 1):
        raise PollNotYet(poll_id)
    return (among[0] if among else None), True


def _voted(session: Session, who: Who, place: Place, answer: PollAnswer, lost: bool) -> None:
    if lost:
        polls_lost.found(session, place.poll_id, answer.poll_id, who.now)
    facts = polls.vote(session, place.poll_id, who.person_id, answer.option_ids == [0], who.now, joins=not place.inside)
    notices.notify(session, facts, who.now)


def _alike(session: Session, scene: Scene, poll: Poll) -> int | None:
    """The one poll nobody is sure of that says just this; None if there is none, or more than one."""
    asked = poll.question, [option.text for option in poll.options]
    found = [number_of(one.id) for one in polls_lost.waiting(session) if _said(session, scene, one) == asked]
    return found[0] if len(found) == 1 else None


def _said(session: Session, scene: Scene, poll: DemandPoll) -> tuple[object, list[str]]:
    """Its words as its circle reads them."""
    about = subject(session, {}, poll.circle_id)
    language = language_of(None, circles.by_id(session, poll.circle_id), scene.desk.language)
    words = Words(language, now=scene.now).here(currency=about.currency, zone=about.zone)
    said = campaign_words.poll_said(session, poll, words)
    return said["question"], [words.say(option) for option in campaign_words.OPTIONS]


def _again(session: Session, who: Who, scene: Scene, tap: Tap) -> None:
    polls_lost.put_again(session, tap.id, who.person_id, who.now)
    show_anew(session, who, tap.message_id, scene.words.text("poll_again"), keyboard())

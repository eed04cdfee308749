"""Votes in members' polls. A poll can be passed on to any chat, so a vote counts only from who is in the circle it was made for.

Invariants: a vote is answered by the poll itself; one that is quicker than the news of its own poll is not lost: the
update fails and is heard again.
"""

from aiogram import Router
from aiogram.exceptions import TelegramAPIError
from aiogram.types import PollAnswer
from sqlalchemy.orm import Session

from handlers.circles import is_within
from handlers.scene import Scene, Who
from models import notices, polls
from models.polls import Place


class PollNotYet(Exception):  # noqa: N818  # reads as what happened; the inbox tries again
    """A poll has left, and which id Telegram gave it is not written down yet."""


def routes() -> Router:
    """What the bot hears of polls."""
    router = Router(name="polls")
    router.poll_answer.register(voted)
    return router


async def voted(answer: PollAnswer, scene: Scene) -> None:
    """The first option wants it; the other does not, nor does who takes the vote back."""
    if scene.sender is None:
        return  # an anonymous admin is nobody in particular
    place, coming = await scene.unit.read(_found, answer.poll_id, scene.sender.telegram_id)
    if place is None and coming:
        raise PollNotYet(answer.poll_id)
    if place is not None and (place.inside or await _is_there(scene, place)):
        await scene.write(_voted, place, answer.option_ids == [0])


async def _is_there(scene: Scene, place: Place) -> bool:
    """Telegram is asked of whoever never spoke; where it does not say, they do not count."""
    assert scene.sender is not None
    try:
        return is_within(await scene.unit.lookups.member(place.chat_id, scene.sender.telegram_id))
    except TelegramAPIError:
        return False


def _found(session: Session, poll_id: str, telegram_id: int) -> tuple[Place | None, bool]:
    place = polls.place(session, poll_id, telegram_id)
    return place, place is None and polls.on_its_way(session)


def _voted(session: Session, who: Who, place: Place, wants: bool) -> None:
    facts = polls.vote(session, place.poll_id, who.person_id, wants, who.now, joins=not place.inside)
    notices.notify(session, facts, who.now)

"""Joining, changing and leaving a group buy in its circle by a tap on its card. The hot path: one write, one answer.

Invariant: a tap moves pieces only where its button stands on the group buy's own card.
"""

from aiogram.methods import AnswerCallbackQuery
from sqlalchemy.orm import Session

from handlers.scene import Scene, Who
from handlers.taps import At, Tap, taps
from models import cards, joins, notices, shares, spoken, waitlist
from models.errors import DomainError
from models.facts import SeatLeft, SeatTaken
from models.seats import Way
from models.wishes import Change, How


@taps.on("j", at=At.CIRCLE)
async def one_more(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """+1, of the option the button names."""
    return await _moved(tap, scene, 1)


@taps.on("f", at=At.CIRCLE)
async def one_fewer(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """−1; the last one leaves the group buy."""
    return await _moved(tap, scene, -1)


@taps.on("w", at=At.CIRCLE)
async def wait_for_a_seat(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """The one button a sold-out or locked card keeps."""
    place = await scene.write(_waiting, tap)
    return tap.answer(scene.words.say("waiting_taken", place=place))


async def _moved(tap: Tap, scene: Scene, pieces: int) -> AnswerCallbackQuery:
    memory, place = scene.desk.memory, scene.place
    assert place is not None
    is_card = memory.cards.get((place.id, tap.message_id), scene.now) == tap.id
    via = memory.came_by.get((tap.id, scene.person.id), scene.now) if scene.person else None
    fact, came_by = await scene.write(_seat, tap, pieces, is_card, via)
    memory.cards.put((place.id, tap.message_id), tap.id, scene.now)
    memory.came_by.put((tap.id, fact.person_id), came_by, scene.now)
    return tap.answer(scene.words.seat_answer(fact))


def _seat(
    session: Session, who: Who, tap: Tap, pieces: int, is_card: bool, via: int | None
) -> tuple[SeatTaken | SeatLeft, int]:
    """Moves the seat; `is_card` and `via` are what memory knows already (0: by nobody's link)."""
    if not is_card:
        must_be_card(session, who, tap)
    if via is None:
        via = shares.came_by(session, tap.id, who.person_id) or 0
    option = spoken.option_at(session, tap.id, tap.number) if tap.arg else ""
    facts = joins.change(session, tap.id, who.person_id, Change("add", pieces, option), How(Way.TAPPED, via or None), who.now)
    notices.notify(session, facts, who.now)
    own = facts[0]
    assert isinstance(own, SeatTaken | SeatLeft)
    return own, via


def _waiting(session: Session, who: Who, tap: Tap) -> int:
    must_be_card(session, who, tap)
    option = spoken.option_at(session, tap.id, tap.number) if tap.arg else ""
    return waitlist.wait(session, tap.id, who.person_id, 1, option, who.now)


def must_be_card(session: Session, who: Who, tap: Tap) -> None:
    """Refuses a button that does not stand on the card of the group buy it names, in this circle."""
    if who.circle_id is None or not cards.bears(session, who.circle_id, tap.id, tap.message_id):
        raise DomainError("old_button")

"""Taking part in a lucky draw: one tap, free, answered with the ticket and how many there are."""

from aiogram.methods import AnswerCallbackQuery
from sqlalchemy.orm import Session

from handlers.scene import Scene, Who
from handlers.taps import At, Tap, taps
from models import boards, drawing
from models.drawing import Entered
from models.errors import DomainError


@taps.on("drw", at=At.CIRCLE)
async def take_part(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """The same tap again tells the same ticket."""
    entered = await scene.write(_entered, tap)
    said = "draw_entered" if entered.new else "draw_entered_before"
    return tap.answer(
        scene.words.say(said, ticket=entered.ticket, prizes=entered.prizes, tickets=entered.tickets), alert=True
    )


def _entered(session: Session, who: Who, tap: Tap) -> Entered:
    if not boards.bears(session, who.circle_id, f"draw:{tap.id}", tap.message_id):
        raise DomainError("old_button")
    return drawing.enter(session, tap.id, who.circle_id, who.person_id, who.now)

"""Taking a share of a red packet, a coupon, a voucher drop: one tap, answered at once with what it came to."""

from aiogram.methods import AnswerCallbackQuery
from sqlalchemy.orm import Session

from handlers.scene import Scene, Who
from handlers.taps import At, Tap, taps
from models import boards, notices, packets_giving
from models.errors import DomainError
from models.packets import Packet
from models.packets_giving import Taken
from models.rows import load


@taps.on("pkt", at=At.CIRCLE)
async def take(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """The same tap again tells the same."""
    told = await scene.write(_taken, tap)
    return tap.answer(scene.words.say("packet_told", told=told), alert=True)


def _taken(session: Session, who: Who, tap: Tap) -> Taken:
    packet = load(session, Packet, tap.id)
    if not boards.bears(session, who.circle_id, packet.subject, tap.message_id):
        raise DomainError("old_button")
    told, facts = packets_giving.tap(session, tap.id, who.circle_id, who.person_id, who.now)
    notices.notify(session, facts, who.now)
    return told

"""Calls that leave by the outbox and are no messages: leaving a chat, pinning a card, stopping a poll, letting somebody in."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot.core.outgoing import Outgoing, Skip
from models.cards import Card
from models.circles import Circle
from models.deliveries import OutboxRow
from models.people import Person


def act(session: Session, row: OutboxRow, now: datetime) -> Outgoing | Skip:
    """The call of a row, in its circle."""
    del now
    circle = session.get(Circle, row.params.get("circle_id", row.circle_id))
    if circle is None:
        return Skip("the circle is gone")
    if row.template == "leave_chat":
        return Outgoing(circle.chat_id, "leaveChat", {})
    if row.template == "stop_poll":
        return Outgoing(circle.chat_id, "stopPoll", {"message_id": row.params["message_id"]})
    if row.template == "let_in":
        return _let_in(session, row, circle.chat_id)
    if row.template != "pin_card":
        raise ValueError(f"no act called {row.template}")
    card = session.get(Card, row.card_id) if row.card_id is not None else None
    if card is None or card.message_id is None:
        return Skip("there is no card to pin")
    return Outgoing(circle.chat_id, "pinChatMessage", {"message_id": card.message_id, "disable_notification": True})


def _let_in(session: Session, row: OutboxRow, chat_id: int) -> Outgoing | Skip:
    """Who asked to be let in by a link that the bot itself made."""
    person = session.get(Person, row.person_id)
    if person is None or person.telegram_id is None:
        return Skip("there is nobody to let in any more")
    return Outgoing(chat_id, "approveChatJoinRequest", {"user_id": person.telegram_id})

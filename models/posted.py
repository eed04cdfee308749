"""What follows from a message that stands in its chat: a new card is pinned where the bot may, a picture is kept by its id.

Invariant: these run inside the write that settles the message, so neither is lost nor done for a message that is not there.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import boards, circles, outbox
from models.cards import Card, cards
from models.catalogue import products
from models.deliveries import OutboxRow
from models.group_buys import Round, rounds
from models.outbox import Message, Priority, Route
from models.rows import load, number_of
from models.states import CircleState, RoundState

PIN = "can_pin_messages"
GOING_ON = (RoundState.OPEN, RoundState.DECIDING, RoundState.LOCKED, RoundState.SETTLING)


def card_sent(session: Session, row: OutboxRow, message: Mapping[str, object], now: datetime) -> None:
    """A card was sent anew: pin it if the bot has the right, and keep Telegram's id of its photo, if it has one."""
    card = load(session, Card, row.card_id or 0)
    if card.round_id is None:
        card.has_photo = bool(message.get("photo"))
        return  # a board is not pinned
    card.has_photo = card.has_photo and bool(message.get("photo"))
    circle = circles.by_id(session, card.circle_id)
    if circle is not None and PIN in circle.rights:
        key = f"pin:{card.id}:{message.get('message_id')}"
        pin = Message(
            route=Route.ACT, template="pin_card", circle_id=card.circle_id, card_id=card.id, dedup=key,
            priority=Priority.TRANSACTIONAL,
        )  # fmt: skip
        outbox.enqueue(session, [pin], now)
    _keep_photo(session, card, message)


def chat_lost(session: Session, row: OutboxRow, now: datetime) -> None:
    """The bot was kicked from the chat or the chat is no more."""
    circle = circles.by_id(session, row.circle_id) if row.circle_id is not None else None
    if circle is not None and circle.state != CircleState.GONE:
        circles.gone(session, number_of(circle.id), now)


def moved(session: Session, old_chat_id: int, new_chat_id: int, now: datetime) -> None:
    """The group became a supergroup: its messages stayed behind, so every card that still matters is sent anew."""
    circle = circles.by_chat(session, old_chat_id)
    circles.migrate(session, old_chat_id, new_chat_id)
    if circle is not None:
        behind = cards.c.circle_id == circle.id
        session.execute(update(cards).where(behind).values(message_id=None, digest=None, pinned=False))
        show_again(session, number_of(circle.id), now)


def show_again(session: Session, circle_id: int, now: datetime) -> None:
    """Boards, and cards of what is not over, show what is so: the bot is back in its chat, or the chat has moved."""
    going_on = (rounds.c.circle_id == circle_id, rounds.c.state.in_(GOING_ON))
    for round_id in session.scalars(select(rounds.c.id).where(*going_on).order_by(rounds.c.id)).all():
        outbox.mark_card(session, round_id, now)
    for subject in session.scalars(select(cards.c.subject).where(cards.c.circle_id == circle_id, cards.c.subject.is_not(None))):
        boards.mark(session, subject, now)  # one that is over is not sent anew


def _keep_photo(session: Session, card: Card, message: Mapping[str, object]) -> None:
    """Sent once, a picture is named by its id from then on."""
    sizes = message.get("photo")
    if isinstance(sizes, list) and sizes:
        product_id = load(session, Round, card.round_id or 0).product_id
        unknown = (products.c.id == product_id, products.c.photo_file_id.is_(None))
        session.execute(update(products).where(*unknown).values(photo_file_id=str(sizes[-1]["file_id"])))

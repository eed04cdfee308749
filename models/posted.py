"""What follows from a message that stands in its chat: a new card is pinned where the bot may, a picture is kept by its id.

Invariant: these run inside the write that settles the message, so neither is lost nor done for a message that is not there.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from models import circles, outbox
from models.cards import Card
from models.catalogue import products
from models.deliveries import OutboxRow
from models.group_buys import Round
from models.outbox import Message, Priority, Route
from models.rows import load, number_of
from models.states import CircleState

PIN = "can_pin_messages"


def card_sent(session: Session, row: OutboxRow, message: Mapping[str, object], now: datetime) -> None:
    """A card was sent anew: pin it if the bot has the right, and keep Telegram's id of its photo."""
    card = load(session, Card, row.card_id or 0)
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


def _keep_photo(session: Session, card: Card, message: Mapping[str, object]) -> None:
    """Sent once, a picture is named by its id from then on."""
    sizes = message.get("photo")
    if isinstance(sizes, list) and sizes:
        product_id = load(session, Round, card.round_id).product_id
        unknown = (products.c.id == product_id, products.c.photo_file_id.is_(None))
        session.execute(update(products).where(*unknown).values(photo_file_id=str(sizes[-1]["file_id"])))

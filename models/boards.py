"""Boards: messages in a circle that show something besides a group buy, and edit themselves: a wish, a question, a draw …

They are cards (models/cards.py) and share everything with them: one dirty mark that waits, newest wins, an equal digest
is not sent, sent anew when somebody deleted them. What a board shows is in bot/core/boards.py, by the kind before the
colon of its subject. Invariant: one board a subject.
"""

from datetime import datetime

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from models import outbox
from models.cards import cards
from models.outbox import Message, Priority, Route
from models.rows import insert_into


def post(session: Session, circle_id: int, subject: str, now: datetime) -> None:
    """The subject is shown in its circle from now on; said twice, it is one board."""
    row = {"circle_id": circle_id, "subject": subject, "has_photo": False, "pinned": False}
    session.execute(insert_into(session, cards).values(row).on_conflict_do_nothing(index_elements=["subject"]))
    mark(session, subject, now)


def mark(session: Session, subject: str, now: datetime) -> None:
    """What the board shows is no longer so; it is edited soon, however often this is said."""
    card = _card(session, subject)
    if card is not None:
        message = Message(
            route=Route.CARD, template="board", circle_id=card.circle_id, card_id=card.id, priority=Priority.TRANSACTIONAL
        )
        outbox.enqueue(session, [message], now)


def bears(session: Session, circle_id: int | None, subject: str, message_id: int) -> bool:
    """Whether this message of the circle is the subject's board (or may be: one on its way has no number yet)."""
    card = _card(session, subject)
    return card is not None and card.circle_id == circle_id and card.message_id in {message_id, None}


def _card(session: Session, subject: str) -> "Row[int, int, int | None] | None":
    query = select(cards.c.id, cards.c.circle_id, cards.c.message_id).where(cards.c.subject == subject)
    return session.execute(query).one_or_none()

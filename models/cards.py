"""Cards: the one message in a chat that shows a group buy, or a board: a message that shows a wish, a question, a draw …

Invariant: what a card shows is composed when it is sent, never stored; it is of one round or of one other subject.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, bindparam, or_, select
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from models.columns import BigId, Instant, table_of


class Card(SQLModel, table=True):
    """Where a card stands in its circle. `message_id` is None until it was sent, or once it is gone.

    `subject` is what a board shows, as in "want:12" (models/boards.py); a group buy's card has a round instead.
    """

    __tablename__ = "cards"
    __table_args__ = (
        Index("ix_cards_message", "circle_id", "message_id"),
        CheckConstraint("(round_id IS NULL) <> (subject IS NULL)", name="one_subject"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    round_id: int | None = Field(default=None, unique=True, sa_type=BigId, sa_column_args=[ForeignKey("rounds.id")])
    subject: str | None = Field(default=None, unique=True)
    circle_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("circles.id")])
    message_id: int | None = Field(default=None, sa_type=BigInteger)
    has_photo: bool = False
    pinned: bool = False
    digest: str | None = None
    sent_at: datetime | None = Field(default=None, sa_type=Instant)
    edited_at: datetime | None = Field(default=None, sa_type=Instant)


cards = table_of(Card)
_BEARS = select(cards.c.id).where(
    cards.c.round_id == bindparam("round_id"), cards.c.circle_id == bindparam("circle_id"),
    or_(cards.c.message_id == bindparam("message_id"), cards.c.message_id.is_(None)),
)  # fmt: skip


def bears(session: Session, circle_id: int, round_id: int, message_id: int) -> bool:
    """Whether this message of the circle is the group buy's card.

    A card without a number is on its way: its first taps may be here before Telegram's answer that names it.
    """
    where = {"round_id": round_id, "circle_id": circle_id, "message_id": message_id}
    return session.connection().execute(_BEARS, where).first() is not None

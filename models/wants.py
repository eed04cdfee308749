"""What members of a circle wish for (`/want oranges`): others add their voice, and at a set number the owner is asked.

Invariants: one open wish a circle and folded words; one voice a member; the owner is asked once a wish.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Column, ForeignKey, Index, text
from sqlmodel import Field, SQLModel

from models.columns import BigId, Instant, table_of

_OPEN = text("state IN ('open', 'asked')")


class WantState(StrEnum):
    """A wish's life."""

    OPEN = "open"  # open -> asked, ended
    ASKED = "asked"  # enough voices, the owner knows: asked -> offered, declined, ended
    OFFERED = "offered"
    DECLINED = "declined"
    ENDED = "ended"


class Want(SQLModel, table=True):
    """A wish. `folded`: its words as they are compared; `product_id`: what of the catalogue it means, if it was found there."""

    __tablename__ = "wants"
    __table_args__ = (
        Index("uq_wants_open", "circle_id", "folded", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    circle_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("circles.id")])
    words: str
    folded: str
    product_id: int | None = Field(default=None, sa_type=BigId, sa_column_args=[ForeignKey("products.id")])
    state: str = WantState.OPEN
    needed: int  # voices at which the owner is asked
    message_id: int | None = Field(default=None, sa_column=Column(BigInteger))  # of the line in the circle
    round_id: int | None = Field(default=None, sa_type=BigId, sa_column_args=[ForeignKey("rounds.id")])  # what came of it
    created_at: datetime = Field(sa_type=Instant)
    changed_at: datetime = Field(sa_type=Instant)


class WantVoice(SQLModel, table=True):
    """One member's voice for a wish."""

    __tablename__ = "want_voices"

    want_id: int = Field(primary_key=True, sa_type=BigId, sa_column_args=[ForeignKey("wants.id")])
    person_id: int = Field(primary_key=True, sa_type=BigId, index=True, sa_column_args=[ForeignKey("people.id")])
    at: datetime = Field(sa_type=Instant)


wants, voices = table_of(Want), table_of(WantVoice)

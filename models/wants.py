"""What members of a circle wish for (`/want oranges`), and who wishes for it. How wishes move is in models/wishing.py.

Invariants: one open wish a circle and folded words; one voice a member, and only those count who are still in the circle;
an erased person's voice goes, and with the last voice the words.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ForeignKey, Index, delete, func, select, text
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from models import boards, shops
from models.circles import Circle, membership_table
from models.columns import BigId, Instant, table_of
from models.errors import DomainError
from models.group_buys import rounds
from models.rows import fresh, hold, load, number_of
from models.states import WANT, WantState, advance

_OPEN = text("state IN ('open', 'asked')")
LIVE = (WantState.OPEN, WantState.ASKED)
TOLD_OF = (*LIVE, WantState.DECLINED)  # who wished hears of it when it opens after all
KEPT = timedelta(days=60)  # a wish that nobody joined for so long is over
LONG = 8  # wishes of a list that people read on a phone


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
    thread_id: int | None = Field(default=None, sa_type=BigInteger)  # the forum topic in which it was said: its board's place
    state: str = WantState.OPEN
    needed: int  # voices at which the owner is asked
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


@dataclass(frozen=True)
class Wished:
    """A wish as it is told: its words as the first said them, and how many wish for it."""

    want_id: int
    words: str
    voices: int
    needed: int
    news: str = ""  # to whoever spoke: "new", "joined", or "known" where they had wished for it before


def board_of(want_id: int) -> str:
    """The subject of its board."""
    return f"want:{want_id}"


def told(session: Session, row: Want, news: str = "") -> Wished:
    """The wish with its voices as they stand."""
    want_id = number_of(row.id)
    return Wished(want_id, row.words, len(members(session, want_id)), row.needed, news)


def members(session: Session, want_id: int) -> list[int]:
    """Who wishes for it and is still in the circle, the first first."""
    query = (
        select(voices.c.person_id).join(wants, wants.c.id == voices.c.want_id)
        .join(membership_table, (membership_table.c.circle_id == wants.c.circle_id)
              & (membership_table.c.person_id == voices.c.person_id) & membership_table.c.left_at.is_(None))
        .where(voices.c.want_id == want_id).order_by(voices.c.at, voices.c.person_id)
    )  # fmt: skip
    return list(session.scalars(query))


def listed(session: Session, circle_id: int, now: datetime) -> list[Wished]:
    """The open wishes of a circle, the most wished for first."""
    here = (wants.c.circle_id == circle_id, wants.c.state.in_(LIVE), wants.c.changed_at > now - KEPT)
    found = [told(session, row) for row in fresh(session, select(Want).where(*here).order_by(wants.c.id))]
    return sorted((one for one in found if one.voices), key=lambda one: -one.voices)[:LONG]


def for_owner(session: Session, want_id: int, person_id: int) -> Want:
    """The wish, for an owner of its circle's shop. Raises gone, not_yours, wish_over."""
    row = hold(session, Want, want_id)
    shops.require_owner(session, load(session, Circle, row.circle_id).shop_id or 0, person_id)
    if row.state not in TOLD_OF:
        raise DomainError("wish_over")
    return row


def last_round(session: Session, row: Want) -> int | None:
    """The last group buy of what is wished for, in this circle: its terms can be offered again. None if there was none."""
    before = (rounds.c.circle_id == row.circle_id, rounds.c.product_id == row.product_id, rounds.c.opened_at.is_not(None))
    found: int | None = session.execute(select(func.max(rounds.c.id)).where(*before)).scalar_one()
    return found


def forget(session: Session, person_id: int, now: datetime) -> None:
    """An erased person's voices go, and with the last voice the words."""
    mine = session.scalars(select(voices.c.want_id).where(voices.c.person_id == person_id)).all()
    session.execute(delete(voices).where(voices.c.person_id == person_id))
    for want_id in mine:
        row = hold(session, Want, want_id)
        if not session.execute(select(voices.c.person_id).where(voices.c.want_id == want_id).limit(1)).first():
            row.words, row.folded = "", ""
            if row.state in LIVE:
                move(session, row, WantState.ENDED, now)
        boards.mark(session, board_of(want_id), now)


def move(session: Session, row: Want, state: WantState, now: datetime) -> None:
    """Takes the wish to its next state; its board follows."""
    row.state, row.changed_at = advance(WANT, row.state, state), now
    session.flush()
    boards.mark(session, board_of(number_of(row.id)), now)


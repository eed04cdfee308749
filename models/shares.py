"""Shares: an opaque token in a link that leads a friend to a group buy and remembers whose link it was.

Invariants: one link a member and round; the first link a member came by stays; nobody comes by their own; a link leads
members of the circle only.
"""

import secrets
from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint, bindparam, select, update
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from models import circles
from models.columns import BigId, Instant, table_of
from models.errors import DomainError
from models.group_buys import Round
from models.rows import fresh, insert_into, load, number_of


class Share(SQLModel, table=True):
    """A member's own link to one group buy, with a sentence of their own if they like. One a member and round."""

    __tablename__ = "shares"
    __table_args__ = (UniqueConstraint("round_id", "person_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    token: str = Field(unique=True)
    round_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("rounds.id")])
    person_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("people.id")])
    words: str = ""
    opened: int = 0  # how often somebody came by it
    created_at: datetime = Field(sa_type=Instant)


class Arrival(SQLModel, table=True):
    """Somebody came to a group buy by a share: the cue that is remembered when they join."""

    __tablename__ = "arrivals"

    round_id: int = Field(primary_key=True, sa_type=BigId, sa_column_args=[ForeignKey("rounds.id")])
    person_id: int = Field(primary_key=True, sa_type=BigId, sa_column_args=[ForeignKey("people.id")])
    share_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("shares.id")])
    at: datetime = Field(sa_type=Instant)


share_table, arrival_table = table_of(Share), table_of(Arrival)

MOST_WORDS = 200  # characters of a sentence of one's own

_CAME_BY = (
    select(share_table.c.person_id)
    .join(arrival_table, arrival_table.c.share_id == share_table.c.id)
    .where(arrival_table.c.round_id == bindparam("of_round"), arrival_table.c.person_id == bindparam("of_person"))
)


def link(session: Session, round_id: int, person_id: int, now: datetime) -> str:
    """The token of this member's own link to the group buy; asked for again it is the same. Raises not_a_member, gone."""
    row = load(session, Round, round_id)
    if not circles.is_member(session, row.circle_id, person_id):
        raise DomainError("not_a_member")
    new = insert_into(session, share_table).values(
        token=secrets.token_urlsafe(12), round_id=round_id, person_id=person_id, words="", opened=0, created_at=now
    )
    session.execute(new.on_conflict_do_nothing(index_elements=["round_id", "person_id"]))
    mine = share_table.c.round_id == round_id, share_table.c.person_id == person_id
    return str(session.execute(select(share_table.c.token).where(*mine)).scalar_one())


def say(session: Session, round_id: int, person_id: int, words: str, now: datetime) -> str:
    """Gives the link a sentence of the member's own; returns its token. Raises words_too_long, not_a_member."""
    if len(words) > MOST_WORDS:
        raise DomainError("words_too_long", length=len(words), most=MOST_WORDS)
    token = link(session, round_id, person_id, now)
    session.execute(update(share_table).where(share_table.c.token == token).values(words=words))
    return token


def by_token(session: Session, token: str) -> Share | None:
    """The share behind a token."""
    rows = fresh(session, select(Share).where(share_table.c.token == token))
    return rows[0] if rows else None


def place_of(session: Session, token: str) -> tuple[int, int] | None:
    """The circle of the group buy a token leads to, and its chat."""
    share = by_token(session, token)
    if share is None:
        return None
    circle = load(session, circles.Circle, load(session, Round, share.round_id).circle_id)
    return number_of(circle.id), circle.chat_id


def arrive(session: Session, token: str, person_id: int, now: datetime) -> int:
    """Somebody came by a link: to which round. The first link they came by is remembered. Raises no_such_link, not_a_member."""
    share = by_token(session, token)
    if share is None:
        raise DomainError("no_such_link")
    row = load(session, Round, share.round_id)
    if not circles.is_member(session, row.circle_id, person_id):
        raise DomainError("not_a_member")
    if share.person_id != person_id:
        session.execute(update(share_table).where(share_table.c.id == share.id).values(opened=share_table.c.opened + 1))
        came = insert_into(session, arrival_table).values(
            round_id=share.round_id, person_id=person_id, share_id=number_of(share.id), at=now
        )
        session.execute(came.on_conflict_do_nothing(index_elements=["round_id", "person_id"]))
    return share.round_id


def arrived_by(session: Session, round_id: int, person_id: int) -> Share | None:
    """The link this member came to the group buy by, if by anybody's."""
    came = (arrival_table.c.round_id == round_id, arrival_table.c.person_id == person_id)
    rows = fresh(session, select(Share).join(arrival_table, arrival_table.c.share_id == share_table.c.id).where(*came))
    return rows[0] if rows else None


def came_by(session: Session, round_id: int, person_id: int) -> int | None:
    """Through whose link this member came to the group buy, if through anybody's."""
    found: int | None = session.connection().execute(_CAME_BY, {"of_round": round_id, "of_person": person_id}).scalar_one_or_none()
    return found

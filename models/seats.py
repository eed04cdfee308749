"""Seats: one member's place in a group buy, its lines, and the record of how it came about.

Invariants: one seat a member and round; a held seat's quantity is the sum of its lines and is above zero; events are
only ever added; `told` is the lowest price that was said to this member while the seat was held.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, func, select
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from models.columns import BigId, Instant, table_of
from models.states import SeatState


class Way(StrEnum):
    """How a seat came about; reports stand on it."""

    TAPPED = "tapped"
    TYPED = "typed"
    LINK = "link"  # by a member's link into the private chat
    SHARE = "share"  # by a card somebody shared
    GIFT = "gift"
    OFFER = "offer"  # from the waitlist
    OWNER = "owner"  # entered by the owner: a pasted list (接龙)


class Seat(SQLModel, table=True):
    """A member's place. `place` orders by joining; `leaves` counts how often they left this round."""

    __tablename__ = "seats"
    __table_args__ = (
        UniqueConstraint("round_id", "person_id"),
        Index("ix_seats_floor", "round_id", "state", "told"),
        CheckConstraint("quantity >= 0", name="quantity_not_negative"),
        CheckConstraint("(state = 'held') = (quantity > 0)", name="held_means_pieces"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    round_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("rounds.id")])
    person_id: int = Field(sa_type=BigId, index=True, sa_column_args=[ForeignKey("people.id")])
    state: str  # states.SeatState
    quantity: int
    place: int
    told: int = Field(sa_type=BigInteger)
    leaves: int = 0
    joined_at: datetime = Field(sa_type=Instant)
    changed_at: datetime = Field(sa_type=Instant)


class SeatLine(SQLModel, table=True):
    """Pieces of one option (and one note) of a seat. Option and note are "" where there is none."""

    __tablename__ = "seat_lines"
    __table_args__ = (
        UniqueConstraint("seat_id", "option", "note"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    seat_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("seats.id")])
    option: str = ""
    note: str = ""
    quantity: int


class SeatEvent(SQLModel, table=True):
    """One change of a seat: by which way, through whom, how many names stood on the card, which price was said."""

    __tablename__ = "seat_events"
    __table_args__ = (Index("ix_seat_events_message", "round_id", "message_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    round_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("rounds.id")])
    seat_id: int = Field(sa_type=BigId, index=True, sa_column_args=[ForeignKey("seats.id")])
    option: str = ""
    note: str = ""
    delta: int  # pieces; negative when they were taken away
    way: str  # Way
    via_person_id: int | None = Field(default=None, sa_type=BigId)  # whose link or share
    names_on_card: int  # members on the roster just before
    price_told: int = Field(sa_type=BigInteger)
    message_id: int | None = Field(default=None, sa_type=BigInteger)  # of the typed message; an edit replaces its own effect
    at: datetime = Field(sa_type=Instant)


def told_floor(session: Session, round_id: int) -> int | None:
    """The lowest price told to a seat still held, minor units; None when nobody holds one."""
    seats = table_of(Seat)
    held = seats.c.round_id == round_id, seats.c.state == SeatState.HELD
    floor: int | None = session.execute(select(func.min(seats.c.told)).where(*held)).scalar_one()
    return floor


def next_leader(session: Session, round_id: int) -> int | None:
    """Who leads when the leader is gone: the next to have joined."""
    seats = table_of(Seat)
    held = seats.c.round_id == round_id, seats.c.state == SeatState.HELD
    first: int | None = session.execute(
        select(seats.c.person_id).where(*held).order_by(seats.c.place).limit(1)
    ).scalar_one_or_none()
    return first

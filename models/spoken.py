"""What a typed line in a circle can mean: the group buys it may be for, and the one an edited line was for."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import group_buys
from models.catalogue import Product
from models.columns import Texts, table_of
from models.group_buys import Round, rounds
from models.seats import Seat, SeatEvent

seats, events, products = table_of(Seat), table_of(SeatEvent), table_of(Product)
_MEANT = select(rounds.c.id, rounds.c.options, products.c.title).join(products, products.c.id == rounds.c.product_id)

GENERAL = 1  # the topic whose messages carry no number


@dataclass(frozen=True)
class Meant:
    """A group buy a line may be for, with the options its words are read by."""

    round_id: int
    title: Texts
    options: tuple[str, ...]


def by_reply(session: Session, circle_id: int, message_id: int) -> Meant | None:
    """The group buy whose card the line replies to, open or not; None for any other message."""
    round_id = group_buys.by_card(session, circle_id, message_id)
    return None if round_id is None else by_id(session, round_id)


def by_id(session: Session, round_id: int) -> Meant | None:
    """The group buy of that id."""
    row = session.execute(_MEANT.where(rounds.c.id == round_id)).one_or_none()
    return None if row is None else Meant(row.id, row.title, tuple(row.options))


def bare(session: Session, circle_id: int, thread_id: int | None) -> list[Meant]:
    """The group buys open here: what a line that replies to nothing may be for. In a forum each topic is a place of its own,
    General too.
    """
    here = [deal for deal in group_buys.here(session, circle_id) if (deal.thread_id or GENERAL) == (thread_id or GENERAL)]
    return [meant for deal in here if (meant := by_id(session, deal.round_id))]


def by_message(session: Session, circle_id: int, person_id: int, message_id: int) -> Meant | None:
    """The group buy whose seat an earlier form of this message changed."""
    query = (
        select(events.c.round_id)
        .join(seats, seats.c.id == events.c.seat_id)
        .join(rounds, rounds.c.id == events.c.round_id)
        .where(events.c.message_id == message_id, seats.c.person_id == person_id, rounds.c.circle_id == circle_id)
        .order_by(events.c.id.desc())
        .limit(1)
    )
    round_id = session.execute(query).scalar_one_or_none()
    return None if round_id is None else by_id(session, round_id)


def option_at(session: Session, round_id: int, index: int) -> str:
    """The option a card's button names by its place; "" for a place that is none."""
    row = session.get(Round, round_id)
    return row.options[index] if row is not None and 0 <= index < len(row.options) else ""

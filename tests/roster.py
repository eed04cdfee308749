"""Who holds a seat in a round, read past the card and the rules: what a test holds both against."""

from collections import Counter
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.columns import table_of
from models.people import Person
from models.seats import Seat, SeatLine
from models.states import SeatState


@dataclass(frozen=True)
class RosterLine:
    """One member's seat. `options` are (option, pieces), without notes."""

    name: str
    quantity: int
    options: tuple[tuple[str, int], ...]


def roster(session: Session, round_id: int) -> list[RosterLine]:
    """The held seats of a round in the order of joining."""
    seats, lines, people = table_of(Seat), table_of(SeatLine), table_of(Person)
    query = (
        select(seats.c.person_id, seats.c.quantity, people.c.name, lines.c.option, lines.c.quantity.label("of_option"))
        .join(people, people.c.id == seats.c.person_id)
        .join(lines, lines.c.seat_id == seats.c.id)
        .where(seats.c.round_id == round_id, seats.c.state == SeatState.HELD)
        .order_by(seats.c.place, lines.c.id)
    )
    found = [list(rows) for _, rows in groupby(session.execute(query), key=lambda row: row.person_id)]
    return [RosterLine(own[0].name, own[0].quantity, _options(own)) for own in found]


def _options(lines: list) -> tuple[tuple[str, int], ...]:
    options: Counter[str] = Counter()
    for line in lines:
        options[line.option] += line.of_option
    return tuple(options.items())

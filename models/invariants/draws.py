"""What must be so of lucky draws: the hashes stand for what they were told for, and the winners are the record's."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import draw_record, drawing
from models.draws import Draw, draws, entries
from models.invariants.difference import Check, Difference
from models.rows import number_of
from models.states import DrawState

_TOLD = (DrawState.CLOSED, DrawState.REVEALED)


def commitments(session: Session) -> Iterator[Difference]:
    """The seed, the terms and the tickets that count are those that were committed to."""
    for draw in session.scalars(select(Draw).order_by(draws.c.id)):
        told: list[tuple[str, object, object]] = [
            ("seed", draw_record.seed_hash(draw.seed), draw.seed_sha256),
            ("terms", draw_record.terms_hash(draw.terms), draw.terms_sha256),
        ]
        if draw.state in _TOLD:
            tickets = draw_record.tickets_hash(drawing.counting(session, number_of(draw.id)))
            told.append(("tickets", tickets, draw.tickets_sha256))
        for what, found, expected in told:
            if found != expected:
                yield Difference("draw", f"the {what} of draw {draw.id}", expected, found)


def winners(session: Session) -> Iterator[Difference]:
    """The places are those that the record gives: all of them once revealed, none before or in a void draw."""
    for draw in session.scalars(select(Draw).order_by(draws.c.id)):
        placed = {
            row.place: row.ticket
            for row in session.execute(
                select(entries.c.place, entries.c.ticket).where(entries.c.draw_id == draw.id, entries.c.place.is_not(None))
            )
        }
        expected = {}
        if draw.state == DrawState.REVEALED:
            won = draw_record.winners(draw.seed, draw.terms, drawing.counting(session, number_of(draw.id)))
            expected = {place: one["ticket"] for place, one in enumerate(won, 1)}
        if placed != expected:
            yield Difference("draw winners", f"draw {draw.id}", expected, placed)


CHECKS: tuple[Check, ...] = (commitments, winners)

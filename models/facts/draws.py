"""What happened to a lucky draw."""

from dataclasses import dataclass

from models.facts.base import CircleFact, PersonFact


@dataclass(frozen=True)
class DrawClosed(CircleFact):
    """Nobody takes part any more; the tickets' hash is told to the circle before the seed is."""

    draw_id: int
    tickets: int
    tickets_sha256: str


@dataclass(frozen=True)
class DrawRevealed(CircleFact):
    """The seed is told, and with it who won. The owners get the record as a file."""

    draw_id: int


@dataclass(frozen=True)
class DrawWon(PersonFact):
    """A member won the prize of this place (from 1)."""

    draw_id: int
    place: int


@dataclass(frozen=True)
class DrawVoid(CircleFact):
    """Nobody wins: `why` is "nobody" (took part) or "late" (not revealed in time)."""

    draw_id: int
    why: str


@dataclass(frozen=True)
class DrawReported(CircleFact):
    """Two weeks on: what the draw was followed by in its circle, against the two weeks before."""

    draw_id: int
    entered: int
    orders: int
    orders_before: int
    mutes: int
    mutes_before: int
    leavers: int
    leavers_before: int

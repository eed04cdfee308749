"""What happened to a wish of a circle's members."""

from dataclasses import dataclass

from models.facts.base import CircleFact, PersonFact


@dataclass(frozen=True)
class WantAsked(CircleFact):
    """Enough wish for it: the owners are asked to offer it, once."""

    want_id: int
    count: int


@dataclass(frozen=True)
class WantOffered(PersonFact):
    """What this member wished for is open now."""

    want_id: int
    round_id: int

"""What lucky draws must come to, for machine_of_deals: who takes part, who is struck, when one is told, revealed or void.

Invariant: who wins is read, as a lot; that they take part, once each, and what they are given, is foreseen.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.ledger.foreseen import Foreseen, Voucher

STANDING = timedelta(days=1)
OPEN_FOR, TOLD_FOR, VOID_AFTER = timedelta(hours=20), timedelta(minutes=1), timedelta(days=1)
VALID = timedelta(days=6)


@dataclass
class Draw:
    """One draw; `prizes` are minor units of a voucher, points, or nothing for goods."""

    prizes: list[tuple[str, int]]
    closes: datetime
    state: str = "open"
    why: str | None = None
    entered: list[int] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    closed: datetime | None = None
    told: bool = False
    won: list[int] = field(default_factory=list)


class Draws:
    """Every draw by its number."""

    def __init__(self, model: Foreseen) -> None:
        self.model = model
        self.draws: dict[int, Draw] = {}

    def refusal(self, number: int, person: int) -> str | None:
        draw = self.draws[number]
        if draw.state != "open" or draw.closes <= self.model.now:
            return "draw_over"
        why = self.model.why_not(person, STANDING)
        return None if why is None else {"left": "not_a_member", "new": "draw_newcomer", "owner": "draw_owner"}[why]

    def enters(self, number: int, person: int) -> None:
        if person not in self.draws[number].entered:
            self.draws[number].entered.append(person)

    def closing(self) -> None:
        for draw in self.draws.values():
            if draw.state == "open" and draw.closes <= self.model.now:
                draw.counts = [one for one in draw.entered if self.model.why_not(one, STANDING) is None]
                draw.state, draw.closed = ("closed", self.model.now) if draw.counts else ("void", None)
                draw.why = None if draw.counts else "nobody"

    def revealing(self) -> list[int]:
        """Which are revealed now; those whose time is over are void."""
        revealed = []
        for number, draw in self.draws.items():
            if draw.state != "closed" or draw.closed is None or draw.closed + TOLD_FOR > self.model.now:
                continue
            if draw.closed + VOID_AFTER <= self.model.now:
                draw.state, draw.why = "void", "late"
            elif draw.told:
                draw.state = "revealed"
                revealed.append(number)
        return revealed

    def wins(self, number: int, people: list[int]) -> None:
        """These were drawn, the first prize first."""
        draw = self.draws[number]
        assert len(people) == len(set(people)) == min(len(draw.counts), len(draw.prizes))
        assert set(people) <= set(draw.counts)
        draw.won = people
        for place, (person, (kind, value)) in enumerate(zip(people, draw.prizes, strict=False), 1):
            if kind == "voucher":
                self.model.vouchers[f"draw:{number}:{place}"] = Voucher(person, value, self.model.now + VALID)
            elif kind == "points":
                self.model.move(("shop points", 0), ("points", person), value)

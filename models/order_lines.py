"""What an order is made of: pieces at one price, discounts, delivery, and the gifts of steps. Pure.

Invariant: the lines' amounts sum to what is owed, and that is never below zero.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from models.prices import Step


class LineKind(StrEnum):
    """What a line is for. A gift is worth nothing and is handed over all the same."""

    PIECE = "piece"
    LEADER_DISCOUNT = "leader_discount"
    DELIVERY = "delivery"
    GIFT = "gift"
    VOUCHER = "voucher"
    POINTS = "points"


@dataclass(frozen=True)
class Line:
    """One line. Amounts are minor units; a discount's is negative."""

    kind: LineKind
    unit_price: int
    quantity: int = 1
    option: str = ""
    note: str = ""

    @property
    def amount(self) -> int:
        return self.unit_price * self.quantity


@dataclass(frozen=True)
class Pieces:
    """Pieces of one option with one note, as a seat holds them."""

    option: str
    note: str
    quantity: int


def composed(
    pieces: Iterable[Pieces], unit_price: int, discount: int, extras: Sequence[Line] = ()
) -> list[Line]:
    """The lines of an order; a discount takes at most what the pieces cost."""
    lines = [Line(LineKind.PIECE, unit_price, line.quantity, line.option, line.note) for line in pieces]
    off = min(discount, sum(line.amount for line in lines))
    if off:
        lines.append(Line(LineKind.LEADER_DISCOUNT, -off))
    return [*lines, *extras]


def extras(ladder: Sequence[Step], count: int, delivery_fee: int) -> list[Line]:
    """Delivery and gifts, as the steps reached with `count` make them; a gift is named in the shop's first language."""
    there = [step for step in ladder if step.at <= count]
    lines = []
    if delivery_fee:
        free = any(step.free_delivery for step in there)
        lines.append(Line(LineKind.DELIVERY, 0 if free else delivery_fee))
    lines += [Line(LineKind.GIFT, 0, note=next(iter(step.gift.values()))) for step in there if step.gift]
    return lines


def total(lines: Iterable[Line]) -> int:
    """What is owed, minor units."""
    return sum(line.amount for line in lines)

"""The ladder: which step is reached, what a piece costs now, what is missing to the next step. Pure functions.

Rule: all pay one piece price, the lower of the step reached and the lowest price told to a seat that is still held. Told
means said to that member: in the answer to a tap, an acknowledgement, a receipt.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from models.columns import Texts
from models.errors import DomainError


@dataclass(frozen=True)
class Step:
    """From `at` members or pieces on: a lower price, or a gift, or free delivery."""

    at: int
    price: int | None = None
    gift: Texts = field(default_factory=dict)
    free_delivery: bool = False

    def as_json(self) -> dict[str, object]:
        """What the rounds table keeps; empty parts are left out."""
        parts: dict[str, object] = {"at": self.at}
        if self.price is not None:
            parts["price"] = self.price
        if self.gift:
            parts["gift"] = self.gift
        if self.free_delivery:
            parts["free_delivery"] = True
        return parts


def steps(ladder: Sequence[dict[str, object]]) -> tuple[Step, ...]:
    """The ladder as the rounds table keeps it, read back."""
    return tuple(Step(**raw) for raw in ladder)  # type: ignore[arg-type]  # written by Step.as_json alone


def check(base: int, ladder: Sequence[Step]) -> None:
    """Raises DomainError for a ladder that is no ladder: steps out of order, a price that does not fall, a step without effect."""
    at, price = 0, base
    for step in ladder:
        if step.at <= at:
            raise DomainError("ladder_order", at=step.at, before=at)
        if step.price is not None and not 0 < step.price < price:
            raise DomainError("ladder_rises", at=step.at, price=step.price, before=price)
        if step.price is None and not step.gift and not step.free_delivery:
            raise DomainError("ladder_empty_step", at=step.at)
        at, price = step.at, price if step.price is None else step.price


def reached(ladder: Sequence[Step], count: int) -> int:
    """How many steps are reached with `count` members or pieces."""
    return sum(1 for step in ladder if step.at <= count)


def price_now(base: int, ladder: Sequence[Step], count: int, told_floor: int | None) -> int:
    """What one piece costs every member now, minor units. `told_floor`: the lowest price told to a seat still held."""
    prices = [base, *(step.price for step in ladder if step.at <= count and step.price is not None)]
    if told_floor is not None:
        prices.append(told_floor)
    return min(prices)


def missing(ladder: Sequence[Step], count: int, price: int) -> tuple[int, Step] | None:
    """How many more, and the next step that would change something for people who now pay `price`; None at the end."""
    for step in ladder:
        if step.at > count and (step.price is None or step.price < price):
            return step.at - count, step
    return None

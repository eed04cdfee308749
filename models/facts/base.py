"""What every fact is, whichever subject it belongs to."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fact:
    """Something that happened to a group buy."""

    round_id: int


@dataclass(frozen=True)
class OrderFact(Fact):
    """Something that happened to one member's order."""

    order_id: int
    person_id: int


@dataclass(frozen=True)
class Happening:
    """Something that happened outside any one group buy."""


@dataclass(frozen=True)
class CircleFact(Happening):
    """Something that happened to a circle."""

    circle_id: int


@dataclass(frozen=True)
class ShopFact(Happening):
    """Something that happened to a shop beside its group buys."""

    shop_id: int


@dataclass(frozen=True)
class PersonFact(Happening):
    """Something that happened to one person beside their orders; `circle_id` is the way round to them, if there is one."""

    person_id: int
    circle_id: int | None


AnyFact = Fact | Happening

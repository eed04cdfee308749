"""Who is asked first: one number a person, from named parts between 0 and 1 (docs/decisions/0020). Pure.

    score = Σ weight · part − TIRED · tiredness

Invariants: only what is named here counts; nobody pays for a place; the same facts give the same score.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

Basket = Mapping[int, int]  # product -> orders received

HALF_LIFE = timedelta(days=60)  # of having received it
SEEN_HALF_LIFE = timedelta(days=7)
TIRED_OVER = 6  # asks in 14 days that are as tiring as can be


@dataclass(frozen=True)
class Weights:
    """What each part counts; the positive ones sum to 1."""

    share: float = 0.18  # of their buying that is of this category
    amount: float = 0.18  # how often they received it
    recency: float = 0.14
    likeness: float = 0.08  # of their basket to the asker's
    helpful: float = 0.14  # how their answers were found
    reply: float = 0.18  # how likely they reply
    seen: float = 0.10  # lately active
    tired: float = 0.20  # taken off


WEIGHTS = Weights()


@dataclass(frozen=True)
class Known:
    """What is known of a candidate when they are weighed. Counts are of orders received and not refunded, in this shop."""

    of_product: int
    of_category: int
    of_all: int
    last_received: datetime
    basket: Basket
    answers: int
    helpful: int
    asked: int  # asks that were answered, declined or ignored
    replied: int  # of those, answered
    lately: int  # asks in the last 14 days
    seen_at: datetime


@dataclass(frozen=True)
class Parts:
    """The parts of a score, 0..1 each, by the names of their weights."""

    share: float
    amount: float
    recency: float
    likeness: float
    helpful: float
    reply: float
    seen: float
    tired: float


def parts(known: Known, asker: Basket, now: datetime) -> Parts:
    """Each part from what is known. Shares are smoothed, so that one order or one answer says little."""
    return Parts(
        share=(known.of_category + 0.5) / (known.of_all + 1.0),
        amount=1.0 - 0.5 ** ((known.of_product or 0.5 * known.of_category) / 2.0),
        recency=_fading(now - known.last_received, HALF_LIFE),
        likeness=cosine(known.basket, asker),
        helpful=(known.helpful + 0.5) / (known.answers + 1.0),
        reply=(known.replied + 1.0) / (known.asked + 2.0),
        seen=_fading(now - known.seen_at, SEEN_HALF_LIFE),
        tired=min(1.0, known.lately / TIRED_OVER),
    )


def score(found: Parts, weights: Weights = WEIGHTS) -> float:
    """The weighted sum; tiredness is taken off."""
    total = sum(getattr(weights, part.name) * getattr(found, part.name) for part in fields(Parts) if part.name != "tired")
    return float(total - weights.tired * found.tired)


def cosine(one: Basket, other: Basket) -> float:
    """How alike two baskets are; 0 where one is empty."""
    shared = sum(count * other[product] for product, count in one.items() if product in other)
    size = math.sqrt(sum(n * n for n in one.values()) * sum(n * n for n in other.values()))
    return shared / size if size else 0.0


def _fading(age: timedelta, half_life: timedelta) -> float:
    return float(0.5 ** (max(age, timedelta(0)) / half_life))

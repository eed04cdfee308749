"""How an amount is split, and who is drawn: plain functions of a seed.

Invariants: shares sum to what is split, and each is at least one minor unit; a share's place tells nothing of its size; of
those who are drawn each has the same odds, whenever they tapped.
"""

import hashlib
import hmac
import random
from collections.abc import Collection, Sequence
from itertools import pairwise

NEWCOMER = 2  # of a coupon: a friend who has not bought in the shop weighs as two who have


def equal(total: int, shares: int) -> list[int]:
    """As equal as whole units allow; the first ones get one more."""
    each, rest = divmod(total, shares)
    return [each + (place < rest) for place in range(shares)]


def at_random(total: int, shares: int, seed: str) -> list[int]:
    """By cuts at random places: every way to split the amount is as likely as any other."""
    dice = random.Random(seed)  # noqa: S311  # the seed comes from `secrets` and is told to nobody
    cuts = [0, *sorted(dice.sample(range(1, total), shares - 1)), total]
    return [after - before for before, after in pairwise(cuts)]


def weighed(total: int, newcomers: Sequence[bool]) -> list[int]:
    """One share each, in proportion to their weights; what rounding leaves goes to the first ones, a unit each."""
    weights = [NEWCOMER if new else 1 for new in newcomers]
    free = total - len(weights)  # one unit each is theirs
    parts = [1 + free * weight // sum(weights) for weight in weights]
    for place in range(total - sum(parts)):
        parts[place] += 1
    return parts


def drawn(seed: str, people: Collection[int]) -> list[int]:
    """Everybody in the order in which they are drawn: by HMAC-SHA-256 under the seed, so not by who was first."""
    key = bytes.fromhex(seed)
    return sorted(people, key=lambda person_id: hmac.new(key, str(person_id).encode(), hashlib.sha256).digest())

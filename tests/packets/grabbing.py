"""A thousand bots that grab red packets, against members who look at their phones now and then.

`python -m tests.packets.grabbing --packets 200` is the long run. Prints the share of all paid shares that bots got, beside
the fair one: their part of those who tapped while taps were collected. `--plant` gives shares to whoever was first.
"""

import argparse
import random
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass

from models import packets_split

BOTS, HONEST = 1_000, 1_000
WINDOW = 30.0  # seconds from the first tap in which taps are collected
Order = Callable[[str, Collection[int]], list[int]]


@dataclass(frozen=True)
class Outcome:
    """What bots got of everything that was paid, and what would be fair; shares of one."""

    shares: float
    money: float
    fair: float

    @property
    def gained(self) -> float:
        """How much more than fair, as a part of fair."""
        return max(self.shares, self.money) / self.fair - 1


def first_come(_seed: str, people: Collection[int]) -> list[int]:
    """The planted fault: shares go by who tapped first."""
    return list(people)


def tapped(dice: random.Random) -> list[int]:
    """Who taps while taps are collected, in the order of their taps: bots at once, of the others whoever looks in time."""
    at = {bot: dice.uniform(0.0, 0.2) for bot in range(BOTS)}
    at |= {BOTS + member: dice.expovariate(1 / 20) + 0.8 for member in range(HONEST)}
    return sorted((person for person, when in at.items() if when <= WINDOW), key=at.__getitem__)


def run(packets: int, shares: int, seed: int, order: Order = packets_split.drawn) -> Outcome:
    """Packets of `shares` shares each; everybody taps on every one."""
    dice = random.Random(seed)
    paid = bots = total = money = 0
    fair = 0.0
    for _ in range(packets):
        there, secret = tapped(dice), f"{dice.getrandbits(256):064x}"
        amounts = packets_split.at_random(100_000, shares, secret[::-1])
        won = order(secret, there)[:shares]
        paid, total = paid + len(won), total + sum(amounts)
        bots += sum(person < BOTS for person in won)
        money += sum(amount for person, amount in zip(won, amounts, strict=False) if person < BOTS)
        fair += BOTS / len(there)
    return Outcome(bots / paid, money / total, fair / packets)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packets", type=int, default=200)
    parser.add_argument("--shares", type=int, default=100)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--plant", action="store_true")
    asked = parser.parse_args()
    found = run(asked.packets, asked.shares, asked.seed, first_come if asked.plant else packets_split.drawn)
    sys.stdout.write(
        f"{BOTS} bots, {HONEST} members, {asked.packets} packets of {asked.shares}: bots got {found.shares:.1%} of the shares, "
        f"{found.money:.1%} of the money; fair {found.fair:.1%}; above fair by {found.gained:.1%} (seed {asked.seed})\n"
    )
    return 0 if found.gained <= 0.05 else 1


if __name__ == "__main__":
    sys.exit(main())

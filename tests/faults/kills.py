"""kill -9 at random points under load, then `tuan verify` and a comparison with what people did and were told.

A circle taps and types without pause while the bot is killed and started again; 2 % of the bot's calls lose their reply after
they were accepted, 30 % of the updates come twice. Every fiftieth start is a cold process, the others are forks of a warm
parent; one in five is killed before it listens. What must hold afterwards stands in books.py.

`python -m tests.faults.kills --count 1000` prints its figures, its seed and the commit.
"""

import argparse
import asyncio
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.ground import Ground, ground
from tests.faults.books import QUIET, Record, compare, settled
from tests.faults.bots import Bots, Warm
from tests.faults.circle import Deeds, at_work, opened

MEMBERS = 24
COLD_EVERY = 50
LEASE = 3.0  # on PostgreSQL a dead process's work is taken over when its lease ends; SQLite's process knows itself alone
NEVER = timedelta(days=30)  # the campaign's own slot: its group buy is opened by hand
LOSSES = ("answerCallbackQuery", "sendMessage", "editMessageText", "setMessageReaction")


@dataclass(frozen=True)
class Outcome:
    """The figures of one run."""

    kills: int
    deeds: int
    answered: int
    sent_twice: int
    seconds: float
    per_kill: float
    wrong: tuple[str, ...]


class Losses:
    """The trouble of a run; counts the replies to messages that got lost."""

    def __init__(self, place: Ground, seed: int) -> None:
        self.count = 0
        self._faults = place.world.faults
        for method in LOSSES:
            self._faults.add({"method": method, "kind": "reset-after-accept", "rate": 0.02, "seed": seed})
        self._faults.add({"method": "getUpdates", "kind": "duplicate", "rate": 0.3, "seed": seed})
        self._strike = self._faults.strike
        self._faults.strike = self._counted

    def _counted(self, method: str, *kinds: str) -> Any:
        struck = self._strike(method, *kinds)
        self.count += struck is not None and method == "sendMessage"
        return struck

    def end(self) -> None:
        self._faults.clear()


async def run(
    warm: Warm, count: int, seed: int, *, plant: str = "none", cold_every: int = COLD_EVERY, database: str | None = None,
    patience: float = QUIET,
) -> Outcome:  # fmt: skip
    """`count` kills on one database; raises what the harness itself could not do. `patience`: as in books.py."""
    deeds, begun = Deeds(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tuan-kills-") as folder:
        async with ground(Path(folder), MEMBERS, seed=seed) as place:
            file = place.config(database, hurry=True, opens=NEVER)
            url = database or f"sqlite:///{Path(folder) / 'tuan.db'}"
            await asyncio.to_thread(opened, file)
            async with Bots(place, file, warm, plant, LEASE if database else None).last_one_ends() as bots:
                await _first(place, bots)
                losses = Losses(place, seed)
                killing = time.monotonic()
                async with at_work(place, seed, deeds):
                    await _kill(bots, count, random.Random(seed), cold_every)
                killing = time.monotonic() - killing
                losses.end()
                wrong = await settled(place, url, patience, bots.must_live)
                await bots.stop()
            books, twice = await asyncio.to_thread(compare, place, url, deeds, count + losses.count)
    seconds = time.monotonic() - begun
    return Outcome(count, deeds.count, deeds.answered, twice, seconds, killing / count, (*deeds.wrong, *wrong, *books))


async def _first(place: Ground, bots: Bots) -> None:
    """The first bot sends the card and learns what it may do in the circle; from then on every message is counted."""
    await bots.begin()
    await bots.listening()
    await place.find_card()
    await place.come_in()
    while not any(call[3] == "setMyCommands" for call in place.world.calls):  # noqa: ASYNC110  # the sandbox's own list
        await asyncio.sleep(0.01)
    place.world.calls = Record()


async def _kill(bots: Bots, count: int, dice: random.Random, cold_every: int) -> None:
    """Ends with a bot that listens."""
    for number in range(1, count + 1):
        await asyncio.sleep(dice.uniform(0.02, 0.35))  # the point of the kill is meant to be anywhere
        await bots.kill()
        await bots.begin(cold=cold_every > 0 and number % cold_every == 0)
        if number == count or dice.random() > 0.2:  # some are killed before they listen
            await bots.listening()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plant", default="none")
    parser.add_argument("--database", help="a fresh PostgreSQL database instead of a SQLite file")
    args = parser.parse_args()
    warm = Warm()
    try:
        outcome = asyncio.run(run(warm, args.count, args.seed, plant=args.plant, database=args.database))
    finally:
        warm.close()
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    print(f"{outcome.kills} kills, seed {args.seed}, commit {commit}: {outcome.deeds} joins and changes, "
          f"{outcome.answered} answered, {outcome.sent_twice} messages sent twice, "
          f"{outcome.seconds:.0f} s, {outcome.per_kill:.2f} s a kill; wrong: {list(outcome.wrong) or 'nothing'}")
    return 1 if outcome.wrong else 0


if __name__ == "__main__":
    sys.exit(main())

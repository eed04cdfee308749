"""kill -9 at random points under load, then `tuan verify` and a comparison with what people did and were told.

A circle taps and types without pause while the bot is killed and started again; 2 % of the bot's calls lose their reply after
they were accepted, 30 % of the updates come twice. Every tenth start is a cold process, the others are forks of a warm
parent. Afterwards each member's seat must hold exactly the pieces of all their taps: none lost, none counted twice;
every answer must have said the right number; every message queued must have left.

`python -m tests.faults.kills --count 1000` prints its figures, its seed and the commit.
"""

import argparse
import asyncio
import contextlib
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from benchmarks.ground import BOT_ID, TOKEN, Ground, ground
from bot.demo import shop
from models import invariants
from models.columns import table_of
from models.inbox import Inbox
from models.outbox import Outbox
from models.people import Person
from models.seats import Seat

MEMBERS = 24
QUIET = 90.0  # seconds the last bot gets to finish everything
TOLD = re.compile(r"\D*(\d+)")


@dataclass
class Deeds:
    """What the members did, and what they were told."""

    pieces: Counter[int] = field(default_factory=Counter)
    deeds: int = 0
    answered: int = 0
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Outcome:
    """The figures of one run."""

    kills: int
    deeds: int
    answered: int
    sent_twice: int
    seconds: float
    wrong: tuple[str, ...]


class Bots:
    """Starts bots and kills them."""

    def __init__(self, place: Ground, config: Path, plant: str) -> None:
        self._place, self._config, self._plant = place, config, plant
        self._env = os.environ | {shop.TOKEN_NAME: TOKEN}
        self._warm: asyncio.subprocess.Process

    async def warm_up(self) -> None:
        self._warm = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.faults.warm", str(self._config), "--plant", self._plant,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL, env=self._env,
        )  # fmt: skip
        await self._line()

    async def fork(self) -> int:
        """A bot that listens; its process id."""
        assert self._warm.stdin is not None
        before = self._polls()
        self._warm.stdin.write(b"fork\n")
        pid = int(await self._line())
        await self._until_polled(before)
        return pid

    async def cold(self) -> asyncio.subprocess.Process:
        """A bot started from nothing, as `tuan run` is."""
        before = self._polls()
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot.cli", "run", "--config", str(self._config),
            env=self._env, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        await self._until_polled(before)
        return child

    async def end(self) -> None:
        assert self._warm.stdin is not None
        self._warm.stdin.close()
        await self._warm.wait()

    def _polls(self) -> int:
        queue = self._place.world.queues.get(BOT_ID)
        return 0 if queue is None else queue.turn

    async def _until_polled(self, before: int) -> None:
        end = time.monotonic() + 30
        while self._polls() <= before:
            if time.monotonic() > end:
                raise TimeoutError("the bot did not come up")
            await asyncio.sleep(0.005)

    async def _line(self) -> str:
        assert self._warm.stdout is not None
        line = await self._warm.stdout.readline()
        return line.decode().strip()


async def _member(place: Ground, person: int, dice: random.Random, deeds: Deeds, stop: asyncio.Event) -> None:
    """Taps and types, one deed after the other; keeps count of what was asked for and told."""
    while not stop.is_set():
        await asyncio.sleep(dice.uniform(0.0, 0.3))  # people are not machines
        have = deeds.pieces[person]
        if have > 90 or (have > 2 and dice.random() < 0.45):
            op, delta = "f", -1
        else:
            op, delta = "j", 1
        deeds.pieces[person] += delta
        deeds.deeds += 1
        if dice.random() < 0.2:
            await place.act("say", chat_id=shop.OFFICE, person_id=person, text=f"{delta:+d}", reply_to=place.card)
            continue
        answer = await place.press(person, op, wait=3.0)
        text = answer.get("text")
        if text:
            deeds.answered += 1
            said = TOLD.match(text)
            if said is None or int(said[1]) != deeds.pieces[person]:
                deeds.wrong.append(f"{person} has {deeds.pieces[person]} and was told {text!r}")


@contextlib.asynccontextmanager
async def _circle(place: Ground, seed: int, deeds: Deeds) -> AsyncIterator[None]:
    """The members at work until the block ends, then their last deeds."""
    stop = asyncio.Event()
    members = [
        asyncio.create_task(_member(place, person, random.Random(seed * 1000 + person), deeds, stop)) for person in place.people
    ]
    yield
    stop.set()
    await asyncio.gather(*members)


async def run(count: int, seed: int, *, plant: str = "none", cold_every: int = 10) -> Outcome:
    """`count` kills on one database; raises what the harness itself could not do."""
    dice = random.Random(seed)
    deeds = Deeds()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tuan-kills-") as folder:
        async with ground(Path(folder), MEMBERS, seed=seed) as place:
            bots = Bots(place, place.config(), plant)
            await bots.warm_up()
            pid = await bots.fork()
            await place.find_card()
            _misbehave(place, seed)
            async with _circle(place, seed, deeds):
                for number in range(count):
                    await asyncio.sleep(dice.uniform(0.02, 0.35))  # the point of the kill is meant to be anywhere
                    os.kill(pid, signal.SIGKILL)
                    if cold_every and number % cold_every == cold_every - 1:
                        child = await bots.cold()
                        await asyncio.sleep(dice.uniform(0.02, 0.35))
                        child.kill()
                        await child.wait()
                    pid = await bots.fork()
            place.world.faults.on.clear()
            wrong = await _settled(place, Path(folder) / "tuan.db")
            os.kill(pid, signal.SIGTERM)
            await _gone(pid)
            await bots.end()
            books, twice = _compare(place, Path(folder) / "tuan.db", deeds)
    return Outcome(count, deeds.deeds, deeds.answered, twice, time.monotonic() - begun, (*deeds.wrong, *wrong, *books))


def _misbehave(place: Ground, seed: int) -> None:
    for method in ("answerCallbackQuery", "sendMessage", "editMessageText", "setMessageReaction"):
        place.world.faults.add({"method": method, "kind": "reset-after-accept", "rate": 0.02, "seed": seed})
    place.world.faults.add({"method": "getUpdates", "kind": "duplicate", "rate": 0.3, "seed": seed})


async def _settled(place: Ground, file: Path) -> list[str]:
    """Waits until the queue, the inbox and the outbox are empty; what is not, as sentences."""
    end = time.monotonic() + QUIET
    engine = create_engine(f"sqlite:///{file}")
    inbox, outbox = table_of(Inbox), table_of(Outbox)
    left: list[str] = ["never looked"]
    while left and time.monotonic() < end:
        await asyncio.sleep(0.2)
        with Session(engine) as session:
            open_in = session.execute(select(func.count()).where(inbox.c.state != "done")).scalar_one()
            unsent = outbox.c.state.in_(("queued", "sending", "parked"))
            found_out = session.execute(select(outbox.c.state, func.count()).where(unsent).group_by(outbox.c.state))
            open_out = {f"messages {row[0]}": row[1] for row in found_out}
        waiting = len(place.world.queues[BOT_ID].waiting)
        found = {"updates not fetched": waiting, "updates not done": open_in, **open_out}
        left = [f"{number} {what} after {QUIET:.0f} s" for what, number in found.items() if number]
    engine.dispose()
    return left


async def _gone(pid: int) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        await asyncio.sleep(0.02)
    raise TimeoutError("the bot did not stop")


def _compare(place: Ground, file: Path, deeds: Deeds) -> tuple[list[str], int]:
    """The books against the deeds; and how many messages left twice."""
    engine = create_engine(f"sqlite:///{file}")
    people, seats, outbox = table_of(Person), table_of(Seat), table_of(Outbox)
    with Session(engine) as session:
        query = select(people.c.telegram_id, seats.c.quantity).join(seats, seats.c.person_id == people.c.id)
        held = {row.telegram_id: row.quantity for row in session.execute(query)}
        wrong = [
            f"{person}: {deeds.pieces[person]} pieces were asked for, {held.get(person, 0)} are held"
            for person in place.people if held.get(person, 0) != deeds.pieces[person]
        ]
        wrong += [str(difference) for difference in invariants.check(session)]
        delivered = session.execute(
            select(func.count()).where(outbox.c.state == "delivered", outbox.c.message_id.is_not(None), outbox.c.route != "card")
        ).scalar_one()
    engine.dispose()
    accepted = sum(1 for call in place.world.calls if "sendMessage" in call)
    return wrong, max(0, accepted - delivered)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plant", default="none")
    args = parser.parse_args()
    outcome = asyncio.run(run(args.count, args.seed, plant=args.plant))
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    print(f"{outcome.kills} kills, seed {args.seed}, commit {commit}: {outcome.deeds} joins and changes, "
          f"{outcome.answered} answered, {outcome.sent_twice} messages sent twice, "
          f"{outcome.seconds:.0f} s; wrong: {list(outcome.wrong) or 'nothing'}")
    return 1 if outcome.wrong else 0


if __name__ == "__main__":
    sys.exit(main())

"""kill -9 during fan-out at random points: nobody is missing, and no promotion comes twice, ever.

Runs of broadcasts come one after the other, each decided on by tens; the bot is killed and started again all the while.
Afterwards whom each run decided on, the outbox and the sandbox's record of accepted messages are held side by side: every
member has one message of every run, which came once, or was cut off in mid-send, is marked unknown, and came at most once.

`python -m tests.faults.fanouts --count 300` prints its figures, its seed and the commit.
"""

import argparse
import asyncio
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from benchmarks.ground import BOT_ID, OFFICE, SHANGHAI, TOKEN, Ground, ground
from bot.core import migrate, sync
from bot.core.database import Database
from campaigns import slots
from campaigns.linter import check
from models import campaigns, invariants
from models.circles import circle_table, membership_table
from models.outbox import OUTBOX
from models.people import person_table
from models.recipients import recipients
from tests.faults.books import QUIET, Record, engine_of, settled
from tests.faults.bots import Bots, Warm

MEMBERS, PAGE = 150, 10
EVERY = 2.0  # seconds from one run to the next
NEVER = timedelta(days=30)  # the group buy of the ground's own campaign
LEASE = 3.0
AHEAD = timedelta(seconds=12)  # from writing bot.toml to the first slot: the database is made in between
_HEAD = '[attention]\nmember_promotions = "1000/1d"\nquiet_hours = "00:00-00:00"\n\n[rates]\npaid_broadcast = true\n'
_RUN = """
[[campaign]]
id = "run-{number}"
kind = "broadcast"
schedule = {{ at = "{at}" }}
text = "Broadcast {number}."
"""


@dataclass(frozen=True)
class Outcome:
    """The figures of one run of the harness."""

    kills: int
    messages: int
    unknown: int
    of_these_arrived: int
    seconds: float
    wrong: tuple[str, ...]


async def run(
    warm: Warm, count: int, seed: int, *, plant: str = "none", database: str | None = None, patience: float = QUIET
) -> Outcome:
    """`count` kills on one database while broadcasts go out."""
    begun, number = time.monotonic(), max(3, round(count * 0.6 / EVERY))
    with tempfile.TemporaryDirectory(prefix="tuan-fanouts-") as folder:
        async with ground(Path(folder), MEMBERS, seed=seed) as place:
            await _known(place)
            file, first = _config(place, database, number)
            url = database or f"sqlite:///{Path(folder) / 'tuan.db'}"
            place.world.queues[BOT_ID].waiting.clear()  # who pressed start stands in the database already
            place.world.calls = Record()
            await asyncio.to_thread(_opened, file, place.people)
            async with Bots(place, file, warm, plant, LEASE if database else None, PAGE).last_one_ends() as bots:
                await bots.begin()
                await bots.listening()
                await asyncio.sleep((first - datetime.now(UTC)).total_seconds())
                await _kill(bots, count, random.Random(seed))
                wrong = await _ended(place, url, number, bots, patience + number * EVERY)
                await bots.stop()
            books, unknown, arrived = await asyncio.to_thread(_compare, place, url, number)
    return Outcome(count, number * MEMBERS, unknown, arrived, time.monotonic() - begun, (*wrong, *books))


async def _known(place: Ground) -> None:
    """A bot is made by its first call; then people can press start."""
    async with aiohttp.ClientSession() as web, web.get(f"{place.running.url}/bot{TOKEN}/getMe") as answer:
        assert answer.ok
    for person in place.people:
        await place.act("start", person_id=person, bot_id=BOT_ID)


def _config(place: Ground, database: str | None, number: int) -> tuple[Path, datetime]:
    """Its file, and when the first run comes."""
    file = place.config(database, hurry=True, opens=NEVER)
    page = file.read_text("utf-8").replace("[rates]\n", _HEAD).replace("per_second = 30\n", "per_second = 200\n", 1)
    first = datetime.now(SHANGHAI) + AHEAD
    for one in range(number):
        at = first + timedelta(seconds=EVERY * one)
        page += _RUN.format(number=one, at=f"{at:%Y-%m-%dT%H:%M:%S}")
    file.write_text(page, "utf-8")
    return file, first


def _opened(file: Path, people: list[int]) -> None:
    """A database in line with bot.toml, its circle full of people who have pressed start."""
    loaded = check(file)
    assert loaded.config is not None, loaded.mistakes
    migrate.upgrade(loaded.config.bot.database_url())
    database = Database.open(loaded.config.bot.database_url())
    try:
        now = database.clock.now()
        database.write_sync(sync.sync, loaded.config, slots.load, now)
        database.write_sync(_inhabited, people, now)
    finally:
        database.close_sync()


def _inhabited(session: Session, people: list[int], now: datetime) -> None:
    circle = session.execute(select(circle_table.c.id).where(circle_table.c.chat_id == OFFICE)).scalar_one()
    who = {"seen_at": now, "started_at": now, "by_initial": False, "keeps_cues": True}
    for person in people:
        row = insert(person_table).values(telegram_id=person, name=f"P{person}", **who).returning(person_table.c.id)
        session.execute(
            insert(membership_table).values(circle_id=circle, person_id=session.execute(row).scalar_one(), joined_at=now)
        )


async def _kill(bots: Bots, count: int, dice: random.Random) -> None:
    """Ends with a bot that listens."""
    for number in range(1, count + 1):
        await asyncio.sleep(dice.uniform(0.05, 0.6))  # the point of the kill is meant to be anywhere
        await bots.kill()
        await bots.begin()
        if number == count or dice.random() > 0.2:  # some are killed before they listen
            await bots.listening()


async def _ended(place: Ground, url: str, number: int, bots: Bots, patience: float) -> list[str]:
    """Waits until every run is over and nothing waits any more."""
    end, engine = time.monotonic() + patience, engine_of(url)
    while time.monotonic() < end:
        with Session(engine) as session:
            states = session.scalars(select(campaigns.runs.c.state)).all()
        if len(states) == number and all(state == "done" for state in states):
            break
        bots.must_live()
        await asyncio.sleep(0.2)
    engine.dispose()
    return await settled(place, url, max(5.0, end - time.monotonic()), bots.must_live)


def _compare(place: Ground, url: str, number: int) -> tuple[list[str], int, int]:
    """What is wrong, as sentences; how many were cut off in mid-send, and how many of these had arrived."""
    screens = Counter(
        (int(call[7]["chat_id"]), str(call[7]["text"]).split(".")[0]) for call in place.world.calls if call[3] == "sendMessage"
    )
    engine = engine_of(url)
    with Session(engine) as session:
        fates = _fates(session)
        wrong = [str(difference) for difference in invariants.check(session)]
    engine.dispose()
    everybody = {(person, f"Broadcast {one}") for person in place.people for one in range(number)}
    wrong += [f"{key}: nobody decided on them" for key in sorted(everybody - set(fates))[:5]]
    for key in sorted(everybody & set(fates)):
        came = screens[key]
        if came > 1:
            wrong.append(f"{key}: came {came} times")
        if fates[key] not in {"delivered", "unknown"} or (fates[key] == "delivered" and came != 1):
            wrong.append(f"{key}: {fates[key]}, and came {came} times")
    unknown = [key for key, fate in fates.items() if fate == "unknown"]
    return wrong[:20], len(unknown), sum(screens[key] for key in unknown)


def _fates(session: Session) -> dict[tuple[int, str], str]:
    """What became of each member in each run."""
    r, runs = recipients.c, campaigns.runs.c
    query = (
        select(person_table.c.telegram_id, campaigns.campaigns.c.key, OUTBOX.c.state)
        .select_from(
            recipients.join(campaigns.runs, runs.id == r.run_id)
            .join(campaigns.campaigns, campaigns.campaigns.c.id == runs.campaign_id)
            .join(person_table, person_table.c.id == r.person_id)
            .outerjoin(OUTBOX, (OUTBOX.c.run_id == r.run_id) & (OUTBOX.c.person_id == r.person_id))
        )
    )  # fmt: skip
    return {(row[0], f"Broadcast {row[1].removeprefix('run-')}"): str(row[2]) for row in session.execute(query)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300)
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
    print(f"{outcome.kills} kills, seed {args.seed}, commit {commit}, {datetime.now(UTC):%Y-%m-%d}: {outcome.messages} promotions, "
          f"{outcome.unknown} cut off in mid-send, of these {outcome.of_these_arrived} had arrived, "
          f"{outcome.seconds:.0f} s; wrong: {list(outcome.wrong) or 'nothing'}")
    return 1 if outcome.wrong else 0


if __name__ == "__main__":
    sys.exit(main())

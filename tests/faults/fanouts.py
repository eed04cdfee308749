"""kill -9 during fan-out at random points: nobody is missing, and no promotion comes twice, ever.

Runs of broadcasts come one after the other, each decided on by tens; the bot is killed and started again all the while.
Afterwards whom each run decided on, the outbox and the sandbox's record of accepted messages are held side by side: every
member has one message of every run, which came once, or was cut off in mid-send, is marked unknown, and came at most once.

How many may be of unknown fate: a sender is a request between the commit that marks its promotion as begun and the commit
of its outcome. After each kill the senders' promotions are read from the database; whatever else was claimed must go out.
That mark comes but a moment before the request, so of those that never came there are no more than leave in that moment.

`python -m tests.faults.fanouts --count 300` prints its figures, its seed and the commit; `--pace 30` is the usual pace.
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
from models.outbox import CUT_OFF, OUTBOX
from models.people import person_table
from models.recipients import recipients
from tests.faults.books import QUIET, Record, engine_of, settled
from tests.faults.bots import Bots, Warm
from tests.faults.in_hand import InHand
from tests.templates import lay

MEMBERS, PAGE = 150, 10
EVERY = 1.0  # seconds from one run to the next, at least
MOST = 90  # runs: each start reads all their campaigns
A_KILL = 0.6  # seconds, about
NEVER = timedelta(days=30)  # the group buy of the ground's own campaign
LEASE = 3.0
PACE = 200  # messages a second
MOMENT = 0.02  # seconds from the mark to the request's arrival, on a machine that has other things to do
AHEAD = timedelta(seconds=2)  # from writing bot.toml to the first slot: it must be loaded before
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
    only_claimed: int  # at the kills: they went out later
    seconds: float
    wrong: tuple[str, ...]


@dataclass(frozen=True)
class Fate:
    """What the outbox says of one member in one run."""

    id: int
    state: str
    error: str | None


@dataclass(frozen=True)
class Doubtful:
    """A promotion of unknown fate: its row, and how often it came."""

    row: int
    came: int


async def run(
    warm: Warm, count: int, seed: int, *, plant: str = "none", database: str | None = None, patience: float = QUIET,
    pace: int = PACE,
) -> Outcome:  # fmt: skip
    """`count` kills on one database while broadcasts go out."""
    number = min(MOST, max(3, round(count * A_KILL / max(EVERY, MEMBERS / pace))))
    begun, every = time.monotonic(), max(EVERY, MEMBERS / pace, count * A_KILL / number)
    with tempfile.TemporaryDirectory(prefix="tuan-fanouts-") as folder:
        async with ground(Path(folder), MEMBERS, seed=seed) as place:
            await _known(place)
            url = database or lay(f"sqlite:///{Path(folder) / 'tuan.db'}")
            file, first = _config(place, database, number, every, pace)
            hand = InHand(url)
            place.world.queues[BOT_ID].waiting.clear()  # who pressed start stands in the database already
            place.world.calls = Record()
            await asyncio.to_thread(_opened, file, place.people)
            async with Bots(place, file, warm, plant, LEASE if database else None, PAGE).last_one_ends() as bots:
                await bots.begin()
                await bots.listening()
                await asyncio.sleep((first - datetime.now(UTC)).total_seconds())
                await _kill(bots, count, random.Random(seed), hand)
                wrong = await _ended(place, url, number, bots, patience)
                await bots.stop()
            books, doubtful = await asyncio.to_thread(_compare, place, url, number)
    wrong += [*books, *_too_doubtful(doubtful, hand, round(count * max(1.0, pace * MOMENT)))]
    unknown, arrived = len(doubtful), sum(one.came for one in doubtful)
    return Outcome(
        count, number * MEMBERS, unknown, arrived, hand.only_claimed, time.monotonic() - begun, tuple(wrong)
    )


async def _known(place: Ground) -> None:
    """A bot is made by its first call; then people can press start."""
    async with aiohttp.ClientSession() as web, web.get(f"{place.running.url}/bot{TOKEN}/getMe") as answer:
        assert answer.ok
    for person in place.people:
        await place.act("start", person_id=person, bot_id=BOT_ID)


def _config(place: Ground, database: str | None, number: int, every: float, pace: int) -> tuple[Path, datetime]:
    """Its file, and when the first run comes."""
    file = place.config(database, hurry=True, opens=NEVER)
    page = file.read_text("utf-8").replace("[rates]\n", _HEAD).replace("per_second = 30\n", f"per_second = {pace}\n", 1)
    first = datetime.now(SHANGHAI) + AHEAD
    for one in range(number):
        at = first + timedelta(seconds=every * one)
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


async def _kill(bots: Bots, count: int, dice: random.Random, hand: InHand) -> None:
    """Ends with a bot that listens."""
    for number in range(1, count + 1):
        await asyncio.sleep(dice.uniform(0.05, 0.6))  # the point of the kill is meant to be anywhere
        await bots.kill()
        await asyncio.to_thread(hand.look)
        await bots.begin()
        if number == count or dice.random() > 0.2:  # some are killed before they listen
            await bots.listening()


async def _ended(place: Ground, url: str, number: int, bots: Bots, patience: float) -> list[str]:
    """Waits until every run is over and nothing waits any more; gives up when nothing moves in `patience` seconds."""
    engine = engine_of(url)
    states: list[str] = []
    sent, moved = 0, time.monotonic()
    while (len(states) < number or any(state != "done" for state in states)) and time.monotonic() < moved + patience:
        bots.must_live()
        await asyncio.sleep(0.1)
        before = states, sent
        with Session(engine) as session:
            states = list(session.scalars(select(campaigns.runs.c.state).order_by(campaigns.runs.c.id)))
        sent = len(place.world.calls)
        moved = moved if (states, sent) == before else time.monotonic()
    engine.dispose()
    return await settled(place, url, patience, bots.must_live)


def _compare(place: Ground, url: str, number: int) -> tuple[list[str], list[Doubtful]]:
    """What is wrong, as sentences; what was cut off in mid-send."""
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
        fate = fates[key].state
        if fate not in {"delivered", "unknown"} or (fate == "delivered" and came != 1):
            wrong.append(f"{key}: {fate}, and came {came} times")
        if fate == "unknown" and fates[key].error != CUT_OFF:
            wrong.append(f"{key}: nobody knows whether it left, and no kill cut it off: {fates[key].error}")
    unknown = [Doubtful(fate.id, screens[key]) for key, fate in fates.items() if fate.state == "unknown"]
    return wrong[:20], unknown


def _too_doubtful(doubtful: list[Doubtful], hand: InHand, moments: int) -> list[str]:
    """Only what a sender had in hand at a kill is of unknown fate; what never came had begun but a moment before one."""
    never_begun = [one for one in doubtful if one.row not in hand.begun]
    never_came = sum(not one.came for one in doubtful)
    wrong = [f"{len(never_begun)} of unknown fate had not begun at any kill"] if never_begun else []
    return wrong + ([f"{never_came} of unknown fate never came, more than {moments}"] if never_came > moments else [])


def _fates(session: Session) -> dict[tuple[int, str], Fate]:
    """What became of each member in each run."""
    r, runs = recipients.c, campaigns.runs.c
    query = (
        select(person_table.c.telegram_id, campaigns.campaigns.c.key, OUTBOX.c.id, OUTBOX.c.state, OUTBOX.c.error)
        .select_from(
            recipients.join(campaigns.runs, runs.id == r.run_id)
            .join(campaigns.campaigns, campaigns.campaigns.c.id == runs.campaign_id)
            .join(person_table, person_table.c.id == r.person_id)
            .outerjoin(OUTBOX, (OUTBOX.c.run_id == r.run_id) & (OUTBOX.c.person_id == r.person_id))
        )
    )  # fmt: skip
    rows = session.execute(query)
    return {
        (row.telegram_id, f"Broadcast {row.key.removeprefix('run-')}"): Fate(row.id, str(row.state), row.error) for row in rows
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plant", default="none")
    parser.add_argument("--pace", type=int, default=PACE, help="messages a second")
    parser.add_argument("--database", help="a fresh PostgreSQL database instead of a SQLite file")
    args = parser.parse_args()
    warm = Warm()
    try:
        outcome = asyncio.run(run(warm, args.count, args.seed, plant=args.plant, database=args.database, pace=args.pace))
    finally:
        warm.close()
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    print(f"{outcome.kills} kills, seed {args.seed}, commit {commit}, {datetime.now(UTC):%Y-%m-%d}: {outcome.messages} promotions "
          f"at {args.pace} a second, {outcome.unknown} cut off in mid-send, of these {outcome.of_these_arrived} had arrived; "
          f"{outcome.only_claimed} only claimed and sent later, "
          f"{outcome.seconds:.0f} s; wrong: {list(outcome.wrong) or 'nothing'}")
    return 1 if outcome.wrong else 0


if __name__ == "__main__":
    sys.exit(main())

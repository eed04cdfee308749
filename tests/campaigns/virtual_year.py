"""Eight processes with clocks that differ share a year of slots in twelve zones: each slot is run exactly once.

Every process takes what its own clock says is due, and now and then loads bot.toml again, in one of two spellings of the
same schedules, so that edits by a slow clock set `next_at` back. What must have run says an oracle that knows nothing of
cron or of schedules: it walks through the year by quarters of an hour and looks at the clocks on the wall.

`python -m tests.campaigns.virtual_year` is the whole; `--plant` takes something out, which the comparison must find.
"""

import argparse
import multiprocessing
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, UniqueConstraint, create_engine, event, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from bot.core.config import Config
from bot.core.migrate import metadata
from campaigns import linter, schedule, slots
from models import campaigns as table
from models.campaigns import RunState, campaigns, runs

PROCESSES = 8
ZONES = (
    "Australia/Lord_Howe", "Africa/Cairo", "Europe/Helsinki", "America/Santiago", "Pacific/Apia", "Africa/Casablanca",
    "Antarctica/Troll", "America/Sao_Paulo", "America/New_York", "Asia/Kolkata", "Asia/Shanghai", "Pacific/Auckland",
)  # fmt: skip
QUARTER, MINUTE, HOUR, DAY = timedelta(minutes=15), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
YEAR = 2026
MOST_SKEW = 300.0  # seconds that a process's clock is early or late
STEP = 8 * 3600.0  # seconds between two looks on average
EDITS = 0.05  # of the looks begin with loading bot.toml
PLANTS = ("utc", "gaps", "no key", "not moved")
Wall = Callable[[datetime], bool]


@dataclass(frozen=True)
class Rule:
    """A schedule in two spellings, and what it means to somebody who looks at the clock on the wall."""

    name: str
    spellings: tuple[str, str]
    means: Wall


RULES = (
    Rule("sundays", ('cron = "0 0 * * sun"', 'cron = "0 0 * * 7"'),
         lambda wall: wall.isoweekday() == 7 and (wall.hour, wall.minute) == (0, 0)),
    Rule("sunday-nights", ('cron = "15 2 * * sun"', 'cron = "15 2 * * 0"'),
         lambda wall: wall.isoweekday() == 7 and (wall.hour, wall.minute) == (2, 15)),
)
MORE_RULES = (
    Rule("nights", ('cron = "15 2 * * *"', 'cron = "15 2 * * 0-6"'), lambda wall: (wall.hour, wall.minute) == (2, 15)),
    Rule("midnights", ('cron = "30 0 * * *"', 'cron = "30 0 1-31 * *"'), lambda wall: (wall.hour, wall.minute) == (0, 30)),
    Rule("mornings", ('cron = "30,45 3 * * *"', 'cron = "30-45/15 3 * * *"'),
         lambda wall: wall.hour == 3 and wall.minute in {30, 45}),
    Rule("hours", ('cron = "0 1-4 * * *"', 'cron = "0 1,2,3,4 * * *"'),
         lambda wall: 1 <= wall.hour <= 4 and wall.minute == 0),
)  # fmt: skip
EVERY = timedelta(hours=177)
_CAMPAIGN = """
[[campaign]]
id = "{id}"
kind = "group_buy"
shop = "{shop}"
schedule = {{ {schedule} }}
catch_up = "all"
circles = ["*"]
product = "oranges-{shop}"
ladder = [{{ at = 2, price = "36.00" }}]
closes_after = "1h"
"""


@dataclass(frozen=True)
class Plan:
    """Which days, which zones, which schedules in each."""

    days: int
    year: int = YEAR
    zones: tuple[str, ...] = ZONES
    rules: Sequence[Rule] = RULES

    @property
    def start(self) -> datetime:
        return datetime(self.year, 1, 1, 12, tzinfo=UTC)

    @property
    def end(self) -> datetime:
        return self.start + self.days * DAY


def oracle(zone: ZoneInfo, means: Wall, start: datetime, end: datetime) -> set[datetime]:
    """When a wall clock shows it for the first time; what it never shows counts when it has jumped over it."""
    found: set[datetime] = set()
    seen: set[datetime] = set()
    moment = start + QUARTER - DAY
    shown = (moment - QUARTER).astimezone(zone).replace(tzinfo=None)
    while moment <= end:
        wall = moment.astimezone(zone).replace(tzinfo=None)
        shown += QUARTER
        while shown < wall:  # the clocks were put forward: these never came
            if means(shown) and moment > start:
                found.add(moment)
            shown += QUARTER
        shown = wall
        if wall not in seen and means(wall) and moment > start:
            found.add(moment)
        seen.add(wall)
        moment += QUARTER
    return found


def expected(plan: Plan) -> dict[str, set[datetime]]:
    """Every slot of every campaign until the end."""
    slots_of: dict[str, set[datetime]] = {}
    start, end = plan.start, plan.end
    for number, name in enumerate(plan.zones):
        for rule in plan.rules:
            slots_of[f"{rule.name}-{number}"] = oracle(ZoneInfo(name), rule.means, start, end)
        slots_of[f"every-{number}"] = {start + EVERY * count for count in range(1, (end - start) // EVERY + 1)}
    return slots_of


def write(folder: Path, plan: Plan, spelling: int) -> Config:
    """bot.toml with a shop in each zone and all schedules in each shop."""
    pages = ['[bot]\ntoken = "env:TUAN_YEAR"\noperators = [1]\n']
    for number, zone in enumerate(plan.zones):
        shop = f"shop{number}"
        pages.append(f'[[shop]]\nid = "{shop}"\nname = "{shop}"\ncurrency = "EUR"\ntimezone = "{zone}"\nowners = [1]\n')
        pages.append(f'[[product]]\nid = "oranges-{shop}"\nshop = "{shop}"\ntitle = "Oranges"\nprice = "39.90"\n')
        for rule in plan.rules:
            pages.append(_CAMPAIGN.format(id=f"{rule.name}-{number}", shop=shop, schedule=rule.spellings[spelling]))
        every = f'every = "{EVERY // HOUR}h"'
        pages.append(_CAMPAIGN.format(id=f"every-{number}", shop=shop, schedule=every))
    folder.mkdir(exist_ok=True)
    file = folder / "bot.toml"
    file.write_text("\n".join(pages), "utf-8")
    return linter.load(file, plan.start)


# The processes


def _engine(url: str) -> Engine:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _by_hand)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _by_hand(raw: object, _: object) -> None:
    raw.isolation_level = None  # type: ignore[attr-defined]  # sqlite3's own; SQLAlchemy begins instead
    for pragma in ("busy_timeout=60000", "journal_mode=WAL", "synchronous=OFF"):
        raw.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]  # sqlite3's own


def _one_process(
    url: str, seed: int, clock: "Synchronized[float]", plan: Plan, configs: Sequence[Config], planted: str | None
) -> None:
    dice = random.Random(seed)
    if planted:
        _plant(planted)
    engine = _engine(url)
    skew = timedelta(seconds=dice.uniform(-MOST_SKEW, MOST_SKEW))
    moment, length = 0.0, plan.days * DAY / timedelta(seconds=1)
    while moment <= length + 2 * MOST_SKEW:
        with clock.get_lock():
            moment = clock.value
            clock.value += dice.uniform(0, 2 * STEP)
        now = plan.start + timedelta(seconds=moment) + skew
        if dice.random() < (0.5 if planted == "no key" else EDITS):
            with Session(engine) as session, session.begin():
                slots.load(session, dice.choice(configs), now)
        while _takes_one(engine, now, dice.choice(configs)):
            pass
    engine.dispose()


def _takes_one(engine: Engine, now: datetime, config: Config) -> bool:
    with Session(engine) as session, session.begin():
        slot = slots.take_slot(session, now, config)
        if slot is not None:
            table.finish(session, slot.run_id, RunState.DONE, {}, now)
    return slot is not None


# What may be taken out


def _plant(planted: str) -> None:
    """In a process of its own, so nothing is put back."""
    change = table.change
    if planted == "utc":
        schedule.ZoneInfo = lambda _: UTC  # type: ignore[assignment,misc,attr-defined]  # slots of a zone by the clock of another
    elif planted == "gaps":
        schedule.instant = lambda wall, zone: wall.replace(tzinfo=zone).astimezone(UTC)
    elif planted == "no key":
        table.insert_into = lambda _, into: _Insert(into)
    elif planted == "not moved":
        slots._MOST_PASSED = 1  # else each looks at the same slot two hundred times
        table.change = lambda session, row, values: change(
            session, row, {key: value for key, value in values.items() if key != "next_at"} or {"removed_at": None}
        )


class _Insert(sqlite.Insert):
    """Knows no conflicts."""

    inherit_cache = True

    def on_conflict_do_nothing(self, *_: object, **__: object) -> "_Insert":
        return self


@contextmanager
def _keyless(planted: str | None) -> Iterator[None]:
    """While the tables are made, runs have no unique key."""
    keys = {one for one in runs.constraints if isinstance(one, UniqueConstraint)} if planted == "no key" else set()
    runs.constraints -= keys
    try:
        yield
    finally:
        runs.constraints |= keys


@dataclass(frozen=True)
class Outcome:
    """How many slots there were, and what was found wrong."""

    slots: int
    seconds: float
    missing: int
    strange: int
    twice: int

    @property
    def wrong(self) -> bool:
        return bool(self.missing or self.strange or self.twice)


def run(url: str, folder: Path, plan: Plan, *, seed: int, planted: str | None = None) -> Outcome:
    """Lets them race and compares."""
    began = time.perf_counter()
    configs = [write(folder, plan, spelling) for spelling in (0, 1)]
    engine = _engine(url)
    with _keyless(planted):
        metadata().create_all(engine)
    with Session(engine) as session, session.begin():
        slots.load(session, configs[0], plan.start)
    engine.dispose()
    _race(url, seed, plan, configs, planted)
    with Session(engine) as session:
        rows = session.execute(select(campaigns.c.key, runs.c.slot).join(campaigns, campaigns.c.id == runs.c.campaign_id))
        found = Counter((key, slot) for key, slot in rows if slot <= plan.end)
    engine.dispose()
    promised = {(key, slot) for key, times in expected(plan).items() for slot in times}
    twice = sum(1 for count in found.values() if count > 1)
    seconds = time.perf_counter() - began
    return Outcome(len(promised), seconds, len(promised - found.keys()), len(found.keys() - promised), twice)


def _race(url: str, seed: int, plan: Plan, configs: Sequence[Config], planted: str | None) -> None:
    context = multiprocessing.get_context("fork")
    clock = context.Value("d", 0.0)
    racers = [
        context.Process(target=_one_process, args=(url, seed * 100 + number, clock, plan, configs, planted))
        for number in range(PROCESSES)
    ]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    if any(racer.exitcode for racer in racers):
        raise RuntimeError("a process ended with an error")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--year", type=int, default=YEAR, help="2011 has Apia's lost day, 2018 and 2019 the last of Sao Paulo")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", help="postgresql://…; a fresh SQLite file if left out")
    parser.add_argument("--plant", choices=PLANTS)
    parser.add_argument("--small", action="store_true", help="as make test has it")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = args.database or f"sqlite:///{Path(folder) / 'year.db'}"
        plan = Plan(args.days, args.year, rules=RULES if args.small else (*RULES, *MORE_RULES))
        found = run(url, Path(folder) / "shop", plan, seed=args.seed, planted=args.plant)
    print(f"{url.split(':')[0]}, seed {args.seed}, {args.days} days of {args.year}: {found.slots} slots, {found.missing} missing, "
          f"{found.strange} that are none, {found.twice} twice; {found.seconds:.1f} s")
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())

"""Eight processes with clocks that differ share a year of slots in twelve zones: each slot is run exactly once.

Every process takes what its own clock says is due, and now and then loads bot.toml again, in one of two spellings of the
same schedules, so that edits by a slow clock set `next_at` back. What must have run says an oracle that knows nothing of
cron or of schedules: it walks through the year by quarters of an hour and looks at the clocks on the wall.

`python -m tests.campaigns.virtual_year` is the whole, in two databases side by side (one writes at a time in each), eight
processes on either; then each of the planted faults, which the comparison must find. `--plant` plants one in the whole.
"""

import argparse
import multiprocessing
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

from sqlalchemy import Engine, UniqueConstraint, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from bot.core.config import Config
from bot.core.migrate import metadata
from campaigns import linter, schedule, slots
from models import campaigns as table
from models.campaigns import RunState, campaigns, runs
from tests.campaigns.wall_clocks import DAY, EASTER, EVERY, HOUR, MORE_RULES, RULES, YEAR, Plan, expected
from tests.racing import engine_of_a_process
from tests.templates import lay

PROCESSES = 8
MOST_SKEW = 300.0  # seconds that a process's clock is early or late
EDITS = 0.05  # of the looks begin with loading bot.toml
PLANTS = {  # what can be taken out -> a while in which that is surely seen; without its key, looks that are close together
    "utc": Plan(15, zones=EASTER), "gaps": Plan(95, zones=EASTER), "not moved": Plan(15, zones=EASTER),
    "no key": Plan(2, zones=EASTER, rules=(*RULES, *MORE_RULES), step=900.0),
}  # fmt: skip
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


@dataclass(frozen=True)
class World:
    """A database, and what is to run in it."""

    url: str
    folder: Path
    plan: Plan

    @cached_property
    def configs(self) -> Sequence[Config]:
        return [write(self.folder, self.plan, spelling) for spelling in (0, 1)]


# The processes


def _one_process(world: World, seed: int, clock: "Synchronized[float]", planted: str | None) -> None:
    dice, plan, configs = random.Random(seed), world.plan, world.configs
    if planted:
        _plant(planted)
    engine = engine_of_a_process(world.url)
    skew = timedelta(seconds=dice.uniform(-MOST_SKEW, MOST_SKEW))
    moment, length = 0.0, plan.days * DAY / timedelta(seconds=1)
    while moment <= length + 2 * MOST_SKEW:
        with clock.get_lock():
            moment = clock.value
            clock.value += dice.uniform(0, 2 * plan.step)
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
        table._TAKE = {"sqlite": table._taking(_Insert)}
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


def run(worlds: Sequence[World], *, seed: int, planted: str | None = None) -> Outcome:
    """Lets them race, all worlds at once, and compares."""
    began = time.perf_counter()
    for world in worlds:
        _make(world, planted)
    _race(worlds, seed, planted)
    found = [_compared(world) for world in worlds]
    slots, missing, strange, twice = (sum(counts) for counts in zip(*found, strict=True))
    return Outcome(slots, time.perf_counter() - began, missing, strange, twice)


def _make(world: World, planted: str | None) -> None:
    if planted != "no key":
        lay(world.url)
    engine = engine_of_a_process(world.url)
    with _keyless(planted):
        metadata().create_all(engine)  # what is there stays
    with Session(engine) as session, session.begin():
        slots.load(session, world.configs[0], world.plan.start)
    engine.dispose()


def _compared(world: World) -> tuple[int, int, int, int]:
    """How many slots were promised, and how many are missing, are none, were run twice."""
    engine = engine_of_a_process(world.url)
    with Session(engine) as session:
        rows = session.execute(select(campaigns.c.key, runs.c.slot).join(campaigns, campaigns.c.id == runs.c.campaign_id))
        found = Counter((key, slot) for key, slot in rows if slot <= world.plan.end)
    engine.dispose()
    promised = {(key, slot) for key, times in expected(world.plan).items() for slot in times}
    twice = sum(1 for count in found.values() if count > 1)
    return len(promised), len(promised - found.keys()), len(found.keys() - promised), twice


def _race(worlds: Sequence[World], seed: int, planted: str | None) -> None:
    context = multiprocessing.get_context("fork")
    racers = []
    for place, world in enumerate(worlds):
        clock = context.Value("d", 0.0)
        for number in range(PROCESSES):
            mine = (world, seed * 100 + place * PROCESSES + number, clock, planted)
            racers.append(context.Process(target=_one_process, args=mine))
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    if any(racer.exitcode for racer in racers):
        raise RuntimeError("a process ended with an error")


def _worlds(folder: Path, plan: Plan, url: str | None) -> list[World]:
    """One on the database that was named, else two with half of the zones each."""
    if url is not None:
        return [World(url, folder / "shop", plan)]
    halves = (replace(plan, zones=plan.zones[half::2]) for half in (0, 1))
    return [World(f"sqlite:///{folder / name}.db", folder / name, half) for name, half in zip("ab", halves, strict=True)]


def _notices(planted: str, seed: int) -> bool:
    """Whether the comparison finds it, on SQLite, in a short year."""
    with tempfile.TemporaryDirectory() as folder:
        there = World(f"sqlite:///{Path(folder) / 'year.db'}", Path(folder) / "shop", PLANTS[planted])
        return run([there], seed=seed, planted=planted).wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--year", type=int, default=YEAR, help="2011 has Apia's lost day, 2018 and 2019 the last of Sao Paulo")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", help="postgresql://…; fresh SQLite files if left out")
    parser.add_argument("--plant", choices=PLANTS)
    parser.add_argument("--small", action="store_true", help="as make test has it")
    args = parser.parse_args()
    plan = Plan(args.days, args.year, rules=RULES if args.small else (*RULES, *MORE_RULES))
    with tempfile.TemporaryDirectory() as folder:
        found = run(_worlds(Path(folder), plan, args.database), seed=args.seed, planted=args.plant)
    print(f"{(args.database or 'sqlite').split(':')[0]}, seed {args.seed}, {args.days} days of {args.year}: {found.slots} slots, "
          f"{found.missing} missing, {found.strange} that are none, {found.twice} twice; {found.seconds:.1f} s")
    missed = [] if args.plant else [planted for planted in PLANTS if not _notices(planted, args.seed)]
    if not args.plant:
        print(f"{len(PLANTS) - len(missed)} of {len(PLANTS)} planted faults noticed" + "".join(f"; not {one}" for one in missed))
    return 1 if found.wrong or missed else 0


if __name__ == "__main__":
    sys.exit(main())

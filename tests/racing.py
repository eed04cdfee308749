"""What the races share: eight processes that call the models directly on one database, each act a transaction of its own.

A race lays out its table, says what each process does one after another, and reads the books at the end:

    def run(url, many, seed, *, planted=False):
        return race(url, laid, lambda table, number: acts(table, seed + number), books)

What `acts` does before its first act happens inside the process: a fault is planted there and nowhere else. A process that
ends with an error ends the race. `command` is the long run by hand.
"""

import argparse
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models.errors import DomainError
from tests.rules.scene import engine_of

PROCESSES = 8

Table = TypeVar("Table")  # what everybody reaches for: ids, found or made before the race
Act = Callable[[Session], object]


@dataclass(frozen=True)
class Counts:
    """How the acts went: done, refused by a rule, refused by the database (a lock, a deadlock)."""

    accepted: int = 0
    refused: int = 0
    broken: int = 0


@dataclass(frozen=True)
class Outcome:
    """How the acts went, and what the books say was wrong at the end."""

    accepted: int
    refused: int
    broken: int
    seconds: float
    wrong: tuple[str, ...]


class Run(Protocol):
    """A race of that many acts or people."""

    def __call__(self, url: str, many: int, seed: int, *, planted: bool) -> Outcome: ...


def race(
    url: str,
    lay: Callable[[Session], Table],
    acts: Callable[[Table, int], Iterable[Act]],
    books: Callable[[Session, Table], Sequence[str]],
) -> Outcome:
    """Lays the table, lets process 0 to 7 do their acts at once, and compares."""
    engine = engine_of(url)
    with Session(engine) as session, session.begin():
        table = lay(session)
    engine.dispose()  # a connection is not carried into another process
    began = time.perf_counter()
    counts = _at_once(url, lambda number: acts(table, number))
    seconds = time.perf_counter() - began
    with Session(engine) as session:
        wrong = books(session, table)
    engine.dispose()
    accepted, refused, broken = (sum(column) for column in zip(*map(astuple, counts), strict=True))
    return Outcome(accepted, refused, broken, seconds, tuple(wrong))


def _at_once(url: str, acts: Callable[[int], Iterable[Act]]) -> list[Counts]:
    context = multiprocessing.get_context("fork")
    found: multiprocessing.Queue[Counts] = context.Queue()
    racers = [context.Process(target=_one_process, args=(url, acts, number, found)) for number in range(PROCESSES)]
    for racer in racers:
        racer.start()
    counts = [found.get() for _ in racers]
    for racer in racers:
        racer.join()
    if any(racer.exitcode for racer in racers):
        raise RuntimeError("a process ended with an error")
    return counts


def _one_process(
    url: str, acts: Callable[[int], Iterable[Act]], number: int, found: "multiprocessing.Queue[Counts]"
) -> None:
    engine, went = engine_of_a_process(url), {"accepted": 0, "refused": 0, "broken": 0}
    try:
        for act in acts(number):
            went[_went(engine, act)] += 1
    finally:  # whoever waits for the counts of eight hears from eight
        engine.dispose()
        found.put(Counts(**went))


def _went(engine: Engine, act: Act) -> str:
    try:
        with Session(engine) as session, session.begin():
            act(session)
    except DomainError:
        return "refused"
    except DBAPIError:
        return "broken"
    return "accepted"


def engine_of_a_process(url: str) -> Engine:
    """SQLite begins as the product does, at once for writing, and waits long; it is not synced, since nobody pulls the plug."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _by_hand)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _by_hand(raw: object, _: object) -> None:
    raw.isolation_level = None  # type: ignore[attr-defined]  # sqlite3's own; SQLAlchemy begins instead
    for pragma in ("busy_timeout=60000", "journal_mode=WAL", "synchronous=OFF", "foreign_keys=ON"):
        raw.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]  # sqlite3's own


def command(run: Run, doc: str | None, what: str, many: int) -> int:
    """`python -m tests.….race --<what> N`: prints the engine, the seed, the figures and what is wrong; 1 if anything is."""
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument(f"--{what}", dest="many", type=int, default=many)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", help="postgresql://…; a fresh SQLite file if left out")
    parser.add_argument("--plant", action="store_true", help="with the fault that the comparison must find")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = asked.database or f"sqlite:///{Path(folder) / 'race.db'}"
        outcome = run(url, asked.many, asked.seed, planted=asked.plant)
    sys.stdout.write(
        f"{url.partition(':')[0]}, {PROCESSES} processes, {asked.many} {what}, seed {asked.seed}: {outcome.accepted} accepted, "
        f"{outcome.refused} refused, {outcome.broken} refused by the database, {outcome.seconds:.1f} s; "
        f"wrong: {list(outcome.wrong[:10]) or 'nothing'}\n"
    )
    return 1 if outcome.wrong else 0

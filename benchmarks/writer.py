"""How many durable joins a second the writer takes, beside what the same statements cost without it.

A join here is what a tap needs: read the round, take stock, insert a seat, mark the card, mark the inbox row done.
Run: `python -m benchmarks.writer [--flight 32] [--joins 6000]`; prints one line of JSON.
"""

import argparse
import asyncio
import json
import tempfile
import time
from pathlib import Path

from sqlalchemy import Column, Integer, MetaData, String, Table, bindparam, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.orm import Session

from bot.core.database import Database

_META = MetaData()
_ROUNDS = Table(
    "deals", _META, Column("id", Integer, primary_key=True), Column("stock", Integer), Column("taken", Integer)
)
_SEATS = Table(
    "seats",
    _META,
    Column("id", Integer, primary_key=True),
    Column("round_id", Integer),
    Column("member", Integer, index=True),
)
_MARKS = Table("marks", _META, Column("id", Integer, primary_key=True), Column("card", Integer, unique=True))
_INBOX = Table("todo", _META, Column("id", Integer, primary_key=True), Column("state", String))

_READ = select(_ROUNDS.c.stock, _ROUNDS.c.taken).where(_ROUNDS.c.id == bindparam("round"))
_TAKE = (
    update(_ROUNDS)
    .where(_ROUNDS.c.id == bindparam("round"), _ROUNDS.c.stock >= 1)
    .values(stock=_ROUNDS.c.stock - 1, taken=_ROUNDS.c.taken + 1)
)
_MINE = select(_SEATS.c.id).where(_SEATS.c.member == bindparam("member"))
_SEAT = insert(_SEATS)
_MARK = upsert(_MARKS).on_conflict_do_nothing()
_DONE = update(_INBOX).where(_INBOX.c.id == bindparam("row"), _INBOX.c.state == "new").values(state="done")


def join(session: Session, member: int) -> int:
    """Six Core statements, as a tap makes them."""
    session.execute(_READ, {"round": 1}).one()
    session.execute(_MINE, {"member": member}).first()
    session.execute(_TAKE, {"round": 1})
    session.execute(_SEAT, {"round_id": 1, "member": member})
    session.execute(_MARK, {"card": 1})
    session.execute(_DONE, {"row": member})
    return member


def furnish(session: Session, rows: int = 1000) -> None:
    """The tables of these joins, with one round of plenty."""
    _META.create_all(session.connection())
    session.execute(insert(_ROUNDS), [{"id": 1, "stock": 10_000_000, "taken": 0}])
    session.execute(insert(_INBOX), [{"id": n, "state": "new"} for n in range(rows)])


async def _taps(database: Database, numbers: list[int], waits: list[float]) -> None:
    while numbers:
        begun = time.perf_counter()
        await database.write(join, numbers.pop())
        waits.append(time.perf_counter() - begun)


async def measure(flight: int, joins: int) -> dict[str, float]:
    """Joins per second, CPU milliseconds each, and the median and 99th percentile wait in milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database.open(f"sqlite:///{Path(folder) / 'bench.db'}")
        await database.write(furnish, joins)
        numbers, waits = list(range(joins)), list[float]()
        cpu, begun = time.process_time(), time.perf_counter()
        await asyncio.gather(*(_taps(database, numbers, waits) for _ in range(flight)))
        took, used = time.perf_counter() - begun, time.process_time() - cpu
        await database.close()
    waits.sort()
    return {
        "in_flight": flight,
        "joins_per_second": round(joins / took),
        "cpu_ms": round(used / joins * 1000, 3),
        "p50_ms": round(waits[len(waits) // 2] * 1000, 2),
        "p99_ms": round(waits[len(waits) * 99 // 100] * 1000, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flight", type=int, nargs="*", default=[1, 32])
    parser.add_argument("--joins", type=int, default=6000)
    arguments = parser.parse_args()
    for flight in arguments.flight:
        print(json.dumps(asyncio.run(measure(flight, arguments.joins if flight > 1 else arguments.joins // 6))))


if __name__ == "__main__":
    main()

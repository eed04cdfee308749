"""How long an audience takes out of a million members with five million orders, on SQLite: every condition, and the worst of them.

The file is built once by bulk SQL in a folder of its own (half a minute) and used again while it has the same size; the
queries are the bot's own, on a reader as the bot has them. Run: `python -m benchmarks.audiences [--people 1000000]
[--orders 5000000] [--folder DIR]`; prints a line for each and one of JSON.
"""

import argparse
import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from bot.core import migrate
from bot.core.config.audience import Audience
from bot.core.database import Database
from campaigns import audiences
from models import catalogue, circles, group_buys, shops, standings, vouchers
from models.orders import Order
from models.people import Person
from models.seats import Seat

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SHOP, CIRCLES, PRODUCTS, CATEGORIES = 1, 1000, 100, 10
PEOPLE, ORDERS, PAGE = 1_000_000, 5_000_000, 500
FOLDER = Path(tempfile.gettempdir()) / "tuan-audiences"

CONDITIONS: Mapping[str, Mapping[str, object]] = {
    "none": {},
    "bought, by nearly half": {"bought": "p1"},
    "bought, by one in a thousand": {"bought": "p81"},
    "category": {"category": "c1"},
    "bought within": {"bought": "p1", "within": "90d"},
    "bought and not for": {"bought": "p1", "not_for": "30d"},
    "within": {"within": "30d"},
    "not_for": {"not_for": "30d"},
    "orders": {"orders": ">=2"},
    "orders, nearly none": {"orders": ">=40"},
    "orders, also none": {"orders": "<3"},
    "spent": {"spent": ">=100.00"},
    "class": {"class": "loyal"},
    "path": {"path": "expert"},
    "joined_within": {"joined_within": "14d"},
    "language": {"language": "zh_CN"},
    "voucher": {"voucher": "unused"},
    "all at once": {
        "bought": "p1", "category": "c1", "within": "600d", "not_for": "7d", "orders": ">=1", "spent": ">=1.00",
        "path": "crowd", "language": "en", "joined_within": "3000d",
    },
    "all that many fit": {"category": "c1", "not_for": "7d", "orders": "<90", "spent": ">=1.00", "language": "en"},
}  # fmt: skip

_ROWS = "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < {many}) "


def _mix(salt: int) -> str:
    """The row's number mixed up: as good as random, and the same in every build."""
    return f"((((i * 2654435761 + {salt} * 40503) & 4294967295) * 2246822519 >> 13) & 2147483647)"


def _day(ago: str) -> str:
    return f"datetime('2026-11-21', '-' || ({ago}) || ' days') || '.000000'"


def _first_rows(session: Session) -> None:
    """One shop with its circles and products, and the first row of everything that there is much of."""
    orchard = shops.Terms(key="orchard", name="Orchard Lane", currency="CNY", timezone="Asia/Shanghai", owners=[])
    assert shops.put(session, orchard, NOW) == SHOP
    for number in range(1, CIRCLES + 1):
        circles.put(session, circles.Named(chat_id=-1000 - number, name=f"Circle {number}", shop_id=SHOP), NOW)
    for number in range(1, PRODUCTS + 1):
        goods = catalogue.Goods(key=f"p{number}", title={}, price=3990, category=f"c{number % CATEGORIES}")
        catalogue.put(session, SHOP, goods, NOW)
    session.add(Person(telegram_id=1, name="Ann", seen_at=NOW, started_at=NOW))
    session.flush()
    session.add(circles.Membership(circle_id=1, person_id=1, joined_at=NOW))
    terms = group_buys.Terms(shop_id=SHOP, circle_id=1, product_id=1, price=3990, closes_at=NOW + timedelta(days=1))
    group_buys.open_round(session, terms, NOW)
    session.add(Seat(round_id=1, person_id=1, state="held", quantity=1, place=1, told=3990, joined_at=NOW, changed_at=NOW))
    session.flush()
    session.add(Order(
        shop_id=SHOP, circle_id=1, round_id=1, product_id=1, seat_id=1, person_id=1, state="completed", quantity=1,
        unit_price=3990, total=3990, created_at=NOW, collected_at=NOW, path="self",
    ))  # fmt: skip
    thanks = vouchers.Terms(key="thanks", worth=vouchers.Worth.AMOUNT, value=500, valid_for=timedelta(days=9))
    session.flush()
    vouchers.grant(session, vouchers.put(session, SHOP, thanks, NOW), 1, "v1", NOW)


def _many(people: int, orders: int) -> Iterator[tuple[str, int, dict[str, str], str]]:
    """Table, number of rows, what differs from the first one, and which rows: half of the orders are a tenth of the members'."""
    skew = f"({_mix(5)} % 1000 / 1000.0)"
    busy = f"CASE WHEN i % 10 < 5 THEN 1 + {_mix(3)} % {max(1, people // 10)} ELSE 1 + {_mix(4)} % {people} END"
    yield "people", people, {
        "id": "i", "telegram_id": "i", "name": "'Person ' || i", "language": "CASE WHEN i % 5 = 0 THEN 'zh-hans' ELSE 'en' END",
        "chosen_language": "CASE WHEN i % 20 = 1 THEN 'zh_CN' END", "started_at": f"CASE WHEN i % 10 < 8 THEN {_day('300')} END",
        "unreachable_at": f"CASE WHEN i % 50 = 0 THEN {_day('30')} END",
    }, "1"  # fmt: skip
    yield "memberships", people, {
        "circle_id": f"1 + {_mix(1)} % {CIRCLES}", "person_id": "i", "joined_at": _day(_mix(2) + " % 690"),
        "left_at": f"CASE WHEN i % 40 = 0 THEN {_day('100')} END",
    }, "1"  # fmt: skip
    second = {"circle_id": f"1 + ({_mix(1)} + 1) % {CIRCLES}", "person_id": "i", "joined_at": _day(_mix(7) + " % 690")}
    yield "memberships", people, second, "i % 10 = 3"
    yield "orders", orders, {
        "id": "i", "circle_id": f"1 + i % {CIRCLES}", "product_id": f"1 + CAST({PRODUCTS} * {skew} * {skew} * {skew} AS INTEGER)",
        "seat_id": "i", "person_id": busy, "total": f"2000 + {_mix(6)} % 6000",
        "state": "CASE WHEN i % 10 = 9 THEN 'lapsed' WHEN i % 97 = 0 THEN 'refunded' ELSE 'completed' END",
        "collected_at": f"CASE WHEN i % 10 <> 9 THEN {_day(_mix(8) + ' % 690')} END",
        "path": "CASE i % 4 WHEN 0 THEN 'kin' WHEN 1 THEN 'crowd' WHEN 2 THEN 'self' ELSE 'expert' END",
    }, "1"  # fmt: skip
    until = _day("CASE WHEN i % 3 THEN -9 ELSE 1 END")
    yield "vouchers", people, {"id": "i", "person_id": "i", "reason": "'v' || i", "valid_until": until}, "i % 5 = 2"


_TOTALS = """
INSERT INTO buyer_totals (shop_id, person_id, orders, spent, first_at, last_at, path)
SELECT shop_id, person_id, count(*), sum(total), min(collected_at), max(collected_at), max(path)
FROM orders WHERE collected_at IS NOT NULL AND state <> 'refunded' GROUP BY shop_id, person_id
"""


def _fill(raw: sqlite3.Connection, people: int, orders: int) -> None:
    """Copies of the first rows by the million; the orders' indexes are made afterwards, else it takes ten times as long."""
    made_by = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'orders' AND sql > ''"
    indexes = raw.execute(made_by).fetchall()
    for name, _ in indexes:
        raw.execute(f"DROP INDEX {name}")
    for table, number, differs, which in _many(people, orders):
        names = [row[1] for row in raw.execute(f"PRAGMA table_info({table})")]
        values = ", ".join(differs.get(name, f"first.{name}") for name in names)
        first = f"(SELECT * FROM {table} LIMIT 1) AS first"
        raw.execute(f"{_ROWS.format(many=number)} INSERT OR IGNORE INTO {table} SELECT {values} FROM n, {first} WHERE {which}")
    for _, made in indexes:
        raw.execute(made)
    raw.execute(_TOTALS)


def build(file: Path, people: int, orders: int) -> None:
    """The file, by bulk SQL."""
    part = file.with_suffix(".part")
    for old in file.parent.glob("*.part*"):
        old.unlink()
    migrate.upgrade(f"sqlite:///{part}")
    database = Database.open(f"sqlite:///{part}")
    database.write_sync(_first_rows)
    database.close_sync()
    raw = sqlite3.connect(part, isolation_level=None)
    for pragma in ("synchronous=OFF", "foreign_keys=OFF", "cache_size=-400000"):
        raw.execute(f"PRAGMA {pragma}")
    raw.execute("BEGIN")
    _fill(raw, people, orders)
    raw.execute("COMMIT")
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    part.rename(file)


def _timed(run: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> tuple[float, object]:
    begun = clock()
    found = run()
    return clock() - begun, found


def _classes(database: Database) -> dict[str, float]:
    """A night's standings through the writer; how long it was held at most, milliseconds."""
    average = database.read_sync(standings.average, SHOP)
    after, longest, begun = 0, 0.0, time.perf_counter()
    while True:
        bite = database.read_sync(standings.computed, SHOP, after, average, NOW)
        if bite is None:
            break
        took, _ = _timed(lambda: database.write_sync(standings.keep, bite))  # noqa: B023  # called at once
        longest, after = max(longest, took), bite.last
    return {"night_seconds": round(time.perf_counter() - begun, 1), "longest_write_ms": round(longest * 1000, 1)}


def _pages(session: Session, audience: Audience, places: list[int]) -> list[float]:
    """How long pages take: at the beginning, at the middle and near the end of the ids."""
    people = session.connection().exec_driver_sql("SELECT max(id) FROM people").scalar_one()
    took = []
    for after in (0, people // 2, people * 99 // 100):
        seconds, _ = _timed(lambda: audiences.members(session, SHOP, places, audience, NOW, after=after, limit=PAGE))  # noqa: B023
        took.append(seconds)
    return took


def kept(folder: Path, people: int, orders: int) -> Path:
    """The big file: built if it is not there or does not fit today's tables; what does not fit any more is deleted."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{people}-{orders}-{migrate.head()}.db"
    if not file.exists():
        for old in folder.glob(f"{people}-{orders}-*"):
            old.unlink()
        seconds, _ = _timed(lambda: build(file, people, orders))
        print(f"  built {file} in {seconds:.0f} s", flush=True)
    return file


def measure(people: int = PEOPLE, orders: int = ORDERS, folder: Path = FOLDER) -> dict[str, object]:
    """Every condition: the count, its seconds and those of the processor, the slowest of three pages in milliseconds."""
    database, places = Database.open(f"sqlite:///{kept(folder, people, orders)}"), list(range(1, CIRCLES + 1))
    figures: dict[str, object] = {"members_in_all": people, "orders_in_all": orders}
    slowest = {"slowest_seconds": 0.0, "slowest_of_processor": 0.0, "slowest_page_ms": 0.0}
    try:
        figures["classes"] = _classes(database)
        for name, conditions in CONDITIONS.items():
            line = _condition(database, places, Audience.model_validate(conditions))
            slowest = {what: max(most, line[what.removeprefix("slowest_")]) for what, most in slowest.items()}
            figures[name] = line
    finally:
        database.close_sync()
    return figures | slowest


def _condition(database: Database, places: list[int], audience: Audience) -> dict[str, float]:
    spent = time.process_time()
    seconds, counted = _timed(lambda: database.read_sync(audiences.count, SHOP, places, audience, NOW))
    spent = time.process_time() - spent
    pages = database.read_sync(_pages, audience, places)
    assert isinstance(counted, audiences.Counted)
    return {
        "found": counted.all, "seconds": round(seconds, 2), "of_processor": round(spent, 2),
        "page_ms": round(max(pages) * 1000, 1),
    }  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--orders", type=int, default=ORDERS)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    args = parser.parse_args()
    figures = measure(args.people, args.orders, args.folder)
    for name, line in figures.items():
        print(f"  {name:34}{line}")
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())

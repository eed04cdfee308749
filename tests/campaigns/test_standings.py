"""What kind of buyer somebody is: the named thresholds, and the night that puts every buyer into a class."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.core.clock import Clock
from bot.core.database import Database
from campaigns import nightly
from campaigns.nightly import Nightly
from models import chores, standings
from models.standings import Bought, BuyerClass, class_of
from tests.campaigns.village import DAY, Village

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
YEAR_AGO = NOW - 300 * DAY


@pytest.mark.parametrize(
    ("days", "ever", "orders", "spent", "expected"),
    [
        (1, 1, 1, 100, "new"), (60, 1, 1, 100, "new"), (1, 2, 2, 100, "promising"), (45, 9, 1, 100, "promising"),
        (1, 3, 3, 100, "loyal"), (1, 9, 9, 149, "loyal"), (31, 9, 9, 999, "loyal"), (30, 6, 6, 150, "champion"),
        (1, 5, 5, 999, "loyal"), (61, 9, 9, 999, "fading"), (180, 1, 1, 100, "fading"), (181, 9, 9, 999, "asleep"),
    ],
)  # fmt: skip
def test_each_threshold(days: int, ever: int, orders: int, spent: int, expected: str) -> None:
    bought = Bought(YEAR_AGO, NOW - days * DAY, ever, orders, spent)
    assert class_of(bought, 100.0, NOW) == BuyerClass(expected)


class Still(Clock):
    """It stands until it is moved on."""

    def now(self) -> datetime:
        return NOW + self._offset


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database.open(database_url, clock=Still())
    yield database
    database.close_sync()


def _people(session: object) -> None:
    village = Village(session, NOW)  # type: ignore[arg-type]  # a session
    for name in ("Ann", "Bao", "Chen", "Dora"):
        village.comes(name)
    for days in (2, 9, 16, 23, 30, 37, 44):
        village.buys("Ann", days=days)
    village.buys("Bao", days=3)
    village.buys("Chen", days=200)
    village.refunds(village.buys("Dora", days=1))


def _classes(database: Database) -> list[str]:
    query = select(standings.standings.c.buyer_class).order_by(standings.standings.c.person_id)
    return database.read_sync(lambda session: list(session.scalars(query)))


def test_the_night_puts_every_buyer_into_a_class_bite_by_bite(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standings, "CHUNK", 1)
    monkeypatch.setattr(nightly, "BITES", 2)
    database.write_sync(_people)
    worker = Nightly(database)
    asyncio.run(worker.look())
    assert _classes(database) == ["champion", "new"], "a call does a few bites and leaves the rest to the next"
    asyncio.run(worker.look())
    asyncio.run(worker.look())
    assert _classes(database) == ["champion", "new", "asleep"]
    assert database.read_sync(chores.done_at, "standings:1") == NOW


def test_a_night_is_done_once_and_one_slept_through_is_made_up_for(database: Database) -> None:
    database.write_sync(_people)
    asyncio.run(Nightly(database).look())
    three = datetime(2026, 11, 21, 19, 0, tzinfo=UTC)  # 03:00 in Shanghai, the next day
    assert database.read_sync(nightly.begin, three - timedelta(seconds=1)) is None
    assert database.read_sync(nightly.begin, three) is not None
    assert database.read_sync(nightly.begin, three + 40 * DAY) is not None


def test_who_gave_everything_back_has_no_class_any_more(database: Database) -> None:
    database.write_sync(_people)
    asyncio.run(Nightly(database).look())

    def all_back(session: object) -> None:
        session.execute(standings.totals.update().values(orders=0, spent=0, first_at=None, last_at=None))  # type: ignore[attr-defined]  # a session
        standings.keep(session, standings.computed(session, 1, 0, 0.0, NOW))  # type: ignore[arg-type]  # a session

    database.write_sync(all_back)
    assert _classes(database) == []


@pytest.mark.parametrize(
    ("now", "last"),
    [("2026-11-21T02:59:00", "2026-11-20T03:00:00"), ("2026-11-21T03:00:00", "2026-11-21T03:00:00"),
     ("2026-03-29T05:00:00", "2026-03-29T04:00:00")],
)  # fmt: skip
def test_three_in_the_morning_also_on_the_day_that_has_none(now: str, last: str) -> None:
    zone = nightly.ZoneInfo("Europe/Helsinki")
    asked = datetime.fromisoformat(now).replace(tzinfo=zone)
    assert nightly.last_hour(asked, "Europe/Helsinki") == datetime.fromisoformat(last).replace(tzinfo=zone)


def test_of_several_processes_one_does_the_night(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standings, "CHUNK", 1)
    monkeypatch.setattr(nightly, "BITES", 1)
    database.write_sync(_people)
    kept: list[int] = []
    keep = standings.keep
    monkeypatch.setattr(standings, "keep", lambda session, bite: (kept.append(bite.last), keep(session, bite)))
    one, other = Nightly(database), Nightly(database)
    for _ in range(6):
        asyncio.run(one.look())
        asyncio.run(other.look())
    assert _classes(database) == ["champion", "new", "asleep"]
    assert len(kept) == len(set(kept)) == 4, "each bite was written once"
    asyncio.run(other.look())
    assert len(kept) == 4, "it is done"


def test_a_night_whose_process_died_is_taken_up_by_another(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standings, "CHUNK", 1)
    monkeypatch.setattr(nightly, "BITES", 1)
    database.write_sync(_people)
    dead, other = Nightly(database), Nightly(database)
    asyncio.run(dead.look())
    asyncio.run(other.look())
    assert _classes(database) == ["champion"]
    database.clock.advance(chores.LEASE)
    monkeypatch.setattr(nightly, "BITES", 40)
    asyncio.run(other.look())
    assert len(_classes(database)) == 3
    asyncio.run(dead.look())  # it only slept: it writes no more
    assert database.read_sync(chores.done_at, "standings:1") == NOW + chores.LEASE

"""A slot starts once: Olga the operator edits, removes, renames and restarts; eight processes race."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, event, func, select
from sqlalchemy.orm import Session

from bot.core.config import Config
from campaigns import linter, slots
from campaigns.kinds import Slot
from models import campaigns as table
from models.campaigns import RunState, campaigns, runs
from tests.config.pages import WHOLE, write
from tests.engines import sharing

START = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)  # a Friday; 18:00 in Shanghai is 10:00
FRIDAY = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def engine_of(url: str) -> Engine:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), pool_size=8)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _by_hand)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return sharing(engine)


def _by_hand(raw: object, _: object) -> None:
    raw.isolation_level = None  # type: ignore[attr-defined]  # sqlite3's own; SQLAlchemy begins instead
    for pragma in ("busy_timeout=20000", "synchronous=OFF"):  # no power is lost here
        raw.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]  # sqlite3's own


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = engine_of(database_url)
    try:
        yield engine
    finally:
        engine.dispose()


class Olga:
    """The operator, with her bot.toml and a scheduler that wakes when she says."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine, self.folder, self.text = engine, folder, WHOLE
        self.config: Config

    def edits(self, old: str, new: str) -> "Olga":
        assert old in self.text
        self.text = self.text.replace(old, new)
        return self

    def loads(self, now: datetime) -> None:
        self.config = linter.load(write(self.folder, self.text), now)
        self.restarts(now)

    def restarts(self, now: datetime) -> None:
        with Session(self.engine) as session, session.begin():
            slots.load(session, self.config, now)

    def takes(self, now: datetime) -> list[datetime]:
        """Every slot that the scheduler starts when it wakes at `now`."""
        taken = []
        while (slot := self.takes_one(now)) is not None:
            taken.append(slot.at)
        return taken

    def takes_one(self, now: datetime) -> Slot | None:
        with Session(self.engine) as session, session.begin():
            slot = slots.take_slot(session, now, self.config)
            if slot is not None:
                table.finish(session, slot.run_id, RunState.DONE, {}, now)
            return slot

    def states(self) -> list[tuple[datetime, str]]:
        with Session(self.engine) as session:
            return [(at, state) for at, state in session.execute(select(runs.c.slot, runs.c.state).order_by(runs.c.slot))]


@pytest.fixture
def olga(engine: Engine, tmp_path: Path) -> Olga:
    return Olga(engine, tmp_path / "shop")


def test_friday_at_six_comes_once(olga: Olga) -> None:
    olga.loads(START)
    assert olga.takes(FRIDAY - timedelta(seconds=1)) == []
    assert olga.takes(FRIDAY) == [FRIDAY]
    assert olga.takes(FRIDAY + HOUR) == []
    assert olga.takes(FRIDAY + 7 * DAY) == [FRIDAY + 7 * DAY]


def test_a_restart_and_an_edit_of_words_take_nothing_again(olga: Olga) -> None:
    olga.loads(START)
    assert olga.takes(FRIDAY) == [FRIDAY]
    olga.loads(FRIDAY + timedelta(minutes=1))
    olga.edits("minimum = 3", "minimum = 4").loads(FRIDAY + timedelta(minutes=2))
    assert olga.takes(FRIDAY + timedelta(minutes=3)) == []


def test_moving_the_time_back_over_the_present_fires_nothing(olga: Olga) -> None:
    olga.loads(START)
    assert olga.takes(FRIDAY) == [FRIDAY]
    olga.edits("0 18 * * fri", "5 18 * * fri").loads(FRIDAY + timedelta(minutes=6))
    assert olga.takes(FRIDAY + timedelta(minutes=7)) == []
    olga.edits("5 18 * * fri", "0 18 * * fri").loads(FRIDAY + timedelta(minutes=8))
    assert olga.takes(FRIDAY + timedelta(minutes=9)) == []
    assert olga.takes(FRIDAY + 7 * DAY) == [FRIDAY + 7 * DAY]


def test_a_slot_that_is_due_survives_an_edit_that_still_has_it(olga: Olga) -> None:
    olga.loads(START)
    olga.edits("0 18 * * fri", "0 18 * * fri,sat").loads(FRIDAY + timedelta(seconds=1))
    assert olga.takes(FRIDAY + timedelta(seconds=2)) == [FRIDAY]


def test_a_removed_campaign_stops_and_comes_back_with_its_past(olga: Olga) -> None:
    olga.loads(START)
    kept, olga.text = olga.text, olga.text[: olga.text.index("[[campaign]]")]
    olga.loads(START + HOUR)
    assert olga.takes(FRIDAY) == []
    olga.text = kept
    olga.loads(FRIDAY + HOUR)
    assert olga.takes(FRIDAY + 2 * HOUR) == []
    assert olga.takes(FRIDAY + 7 * DAY) == [FRIDAY + 7 * DAY]


def test_a_renamed_campaign_is_new(olga: Olga) -> None:
    olga.edits('cron = "0 18 * * fri"', 'every = "1d"').loads(START)
    olga.edits('"friday-oranges"', '"daily-oranges"').loads(START + HOUR)
    assert olga.takes(START + DAY) == []
    assert olga.takes(START + DAY + HOUR) == [START + DAY + HOUR]


def test_an_interval_counts_from_its_first_load_over_restarts(olga: Olga) -> None:
    olga.edits('cron = "0 18 * * fri"', 'every = "1d"').loads(START)
    olga.loads(START + 5 * HOUR)
    assert olga.takes(START + DAY) == [START + DAY]


LATE = FRIDAY + 21 * DAY + HOUR  # three Fridays were slept through, and the fourth began an hour ago


def test_late_slots_are_made_up_for_as_the_campaign_says(olga: Olga) -> None:
    olga.loads(START)
    assert olga.takes(LATE) == [FRIDAY + 21 * DAY]  # latest


def test_none_makes_up_for_nothing(olga: Olga) -> None:
    olga.edits("minimum = 3", 'minimum = 3\ncatch_up = "none"').loads(START)
    assert olga.takes(LATE) == []
    assert olga.states() == [(FRIDAY + 21 * DAY, "missed")]


def test_all_makes_up_for_all_in_order(olga: Olga) -> None:
    olga.edits("minimum = 3", 'minimum = 3\ncatch_up = "all"').loads(START)
    assert olga.takes(LATE) == [FRIDAY + week * 7 * DAY for week in range(4)]


def test_within_the_grace_nothing_is_late(olga: Olga) -> None:
    olga.edits("minimum = 3", 'minimum = 3\ncatch_up = "none"').loads(START)
    assert olga.takes(FRIDAY + timedelta(minutes=15)) == [FRIDAY]


def test_a_slot_in_time_takes_the_place_of_late_ones(olga: Olga) -> None:
    olga.loads(START)
    assert olga.takes(FRIDAY + 14 * DAY) == [FRIDAY + 14 * DAY]
    assert olga.states() == [(FRIDAY + 7 * DAY, "missed"), (FRIDAY + 14 * DAY, "done")]


def test_a_year_of_minutes_slept_through_is_one_step(olga: Olga) -> None:
    olga.edits("0 18 * * fri", "* * * * *").edits("minimum = 3", 'minimum = 3\nmisfire_grace = "0s"').loads(START)
    late = START + 365 * DAY + timedelta(seconds=30)
    assert olga.takes(late) == [START + 365 * DAY]


@pytest.mark.parametrize(
    ("overlap", "second", "after"), [("skip", "skipped", None), ("queue", "queued", FRIDAY + DAY), ("cancel", "skipped", None)]
)
def test_a_run_that_still_goes_on_is_not_run_over(olga: Olga, overlap: str, second: str, after: datetime | None) -> None:
    olga.edits("0 18 * * fri", "0 18 * * *").edits("minimum = 3", f'minimum = 3\noverlap = "{overlap}"').loads(START)
    with Session(olga.engine) as session, session.begin():
        first = slots.take_slot(session, FRIDAY, olga.config)
    assert first is not None
    with Session(olga.engine) as session, session.begin():
        assert (slots.take_slot(session, FRIDAY + DAY, olga.config) is None) == (overlap != "cancel")
    if overlap == "cancel":  # nobody had a seat, so the new slot runs instead of the old one
        assert olga.states() == [(FRIDAY, "cancelled"), (FRIDAY + DAY, "running")]
        return
    assert olga.states()[1] == (FRIDAY + DAY, second)
    with Session(olga.engine) as session, session.begin():
        table.finish(session, first.run_id, RunState.DONE, {"circles": 1}, FRIDAY + DAY)
    assert olga.takes(FRIDAY + DAY + HOUR) == ([after] if after else [])


def test_a_paused_campaign_waits(olga: Olga) -> None:
    olga.loads(START)
    with Session(olga.engine) as session, session.begin():
        table.change(session, 1, {"paused_at": START})
    assert olga.takes(FRIDAY) == []


def test_nothing_of_a_slot_is_kept_when_its_transaction_is_lost(olga: Olga) -> None:
    olga.loads(START)
    with pytest.raises(RuntimeError), Session(olga.engine) as session, session.begin():
        assert slots.take_slot(session, FRIDAY, olga.config) is not None
        raise RuntimeError("the power went")
    assert olga.takes(FRIDAY) == [FRIDAY]


def test_eight_schedulers_with_skewed_clocks_start_each_slot_once(olga: Olga) -> None:
    olga.edits("0 18 * * fri", "*/30 * * * *").edits("minimum = 3", 'minimum = 3\ncatch_up = "all"').loads(START)

    def scheduler(number: int) -> int:
        taken = 0
        for step in range(24):
            now = START + timedelta(minutes=30 * step, seconds=40 * (number - 4))
            if step == 12:
                olga.restarts(now)
            while olga.takes_one(now) is not None:
                taken += 1
        return taken

    with ThreadPoolExecutor(8) as pool:
        taken = sum(pool.map(scheduler, range(8)))
    taken += len(olga.takes(START + timedelta(minutes=30 * 23)))  # what was held while the last one looked
    with Session(olga.engine) as session:
        count = session.scalar(select(func.count()).select_from(runs))
        different = session.scalar(select(func.count(runs.c.slot.distinct())))
        assert session.scalar(select(func.count()).select_from(campaigns)) == 1
    assert taken == count == different == 23

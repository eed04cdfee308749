"""Friday at six opens a group buy in the office, once; the same story through the writer that the bot uses."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.config import Config
from bot.core.database import Database
from campaigns import linter, slots
from models.campaigns import runs
from models.catalogue import Product
from models.circles import Circle, circle_table
from models.group_buys import rounds
from models.people import Person
from models.shops import Shop, ShopOwner
from models.states import CircleState
from tests.config.pages import WHOLE, write

FRIDAY = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def _people_and_places(session: Session) -> None:
    """Li Wei's orchard, the office and a stairwell; the third chat has not been approved."""
    then = FRIDAY - DAY
    shop = Shop(key="orchard", name="Orchard Lane", currency="CNY", timezone="Asia/Shanghai")
    owner = Person(telegram_id=1001, name="Li Wei", seen_at=then)
    session.add_all([shop, owner])
    session.flush()
    session.add(ShopOwner(shop_id=shop.id, person_id=owner.id))
    oranges = {"key": "oranges", "title": {"en": "Honey oranges"}, "price": 3990}
    session.add(Product(shop_id=shop.id, stock_opening=200, stock_left=200, **oranges))
    chats = ((-1001000000001, "Office third floor", "approved"), (-2, "Stairwell", "approved"), (-3, "Club", "asked"))
    for chat_id, title, state in chats:
        session.add(Circle(shop_id=shop.id, chat_id=chat_id, title=title, state=CircleState(state), created_at=then))
    session.flush()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database.open(database_url)
    database.write_sync(_people_and_places)
    yield database
    database.close_sync()


def loaded(database: Database, folder: Path, text: str) -> Config:
    config = linter.load(write(folder, text), FRIDAY)
    database.write_sync(slots.load, config, FRIDAY - DAY)
    return config


def opened(database: Database) -> list[tuple[str, datetime]]:
    return database.read_sync(lambda session: [tuple(row) for row in session.execute(
        select(circle_table.c.title, rounds.c.closes_at).join(rounds, rounds.c.circle_id == circle_table.c.id)
        .order_by(rounds.c.id)
    )])  # fmt: skip


def test_the_office_gets_its_group_buy_and_no_second_one(database: Database, tmp_path: Path) -> None:
    config = loaded(database, tmp_path, WHOLE)
    assert database.write_sync(slots.fire, FRIDAY, config) is not None
    assert database.write_sync(slots.fire, FRIDAY, config) is None
    assert opened(database) == [("Office third floor", FRIDAY + DAY)]
    state, record = database.read_sync(lambda session: session.execute(select(runs.c.state, runs.c.record)).one())
    assert (state, record["opened"]) == ("done", 1)


def test_all_circles_are_those_that_were_approved(database: Database, tmp_path: Path) -> None:
    config = loaded(database, tmp_path, WHOLE.replace('["#office"]', '["*"]'))
    database.write_sync(slots.fire, FRIDAY, config)
    assert [title for title, _ in opened(database)] == ["Office third floor", "Stairwell"]


def test_while_one_is_open_the_next_slot_is_skipped(database: Database, tmp_path: Path) -> None:
    config = loaded(database, tmp_path, WHOLE.replace("0 18 * * fri", "0 18 * * *").replace('"24h"', '"48h"'))
    assert database.write_sync(slots.fire, FRIDAY, config) is not None
    assert database.write_sync(slots.fire, FRIDAY + DAY, config) is None
    assert len(opened(database)) == 1


def test_cancel_replaces_a_group_buy_that_nobody_joined(database: Database, tmp_path: Path) -> None:
    text = WHOLE.replace("0 18 * * fri", "0 18 * * *").replace('"24h"', '"48h"\noverlap = "cancel"')
    config = loaded(database, tmp_path, text)
    assert database.write_sync(slots.fire, FRIDAY, config) is not None
    assert database.write_sync(slots.fire, FRIDAY + DAY, config) is not None
    states = database.read_sync(lambda session: list(session.scalars(select(rounds.c.state).order_by(rounds.c.id))))
    assert states == ["cancelled", "open"]


def test_a_slot_made_up_for_late_still_lasts_its_time(database: Database, tmp_path: Path) -> None:
    config = loaded(database, tmp_path, WHOLE)
    late = FRIDAY + timedelta(hours=30)
    assert database.write_sync(slots.fire, late, config) is not None
    assert opened(database) == [("Office third floor", late + DAY)]


def test_a_refused_opening_ends_its_run_and_does_not_come_back(database: Database, tmp_path: Path) -> None:
    config = loaded(database, tmp_path, WHOLE.replace('price = "39.90"', 'price = "45.00"').replace('"36.00"', '"41.00"'))
    assert database.write_sync(slots.fire, FRIDAY, config) is not None  # the database still has 39.90
    assert database.write_sync(slots.fire, FRIDAY, config) is None
    assert opened(database) == []
    assert database.read_sync(lambda session: session.execute(select(runs.c.state)).scalar_one()) == "failed"

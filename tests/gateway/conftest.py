"""A database with every table, the stand-in on the wire, and the people of the stories."""

from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy.orm import Session

from bot.core.clock import Clock
from bot.core.database import Database
from models.circles import Circle
from models.people import Person
from tests.gateway.cast import NOW, OFFICE
from tests.gateway.house import House
from tests.gateway.telegram import PretendTelegram, pretend_telegram


def settle_in(session: Session) -> None:
    """Ann, Bao, Chen and Dora in the circle Office."""
    for number, name in enumerate(("Ann", "Bao", "Chen", "Dora"), start=1):
        session.add(Person(id=number, telegram_id=1000 + number, name=name, seen_at=NOW))
    session.add(Circle(id=OFFICE, chat_id=-1001, title="Office", state="approved", created_at=NOW))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Both engines in turn, with tables and people."""
    opened = Database.open(database_url, clock=Clock())
    opened.write_sync(settle_in)
    yield opened
    opened.close_sync()


@pytest.fixture
async def telegram() -> AsyncIterator[PretendTelegram]:
    async with pretend_telegram() as running:
        yield running


@pytest.fixture
def house() -> House:
    return House()

"""A session on a real database for each story: SQLite, and for what concerns the engine PostgreSQL too (`both`)."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.conversations.town import Town, a_town
from tests.rules.scene import engine_of


def _session(url: str) -> Iterator[Session]:
    engine = engine_of(url)
    with Session(engine, expire_on_commit=False) as session:
        yield session
    engine.dispose()


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """A real file of its own for each story."""
    yield from _session(f"sqlite:///{tmp_path / 'tuan.db'}")


@pytest.fixture
def both(database_url: str) -> Iterator[Session]:
    """The same story on either engine."""
    yield from _session(database_url)


@pytest.fixture
async def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    """The office with its bot, as conversations have it."""
    async with a_town(tmp_path, monkeypatch) as town:
        yield town

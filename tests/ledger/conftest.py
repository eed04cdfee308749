"""A session on a real database for each story: SQLite, and for what concerns the engine PostgreSQL too (`both`)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

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

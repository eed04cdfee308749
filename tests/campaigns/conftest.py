"""A quarter on each engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.campaigns.quarter import Quarter
from tests.campaigns.test_slots import engine_of
from tests.templates import lay


@pytest.fixture
def quarter(database_url: str, tmp_path: Path) -> Iterator[Quarter]:
    engine = engine_of(database_url)
    yield Quarter(engine, tmp_path / "shop")
    engine.dispose()


@pytest.fixture
def village(tmp_path: Path) -> Iterator[Quarter]:
    """The same on SQLite alone, for what no engine changes."""
    url = lay(f"sqlite:///{tmp_path / 'tuan.db'}")
    engine = engine_of(url)
    yield Quarter(engine, tmp_path / "shop")
    engine.dispose()

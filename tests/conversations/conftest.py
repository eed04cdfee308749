"""A town for every conversation."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conversations.town import FORUM_TOO, Town, a_town


@pytest.fixture
async def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    async with a_town(tmp_path, monkeypatch) as town:
        yield town


@pytest.fixture
async def town_on_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str) -> AsyncIterator[Town]:
    """The same town on SQLite and on PostgreSQL in turn."""
    async with a_town(tmp_path, monkeypatch, database_url) as town:
        yield town


@pytest.fixture
async def town_of_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    """The office and the forum are circles of the shop."""
    async with a_town(tmp_path, monkeypatch, more=FORUM_TOO) as town:
        yield town

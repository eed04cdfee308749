"""A session on a real database for each story: SQLite, and for what concerns the engine PostgreSQL too (`both`)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conversations.town import Town, a_town
from tests.rules.after_lock.conftest import both, session

__all__ = ["both", "session", "town"]


@pytest.fixture
async def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    """The office with its bot, as conversations have it."""
    async with a_town(tmp_path, monkeypatch) as town:
        yield town

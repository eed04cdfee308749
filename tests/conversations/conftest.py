"""A town for every conversation."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conversations.town import Town, a_town


@pytest.fixture
async def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    async with a_town(tmp_path, monkeypatch) as town:
        yield town

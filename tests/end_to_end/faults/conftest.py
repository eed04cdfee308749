"""A town for every flow."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conversations.town import Town, a_town

PLAIN_TOO = """
[[circle]]
chat_id = -2000000001
name = "Stairwell"
language = "en"
"""


@pytest.fixture
async def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    """Beside the office a small group that is not yet a supergroup."""
    async with a_town(tmp_path, monkeypatch, more=PLAIN_TOO) as town:
        yield town

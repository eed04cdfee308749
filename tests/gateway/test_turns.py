"""A person's turn across a death: what a killed process still holds comes before what arrives now."""

from datetime import timedelta

import pytest

from bot.core.database import Database
from bot.gateway import worker
from bot.gateway.wire import dumps
from models import inbox
from tests.gateway.telegram import BOT_ID, PretendTelegram, tap
from tests.gateway.test_listening import joining, listening, seats, seats_of  # noqa: F401  # the fixture

pytestmark = pytest.mark.usefixtures("seats")


async def test_new_taps_wait_for_those_a_killed_process_holds(
    database: Database, telegram: PretendTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_SWEEP", 0.2)
    now = database.clock.now()
    left = [(n, 1001, dumps(tap(n, 1001, f"join:{n}")).decode()) for n in (1, 2, 3)]
    database.write_sync(inbox.store, BOT_ID, left, now, now + timedelta(seconds=1))
    async with listening(database, telegram, joining()):
        telegram.send(tap(4, 1001, "join:4"), tap(5, 1002, "join:5"), tap(6, 1001, "join:6"))
        await telegram.wait_for("answerCallbackQuery", 6)
    words = [word for _, word in seats_of(database)]
    assert [word for word in words if word != "join:5"] == ["join:1", "join:2", "join:3", "join:4", "join:6"]
    if not database.alone:
        assert words[0] == "join:5"  # nobody else waits for the lease


async def test_a_lane_that_was_left_behind_is_worked_off_without_a_pause_between(
    database: Database, telegram: PretendTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_SWEEP", 30.0)
    left = [(n, 1001, dumps(tap(n, 1001, f"join:{n}")).decode()) for n in range(1, 9)]
    database.write_sync(inbox.store, BOT_ID, left, database.clock.now())
    async with listening(database, telegram, joining()):
        await telegram.wait_for("answerCallbackQuery", 8)
    assert [word for _, word in seats_of(database)] == [f"join:{n}" for n in range(1, 9)]

"""A long stop: what a dead process had taken in is applied ten minutes later, and the card answers instead of the tap."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.app import App
from bot.core.clock import Clock
from bot.core.database import Database
from campaigns.linter import check
from models import inbox, invariants
from sandbox.server import Running, start
from tests.conversations.town import BOT, CONFIG, OFFICE, TOKEN, UNHURRIED, Town, seats_of


async def test_taps_of_before_the_stop_are_answered_by_the_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'tuan.db'}"
    monkeypatch.setenv("TUAN_TEST_TOKEN", TOKEN)
    monkeypatch.setenv("TUAN_TEST_DATABASE", url)
    sandbox = await start(limits=False)
    file = tmp_path / "bot.toml"
    file.write_text(CONFIG.format(url=sandbox.url, more=""), encoding="utf-8")
    clock = Clock()
    async with aiohttp.ClientSession() as web:
        town, running = await _opened(file, clock, web, sandbox)
        deal = await town.offer()
        card = await town.card()
        await _stopped(town, running)
        for person in (town.ann, town.bao, town.ann):
            await town.post("tap", chat_id=OFFICE, person_id=person.id, message_id=card.id, button="+1", wait=False)
        taken = await _taken_in(town, url, clock)
        await town.post("clock", advance=600)
        clock.advance(timedelta(minutes=10))
        town, running = await _opened(file, clock, web, sandbox)
        await town.settled()
        assert taken == 3
        assert await town.count(seats_of, deal) == {"Ann": 2, "Bao": 1}
        shown = (await town.card()).text
        assert "Ann ×2" in shown  # who of the two leads is open: people are worked side by side
        assert "Bao ×1" in shown
        refused = await town.get("calls", method="answerCallbackQuery", all=1)
        assert {call["error_code"] for call in refused} == {400}
        assert await town.count(invariants.check) == []
        await _stopped(town, running)
    await sandbox.stop()


async def _opened(
    file: Path, clock: Clock, web: aiohttp.ClientSession, sandbox: Running
) -> tuple[Town, "asyncio.Task[None]"]:
    loaded = check(file)
    assert loaded.config is not None, loaded.mistakes
    app = await App.open(loaded.config, clock=clock, file=file, rates=UNHURRIED)
    running = asyncio.create_task(app.run())
    await app.at_home.wait()
    return Town(sandbox, app, web), running


async def _stopped(town: Town, running: "asyncio.Task[None]") -> None:
    town.app.stop()
    await running
    await town.app.close()


async def _taken_in(town: Town, url: str, clock: Clock) -> int:
    """What a process does that is killed before it works: the updates are kept and confirmed, and nothing else."""
    async with town.http.post(f"{town.sandbox.url}/bot{TOKEN}/getUpdates", json={"timeout": 0}) as response:
        updates = (await response.json())["result"]
    rows = [(u["update_id"], u["callback_query"]["from"]["id"], json.dumps(u)) for u in updates]
    database = Database.open(url, clock=clock)
    stored = database.write_sync(inbox.store, BOT, rows, clock.now(), clock.now() + timedelta(hours=1))
    database.close_sync()
    offset = {"timeout": 0, "offset": updates[-1]["update_id"] + 1}
    async with town.http.post(f"{town.sandbox.url}/bot{TOKEN}/getUpdates", json=offset) as response:
        assert (await response.json())["result"] == []
    return len(stored)

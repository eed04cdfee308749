"""The same conversation on PostgreSQL: what holds on one engine holds on the other."""

import asyncio
from pathlib import Path

import pytest

from bot.app import App, Role
from bot.core.database import DatabaseUnavailable
from models import invariants
from tests.conversations.town import BOT, UNHURRIED, a_town, seats_of


async def test_from_a_tap_to_the_pick_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_url: str) -> None:
    async with a_town(tmp_path, monkeypatch, postgres_url) as town:
        deal = await town.offer()
        for person in (town.li, town.ann, town.bao, town.chen):
            await person.start()
        await town.ann.press("+1")
        line = await town.bao.say("+2", reply_to=(await town.card()).id)
        await town.bao.edit(line, "+1 less ripe")
        await town.chen.press("+1")
        assert await town.count(seats_of, deal) == {"Ann": 1, "Bao": 1, "Chen": 1}
        await town.later(hours=24, seconds=2)
        await town.bao.press("I have paid", BOT)
        await town.li.press("It has arrived", BOT)
        await town.li.whisper("/orders")
        assert "less ripe" in (await town.li.private())[-1].text
        await town.li.press("Bao: handed over", BOT)
        assert await town.count(invariants.check) == []


async def test_a_database_without_tables_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_postgres_url: str
) -> None:
    with pytest.raises(DatabaseUnavailable, match="tuan migrate"):
        async with a_town(tmp_path, monkeypatch, empty_postgres_url):
            pass


async def test_two_processes_sweep_one_database_and_nobody_hears_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_url: str
) -> None:
    async with a_town(tmp_path, monkeypatch, postgres_url) as town:
        beside = await App.open(town.app.config, clock=town.app.database.clock, rates=UNHURRIED)
        running = asyncio.create_task(beside.run(Role.SCHEDULE))
        try:
            deal = await town.offer(ladder=())
            people = (town.ann, town.bao, town.chen)
            for person in (town.li, *people):
                await person.start()
            for person in people:
                await person.press("+1")
            await town.later(hours=24, seconds=2)
            await beside.swept()
            await town.settled()
            for person in people:
                assert sum("Order 10" in seen.text for seen in await person.private()) == 1
            assert sum("Ann" in seen.text and "Bao" in seen.text for seen in await town.li.private()) == 1
            assert await town.count(seats_of, deal) == {"Ann": 1, "Bao": 1, "Chen": 1}
            assert await town.count(invariants.check) == []
        finally:
            beside.stop()
            await running
            await beside.close()

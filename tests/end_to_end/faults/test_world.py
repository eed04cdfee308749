"""A world that does not fit: a second poller, a database that is read-only or full, an end in the middle of work."""

import asyncio
import resource
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import create_engine, text

from sandbox.server import Running, start
from tests.end_to_end.faults.process import Bot, as_nobody_special

ONE_LINE = "tuan run: "


@pytest.fixture
async def sandbox() -> AsyncIterator[Running]:
    running = await start(limits=False)
    yield running
    await running.stop()


async def test_the_second_poller_ends_the_first_with_one_line(tmp_path: Path, sandbox: Running) -> None:
    first = await Bot.start(tmp_path, sandbox.url, tmp_path / "one.db")
    await first.listens()
    second = await Bot.start(tmp_path, sandbox.url, tmp_path / "two.db")
    code, lines = await first.ended()
    assert code == 1
    assert [line for line in lines if line.startswith(ONE_LINE)] == [lines[-1]]
    assert "another process polls" in lines[-1]
    assert (await second.ended(signal.SIGTERM))[0] == 0


@pytest.mark.parametrize("what", ["file", "folder"])
async def test_a_database_that_cannot_be_written_is_told_in_one_line(tmp_path: Path, sandbox: Running, what: str) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    file = folder / "tuan.db"
    if what == "file":
        made = await Bot.start(tmp_path, sandbox.url, file)
        await made.listens()
        await made.ended(signal.SIGTERM)
        file.chmod(0o444)
    folder.chmod(0o555)
    bot = await Bot.start(tmp_path, sandbox.url, file, as_nobody_special)
    code, lines = await bot.ended()
    folder.chmod(0o755)
    assert code == 1
    assert len(lines) == 1, lines
    assert lines[0].startswith(ONE_LINE)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the files of another process")
async def test_a_disk_that_is_full_for_a_while_loses_no_tap(tmp_path: Path, sandbox: Running) -> None:
    bot = await Bot.start(tmp_path, sandbox.url, tmp_path / "tuan.db")
    await bot.listens()
    size, hard = (tmp_path / "tuan.db-wal").stat().st_size, resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (size, hard))
    async with aiohttp.ClientSession() as web:
        said = {"chat_id": 4242, "person_id": 1003, "text": "/my"}
        await web.post(f"{sandbox.url}/start", json={"person_id": 1003, "bot_id": 4242})
        await web.post(f"{sandbox.url}/say", json=said)
        await bot.says("could not be fetched")
        resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (hard, hard))
        async with asyncio.timeout(30):
            while len(await _told(web, sandbox)) < 2:  # noqa: ASYNC110  # it is seen over HTTP
                await asyncio.sleep(0.05)
    assert (await bot.ended(signal.SIGTERM))[0] == 0


async def _told(web: aiohttp.ClientSession, sandbox: Running) -> list[object]:
    async with web.get(f"{sandbox.url}/calls", params={"method": "sendMessage"}) as response:
        return [call for call in (await response.json())["result"] if call["params"]["chat_id"] == 1003]


async def test_sigterm_finishes_what_is_in_hand(tmp_path: Path, sandbox: Running) -> None:
    database = tmp_path / "tuan.db"
    bot = await Bot.start(tmp_path, sandbox.url, database)
    await bot.listens()
    async with aiohttp.ClientSession() as web:
        for person in range(1003, 1013):
            await web.post(f"{sandbox.url}/start", json={"person_id": person, "bot_id": 4242})
            await web.post(f"{sandbox.url}/say", json={"chat_id": 4242, "person_id": person, "text": "/my"})
    code, _ = await bot.ended(signal.SIGTERM)
    assert code == 0
    again = await Bot.start(tmp_path, sandbox.url, database)
    await again.listens()
    async with asyncio.timeout(30):
        while _left(database):  # noqa: ASYNC110  # it is another process's database
            await asyncio.sleep(0.05)
    assert (await again.ended(signal.SIGTERM))[0] == 0
    async with aiohttp.ClientSession() as web, web.get(f"{sandbox.url}/calls", params={"method": "sendMessage"}) as found:
        told = [call["params"]["chat_id"] for call in (await found.json())["result"]]
    assert sorted(told) == sorted([*range(1003, 1013)] * 2)


def _left(database: Path) -> int:
    engine = create_engine(f"sqlite:///{database}")
    with engine.connect() as connection:
        coming = connection.execute(text("SELECT count(*) FROM inbox WHERE state = 'new'")).scalar_one()
        done = connection.execute(text("SELECT count(*) FROM inbox WHERE state = 'done'")).scalar_one()
        going = connection.execute(text("SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending')")).scalar_one()
    engine.dispose()
    return int(coming) + int(going) + (0 if done >= 20 else 1)

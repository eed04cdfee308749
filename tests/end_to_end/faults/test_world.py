"""A world that does not fit: a second poller, a database that is read-only or full, an end in the middle of work."""

import asyncio
import resource
import signal
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import create_engine, text

from sandbox.server import Running
from tests.end_to_end.process import Process, start, write_config
from tests.faults.bots import Warm
from tests.templates import lay

ONE_LINE = "tuan run: "
pytestmark = pytest.mark.xdist_group("processes")  # one warm parent


def run(warm: Warm, sandbox: Running, database: Path, *, as_nobody: bool = False) -> Process:
    """`tuan run` on a database that has its tables, where its folder is to have one at all."""
    if not as_nobody:
        lay(f"sqlite:///{database}")
    return start(warm, write_config(database.parent.parent, sandbox.url), database, as_nobody=as_nobody)


def permit(path: Path, mode: int) -> None:
    path.chmod(mode)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The folder of databases."""
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


async def test_the_second_poller_ends_the_first_with_one_line(warm: Warm, data: Path, sandbox: Running) -> None:
    first = run(warm, sandbox, data / "one.db")
    await first.listens()
    second = run(warm, sandbox, data / "two.db")
    code, lines = await first.ended()
    assert code == 1
    assert [line for line in lines if line.startswith(ONE_LINE)] == [lines[-1]]
    assert "another process polls" in lines[-1]
    assert (await second.ended(signal.SIGTERM))[0] == 0


@pytest.mark.parametrize("what", ["file", "folder"])
async def test_a_database_that_cannot_be_written_is_told_in_one_line(
    warm: Warm, data: Path, sandbox: Running, what: str
) -> None:
    file = data / "tuan.db"
    if what == "file":
        made = run(warm, sandbox, file)
        await made.listens()
        await made.ended(signal.SIGTERM)
        permit(file, 0o444)
    permit(data, 0o555)
    code, lines = await run(warm, sandbox, file, as_nobody=True).ended()
    permit(data, 0o755)
    assert code == 1
    assert len(lines) == 1, lines
    assert lines[0].startswith(ONE_LINE)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the files of another process")
async def test_a_disk_that_is_full_for_a_while_loses_no_tap(warm: Warm, data: Path, sandbox: Running) -> None:
    bot = run(warm, sandbox, data / "tuan.db")
    async with aiohttp.ClientSession() as web:
        async with asyncio.timeout(30):
            while not await _calls(web, sandbox, "setMyCommands"):  # noqa: ASYNC110  # the last thing a start does
                await asyncio.sleep(0.02)
        size, hard = (data / "tuan.db-wal").stat().st_size, resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (size, hard))
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
    return [call for call in await _calls(web, sandbox, "sendMessage") if call["params"]["chat_id"] == 1003]


async def _calls(web: aiohttp.ClientSession, sandbox: Running, method: str) -> list[Any]:
    async with web.get(f"{sandbox.url}/calls", params={"method": method}) as response:
        return list((await response.json())["result"])


async def test_sigterm_finishes_what_is_in_hand(warm: Warm, data: Path, sandbox: Running) -> None:
    database = data / "tuan.db"
    bot = run(warm, sandbox, database)
    await bot.listens()
    async with aiohttp.ClientSession() as web:
        for person in range(1003, 1013):
            await web.post(f"{sandbox.url}/start", json={"person_id": person, "bot_id": 4242})
            await web.post(f"{sandbox.url}/say", json={"chat_id": 4242, "person_id": person, "text": "/my"})
    code, _ = await bot.ended(signal.SIGTERM)
    assert code == 0
    again = run(warm, sandbox, database)
    await again.listens()
    async with asyncio.timeout(30):
        while _left(database):  # noqa: ASYNC110  # it is another process's database
            await asyncio.sleep(0.05)
    assert (await again.ended(signal.SIGTERM))[0] == 0
    async with aiohttp.ClientSession() as web:
        told = [call["params"]["chat_id"] for call in await _calls(web, sandbox, "sendMessage")]
    assert sorted(told) == sorted([*range(1003, 1013)] * 2)


def _left(database: Path) -> int:
    engine = create_engine(f"sqlite:///{database}")
    with engine.connect() as connection:
        coming = connection.execute(text("SELECT count(*) FROM inbox WHERE state = 'new'")).scalar_one()
        done = connection.execute(text("SELECT count(*) FROM inbox WHERE state = 'done'")).scalar_one()
        going = connection.execute(text("SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending')")).scalar_one()
    engine.dispose()
    return int(coming) + int(going) + (0 if done >= 20 else 1)

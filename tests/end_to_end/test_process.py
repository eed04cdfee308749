"""`tuan run` as a process: it starts, ends when told to, and says in one line why it cannot."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from sandbox.server import start
from tests.conversations.town import CONFIG, TOKEN

Ended = tuple[int, str]


async def _run(folder: Path, *words: str, token: str = TOKEN) -> asyncio.subprocess.Process:
    environment = os.environ | {
        "TUAN_TEST_TOKEN": token, "TUAN_TEST_DATABASE": f"sqlite:///{folder / 'tuan.db'}", "PYTHONWARNINGS": "default",
    }  # fmt: skip
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.cli", *words, "--config", str(folder / "bot.toml"),
        env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


async def _listens(process: asyncio.subprocess.Process) -> None:
    """Waits for the line that says so."""
    assert process.stderr is not None
    async with asyncio.timeout(60):
        while line := await process.stderr.readline():
            if b"listens" in line:
                return
    raise AssertionError("it never listened")


async def _ended(process: asyncio.subprocess.Process) -> Ended:
    async with asyncio.timeout(60):
        _, errors = await process.communicate()
    assert process.returncode is not None
    return process.returncode, errors.decode()


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    (tmp_path / "bot.toml").write_text(CONFIG.format(url="http://127.0.0.1:1", more=""), encoding="utf-8")
    return tmp_path


async def test_it_ends_with_exit_0_when_told_to(folder: Path) -> None:
    sandbox = await start()
    try:
        (folder / "bot.toml").write_text(CONFIG.format(url=sandbox.url, more=""), encoding="utf-8")
        first = await _run(folder, "run")
        await _listens(first)
        second = await _run(folder, "run")
        code, said = await _ended(second)
        assert code == 1
        assert len(said.strip().splitlines()) == 1
        first.send_signal(signal.SIGTERM)
        code, said = await _ended(first)
        assert code == 0, said
        assert "Traceback" not in said
        assert TOKEN not in said
    finally:
        await sandbox.stop()


async def test_a_webhook_is_refused_in_one_line_as_long_as_nobody_serves_it(folder: Path) -> None:
    hook = '[webhook]\nurl = "https://tuan.example/hook"\nsecret = "env:TUAN_TEST_TOKEN"\n'
    text = CONFIG.format(url="http://127.0.0.1:1", more=hook).replace("[bot]", '[bot]\nmode = "webhook"')
    (folder / "bot.toml").write_text(text, encoding="utf-8")
    code, said = await _ended(await _run(folder, "run"))
    assert (code, said.count("\n")) == (1, 1)
    assert "webhooks are not served yet" in said


async def test_a_wrong_token_is_one_line(folder: Path) -> None:
    code, said = await _ended(await _run(folder, "run", token="not a token"))
    assert code == 1
    assert said.count("\n") == 1
    assert "BotFather" in said


async def test_a_missing_token_is_one_line(folder: Path) -> None:
    code, said = await _ended(await _run(folder, "run", token=""))
    assert code == 1
    assert "TUAN_TEST_TOKEN" in said
    assert said.count("\n") == 1


async def test_a_broken_file_is_told_at_its_line(folder: Path) -> None:
    file = folder / "bot.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('"39.90"', '"dear"'), encoding="utf-8")
    code, said = await _ended(await _run(folder, "run"))
    assert code == 1
    assert f"{file}:" in said


async def test_inbox_and_outbox_say_what_is_parked(folder: Path) -> None:
    sandbox = await start()
    try:
        (folder / "bot.toml").write_text(CONFIG.format(url=sandbox.url, more=""), encoding="utf-8")
        running = await _run(folder, "run")
        await _listens(running)
        for words in (["inbox"], ["outbox"], ["outbox", "retry"], ["inbox", "retry", "1"]):
            code, said = await _ended(await _run(folder, *words))
            assert code == 0, said
        running.send_signal(signal.SIGTERM)
        assert (await _ended(running))[0] == 0
    finally:
        await sandbox.stop()

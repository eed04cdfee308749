"""`tuan run` as a process: it starts, ends when told to, and says in one line why it cannot."""

import signal
from pathlib import Path

import pytest

from sandbox.server import Running
from tests.conversations.town import TOKEN
from tests.end_to_end.process import start, start_cold, write_config
from tests.faults.bots import Warm
from tests.templates import lay

NOWHERE = "http://127.0.0.1:1"
pytestmark = pytest.mark.xdist_group("processes")  # one warm parent


def a_database(folder: Path) -> Path:
    """One with every table."""
    file = folder / "tuan.db"
    lay(f"sqlite:///{file}")
    return file


async def test_it_ends_with_exit_0_when_told_to(warm: Warm, tmp_path: Path, sandbox: Running) -> None:
    file = write_config(tmp_path, sandbox.url)
    first = start_cold(file, tmp_path / "tuan.db")
    await first.listens()
    code, said = await start(warm, file, tmp_path / "tuan.db").ended()
    assert code == 1
    assert len(said) == 1
    code, said = await first.ended(signal.SIGTERM)
    assert code == 0, said
    assert TOKEN not in "".join(said)


async def test_a_webhook_is_refused_in_one_line_as_long_as_nobody_serves_it(warm: Warm, tmp_path: Path) -> None:
    hook = '[webhook]\nurl = "https://tuan.example/hook"\nsecret = "env:TUAN_TEST_TOKEN"\n'
    file = write_config(tmp_path, NOWHERE, hook)
    file.write_text(file.read_text("utf-8").replace("[bot]", '[bot]\nmode = "webhook"'), "utf-8")
    code, said = await start(warm, file, tmp_path / "tuan.db").ended()
    assert (code, len(said)) == (1, 1)
    assert "webhooks are not served yet" in said[0]


async def test_a_wrong_token_is_one_line(warm: Warm, tmp_path: Path) -> None:
    started = start(warm, write_config(tmp_path, NOWHERE), a_database(tmp_path), token="not a token")
    code, said = await started.ended()
    assert (code, len(said)) == (1, 1)
    assert "BotFather" in said[0]


async def test_a_missing_token_is_one_line(warm: Warm, tmp_path: Path) -> None:
    code, said = await start(warm, write_config(tmp_path, NOWHERE), tmp_path / "tuan.db", token="").ended()
    assert (code, len(said)) == (1, 1)
    assert "TUAN_TEST_TOKEN" in said[0]


async def test_a_broken_file_is_told_at_its_line(warm: Warm, tmp_path: Path) -> None:
    file = write_config(tmp_path, NOWHERE)
    file.write_text(file.read_text(encoding="utf-8").replace('"39.90"', '"dear"'), encoding="utf-8")
    code, said = await start(warm, file, tmp_path / "tuan.db").ended()
    assert code == 1
    assert f"{file}:" in said[0]


async def test_inbox_and_outbox_say_what_is_parked(warm: Warm, tmp_path: Path, sandbox: Running) -> None:
    file, database = write_config(tmp_path, sandbox.url), a_database(tmp_path)
    running = start(warm, file, database)
    await running.listens()
    for words in (["inbox"], ["outbox"], ["outbox", "retry"], ["inbox", "retry", "1"]):
        code, said = await start(warm, file, database, *words).ended()
        assert code == 0, said
    assert (await running.ended(signal.SIGTERM))[0] == 0

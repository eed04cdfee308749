"""`tuan` as a process of its own beside a sandbox: started, watched, ended; its last words.

A fork of a warm parent does what a new process does once it has imported everything, which takes it seconds; the one that
is cold shows that the imports are right as well.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

from tests.conversations.town import CONFIG, TOKEN
from tests.faults.bots import Warm

PATIENCE = 60.0
_numbers = count(1)
_started: list["Process"] = []


class Process:
    """One process. `says()` waits for its words, `listens()` for the usual ones, `ended()` for its end."""

    def __init__(self, pid: int, words: Path, code: Callable[[], int | None]) -> None:
        self.pid = pid
        self._words = words
        self._code = code
        _started.append(self)

    async def listens(self) -> None:
        await self.says("listens")

    async def says(self, words: str) -> None:
        """Waits for a line of stderr with these words."""
        await self._until(lambda: words in self._said() or self._code() is not None)
        assert words in self._said(), f"it never said {words!r}: {self._said()}"

    async def ended(self, how: signal.Signals | None = None) -> tuple[int, list[str]]:
        """Its exit code and its lines; no line is a traceback or holds the token."""
        if how is not None:
            os.kill(self.pid, how)
        await self._until(lambda: self._code() is not None)
        lines, code = self._said().splitlines(), self._code()
        assert not [line for line in lines if TOKEN in line or TOKEN.partition(":")[2] in line]
        assert not [line for line in lines if "Traceback" in line], lines
        assert code is not None
        return code, lines

    def end(self) -> None:
        """At once, if it still runs: a test that failed leaves nobody behind."""
        if self._code() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def _said(self) -> str:
        return self._words.read_text("utf-8") if self._words.exists() else ""

    async def _until(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end, self._said()
            await asyncio.sleep(0.01)


def end_all() -> None:
    """Those that were started since the last time."""
    while _started:
        _started.pop().end()


def write_config(folder: Path, url: str, more: str = "") -> Path:
    """A bot.toml for this sandbox."""
    file = folder / "bot.toml"
    file.write_text(CONFIG.format(url=url, more=more), encoding="utf-8")
    return file


def start(
    warm: Warm, file: Path, database: Path, *words: str, token: str = TOKEN, as_nobody: bool = False
) -> Process:
    """`tuan run` (or `words`) as a fork. `as_nobody`: where it runs as root, permissions of files hold all the same."""
    log = _log(file)
    pid = warm.fork(
        words=[*(words or ("run",)), "--config", str(file)], environment=_environment(database, token), log=str(log),
        as_nobody=as_nobody and os.geteuid() == 0,
    )  # fmt: skip
    ends = log.with_name(log.name + ".code")
    return Process(pid, log, lambda: int(ends.read_text("utf-8")) if ends.exists() else None)


def start_cold(file: Path, database: Path) -> Process:
    """`tuan run` from nothing."""
    log = _log(file)
    environment = os.environ | _environment(database, TOKEN) | {"PYTHONWARNINGS": "default"}
    with log.open("wb") as words:
        made = subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "run", "--config", str(file)], env=environment,
            stdout=subprocess.DEVNULL, stderr=words,
        )  # fmt: skip
    return Process(made.pid, log, made.poll)


def _log(file: Path) -> Path:
    return file.with_name(f"words-{next(_numbers)}.log")


def _environment(database: Path, token: str) -> dict[str, str]:
    return {"TUAN_TEST_TOKEN": token, "TUAN_TEST_DATABASE": f"sqlite:///{database}"}

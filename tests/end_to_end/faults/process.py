"""`tuan run` as a process of its own beside a sandbox: started, watched, ended; its last words."""

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from tests.conversations.town import CONFIG, TOKEN

PATIENCE = 60.0
_PR_CAPBSET_DROP, _CAP_DAC_OVERRIDE = 24, 1


def as_nobody_special() -> None:
    """For a child of root's: permissions of files hold for it as for everybody else (Linux)."""
    if os.geteuid() == 0:
        ctypes.CDLL(None).prctl(_PR_CAPBSET_DROP, _CAP_DAC_OVERRIDE, 0, 0, 0)


class Bot:
    """One process. `listens()` waits for its line; `ended()` for its end and returns exit code and stderr."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._said: list[str] = []

    @classmethod
    async def start(cls, folder: Path, url: str, database: Path, before: Callable[[], None] | None = None) -> "Bot":
        file = folder / "bot.toml"
        file.write_text(CONFIG.format(url=url, more=""), encoding="utf-8")
        environment = os.environ | {"TUAN_TEST_TOKEN": TOKEN, "TUAN_TEST_DATABASE": f"sqlite:///{database}"}
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot.cli", "run", "--config", str(file), env=environment,
                stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, preexec_fn=before,
            )
        )  # fmt: skip

    @property
    def pid(self) -> int:
        return self._process.pid

    async def listens(self) -> None:
        await self.says("listens")

    async def says(self, words: str) -> None:
        """Waits for a line of stderr with these words."""
        assert self._process.stderr is not None
        async with asyncio.timeout(PATIENCE):
            while line := (await self._process.stderr.readline()).decode():
                self._said.append(line)
                if words in line:
                    return
        raise AssertionError(f"it never said {words!r}: {self._said}")

    async def ended(self, how: signal.Signals | None = None) -> tuple[int, list[str]]:
        """Its exit code and its lines; no line is a traceback or holds the token."""
        if how is not None:
            self._process.send_signal(how)
        async with asyncio.timeout(PATIENCE):
            _, rest = await self._process.communicate()
        lines = [*self._said, *rest.decode().splitlines()]
        assert not [line for line in lines if TOKEN in line or TOKEN.partition(":")[2] in line]
        assert not [line for line in lines if "Traceback" in line], lines
        assert self._process.returncode is not None
        return self._process.returncode, lines

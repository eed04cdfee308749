"""Starts bots and kills them: forks of a warm parent, and now and then a process from nothing.

Invariants: the next bot starts only when the last one is wholly gone, as a supervisor would have it (a killed process
keeps its lock on the file until the kernel has taken it down); a bot that ends by itself is an error with its last words.
"""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

from benchmarks.ground import BOT_ID, TOKEN, TOKEN_NAME, Ground

PATIENCE = 60.0  # seconds for a bot to come up or to go; a busy machine is no fault of the bot's


class Warm:
    """The warm parent: one for as many runs as there are. `close()` in the end; a bot that still lives is not its business."""

    def __init__(self) -> None:
        pipe = subprocess.PIPE
        environment = os.environ | {TOKEN_NAME: TOKEN, "PYTHONWARNINGS": "default"}
        self._parent = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.warm"], stdin=pipe, stdout=pipe, env=environment, text=True
        )
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        self._orders, self._answers = self._parent.stdin, self._parent.stdout
        self._line()

    def fork(self, **order: object) -> int:
        """A new bot's process id; takes as long as a fork takes."""
        self._orders.write(json.dumps(order) + "\n")
        self._orders.flush()
        return int(self._line())

    def close(self) -> None:
        self._orders.close()
        self._answers.close()
        self._parent.wait()

    def _line(self) -> str:
        line = self._answers.readline()
        if not line:
            raise RuntimeError("the warm parent ended")
        return line.strip()


class Bots:
    """One bot at a time. `begin()` starts one, `listening()` waits for its first poll, `kill()` and `stop()` end it."""

    def __init__(
        self, place: Ground, config: Path, warm: Warm, plant: str, lease: float | None, page: int | None = None
    ) -> None:
        self._place, self._config, self._warm = place, config, warm
        self._log = config.with_name("bots.log")
        self._order = {"config": str(config), "log": str(self._log), "plant": plant, "lease": lease, "page": page}
        self._env = os.environ | {TOKEN_NAME: TOKEN}
        self._cold: asyncio.subprocess.Process | None = None
        self._pid = 0
        self._polls_before = 0

    @contextlib.asynccontextmanager
    async def last_one_ends(self) -> AsyncIterator["Bots"]:
        """None outlives the block."""
        try:
            yield self
        finally:
            if self._alive():
                await self.kill()

    async def begin(self, *, cold: bool = False) -> None:
        """Starts a bot; a cold one as `tuan run` is started."""
        self._polls_before = self._polls()
        if cold:
            with self._log.open("ab") as words:
                self._cold = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "bot.cli", "run", "--config", str(self._config), env=self._env, stderr=words
                )
            self._pid = self._cold.pid
        else:
            self._pid = self._warm.fork(**self._order)

    async def listening(self) -> None:
        """Waits until the bot asks for updates."""
        end = time.monotonic() + PATIENCE
        while self._polls() <= self._polls_before:
            if not self._alive() or time.monotonic() > end:
                raise RuntimeError(f"the bot did not come up: {self._last_words()}")
            await asyncio.sleep(0.002)

    async def kill(self) -> None:
        """kill -9, now."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """The orderly end."""
        await self._end(signal.SIGTERM)

    def must_live(self) -> None:
        """Raises RuntimeError with the bot's last words if it ended by itself."""
        if not self._alive():
            raise RuntimeError(f"the bot ended by itself: {self._last_words()}")

    async def _end(self, how: signal.Signals) -> None:
        self.must_live()
        os.kill(self._pid, how)
        end = time.monotonic() + PATIENCE
        while self._alive():
            if time.monotonic() > end:
                raise RuntimeError(f"the bot does not end: {self._last_words()}")
            await asyncio.sleep(0.002)
        self._cold = None

    def _alive(self) -> bool:
        """False once the kernel has taken the process down and let go of all it held."""
        if self._cold is not None:
            return self._cold.returncode is None
        if not self._pid:
            return False
        try:
            os.kill(self._pid, 0)
        except ProcessLookupError:
            return False
        return True

    def _polls(self) -> int:
        queue = self._place.world.queues.get(BOT_ID)
        return 0 if queue is None else int(queue.turn)

    def _last_words(self) -> str:
        return self._log.read_text("utf-8", "replace")[-2000:] if self._log.exists() else ""

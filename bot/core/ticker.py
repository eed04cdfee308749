"""The in-memory ticker: calls what is to be looked at every second. What is due stands in the database, never here.

Invariants: a call never overlaps itself; one that fails is logged and comes again; `wake` makes all come at once.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.core.outages import DatabaseUnavailable

log = logging.getLogger(__name__)

SECOND = 1.0
Call = Callable[[], Awaitable[None]]


class Ticker:
    """Starts within a running event loop."""

    def __init__(self) -> None:
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._turns: dict[str, asyncio.Lock] = {}

    def every(self, seconds: float, name: str, call: Call) -> None:
        """Calls at once, then after every pause of that length."""
        turn = self._turns[name] = asyncio.Lock()

        async def tick() -> None:
            async with turn:
                await _kept_alive(name, call)

        self._scheduler.add_job(
            tick, "interval", seconds=seconds, id=name, max_instances=1, coalesce=True, misfire_grace_time=None,
            next_run_time=datetime.now(UTC),
        )  # fmt: skip

    def start(self) -> None:
        self._scheduler.start()

    def wake(self) -> None:
        """The clock was moved on, or something fell due: all are called at once."""
        for job in self._scheduler.get_jobs():
            job.modify(next_run_time=datetime.now(UTC))

    async def stop(self) -> None:
        """Calls nothing any more and waits for what is in hand."""
        if self._scheduler.running:
            self._scheduler.pause()
            for turn in self._turns.values():
                async with turn:
                    pass
            self._scheduler.shutdown(wait=False)


async def _kept_alive(name: str, call: Call) -> None:
    try:
        await call()
    except DatabaseUnavailable as error:
        log.warning("%s waits for the database: %s", name, error)
    except Exception:
        log.exception("%s failed and comes again", name)

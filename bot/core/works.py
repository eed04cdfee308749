"""A work on its way to a writer thread and its outcome on the way back.

Invariants: an outcome is told once, after the commit it depends on; a batch wakes each event loop once.
"""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any

from sqlalchemy.orm import Session

Outcome = asyncio.Future[Any] | Future[Any]


class Job:
    """`work(session, *args)` and the future that waits for it; `loop` is None for a caller without an event loop."""

    __slots__ = ("args", "error", "kwargs", "loop", "outcome", "result", "work")

    def __init__(
        self,
        work: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        loop: asyncio.AbstractEventLoop | None,
    ) -> None:
        self.work = work
        self.args = args
        self.kwargs = kwargs
        self.loop = loop
        self.outcome: Outcome = Future() if loop is None else loop.create_future()
        self.result: Any = None
        self.error: BaseException | None = None

    def run(self, session: Session) -> None:
        """Does the work and flushes it, so that what the ORM holds back fails here and not in another's place."""
        self.result = self.work(session, *self.args, **self.kwargs)
        session.flush()

    def tell(self) -> None:
        """Tells the outcome to whoever waits; on the waiter's own thread."""
        if self.outcome.done():
            return
        if self.error is None:
            self.outcome.set_result(self.result)
        else:
            self.outcome.set_exception(self.error)


def _tell_all(jobs: Iterable[Job]) -> None:
    for job in jobs:
        job.tell()


def tell(jobs: list[Job]) -> None:
    """Tells a committed batch: one wake-up for each event loop that waits (there is one, but for tests)."""
    loops = {job.loop for job in jobs}
    for loop in loops:
        concerned = jobs if len(loops) == 1 else [job for job in jobs if job.loop is loop]
        if loop is None:
            _tell_all(concerned)
        elif not loop.is_closed():
            loop.call_soon_threadsafe(_tell_all, concerned)


def refuse(queue: SimpleQueue[Job | None], error: BaseException) -> None:
    """Tells works that came in too late, while the database was being closed, that they were not done."""
    late: list[Job] = []
    while not queue.empty():
        if (job := queue.get()) is not None:
            job.error = error
            late.append(job)
    tell(late)

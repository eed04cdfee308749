"""The database of a process: the one way to write, and the way to read.

Invariants: `write(work, *args)` is the only way to change anything. A work is plain synchronous code on a session; it
runs on a writer thread inside one transaction, may run twice, and makes no network call. Whoever awaits it hears of
success only after the commit. Nothing lazy leaves the thread: what a work returns is loaded.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Concatenate, ParamSpec, Protocol, TypeVar, cast

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session

from bot.core import postgres, sqlite
from bot.core.clock import Clock
from bot.core.outages import CLOSED, DatabaseBusy, DatabaseUnavailable, outage_of
from bot.core.works import Job

__all__ = ["Database", "DatabaseBusy", "DatabaseUnavailable"]

P = ParamSpec("P")
T = TypeVar("T")


class Store(Protocol):
    """What an engine gives: a queue to its writers, sessions for readers, an orderly end."""

    def submit(self, job: Job) -> None: ...
    def reader(self) -> Session: ...
    def close(self) -> None: ...


class Database:
    """One open database. `alone`: no other process serves it, so memory may vouch for what stands in it."""

    def __init__(self, store: Store, readers: int, *, dialect: str, alone: bool, clock: Clock) -> None:
        self.dialect = dialect
        self.alone = alone
        self.clock = clock
        self._store = store
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="reader")
        self._open = True

    @classmethod
    def open(cls, url: str, *, clock: Clock | None = None, exclusive: bool = True) -> "Database":
        """Opens `sqlite:///file` or `postgresql://…`.

        `exclusive=False` is for maintenance commands beside a running bot. Raises DatabaseBusy if another process has
        the file, DatabaseUnavailable with one line if it cannot be used.
        """
        try:
            address = make_url(url)
        except ArgumentError as error:
            raise DatabaseUnavailable(_unknown(url)) from error
        clock = clock or Clock()
        if address.get_backend_name() == "sqlite" and address.database and address.database != ":memory:":
            file = sqlite.SqliteFile(Path(address.database), exclusive=exclusive)
            return cls(file, sqlite.READERS, dialect="sqlite", alone=exclusive, clock=clock)
        if address.get_backend_name() == "postgresql":
            server = postgres.PostgresServer(address)
            return cls(server, postgres.READERS, dialect="postgresql", alone=False, clock=clock)
        raise DatabaseUnavailable(_unknown(url))

    async def write(self, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs `work(session, *args)` in one transaction and returns its result after the commit.

        Raises what the work raised (nothing of it is kept then) or DatabaseUnavailable.
        """
        job = self._submit(Job(work, args, kwargs, asyncio.get_running_loop()))
        return cast(T, await cast("asyncio.Future[object]", job.outcome))

    def write_sync(self, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`write` for commands and tests that have no event loop; it waits."""
        job = self._submit(Job(work, args, kwargs, None))
        return cast(T, job.outcome.result())

    async def read(self, query: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs `query(session, *args)` on a reader over one snapshot."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, lambda: self.read_sync(query, *args, **kwargs))

    def read_sync(self, query: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`read` for commands and tests that have no event loop."""
        self._must_be_open()
        try:
            with self._store.reader() as session:
                return query(session, *args, **kwargs)
        except Exception as error:
            outage = outage_of(error)
            if outage is None:
                raise
            raise outage from error

    async def close(self) -> None:
        """Finishes what waits and closes."""
        await asyncio.get_running_loop().run_in_executor(None, self.close_sync)

    def close_sync(self) -> None:
        """`close` for commands; a second call does nothing."""
        if self._open:
            self._open = False
            self._readers.shutdown()
            self._store.close()

    def _submit(self, job: Job) -> Job:
        self._must_be_open()
        self._store.submit(job)
        return job

    def _must_be_open(self) -> None:
        if not self._open:
            raise DatabaseUnavailable(CLOSED)


def _unknown(url: str) -> str:
    return f'{url.partition("://")[0]}: database is "sqlite:///file.db" or "postgresql://user@host/name"'

"""A PostgreSQL server through psycopg: a few writer threads, one work a transaction.

Invariants:
- A work that lost a race (serialization failure, deadlock) runs again; batches are not made here, because batches that
  lock in different orders deadlock.
- A connection lost before the commit means nothing was kept, and the work runs again on a new one. Lost during the
  commit, nobody knows: the caller is told the server went away and asks its own unique key before doing it again.
"""

import random
import threading
import time
from queue import SimpleQueue

from sqlalchemy import URL, Engine, create_engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from bot.core.outages import CLOSED, DatabaseUnavailable, is_away, outage_of
from bot.core.works import Job, refuse, tell

WRITERS = 4
READERS = 4
_RERUNS = 20
_LOST_RACE = {"40001", "40P01"}  # serialization_failure, deadlock_detected


class PostgresServer:
    """The database at `url`; any number of processes may use it."""

    def __init__(self, url: URL) -> None:
        try:
            self._engine = _engine(url)
            self._engine.connect().close()
        except (SQLAlchemyError, ModuleNotFoundError) as error:
            raise DatabaseUnavailable(_no_server(url, error)) from error
        self._queue: SimpleQueue[Job | None] = SimpleQueue()
        self._threads = [threading.Thread(target=self._run, name=f"writer-{n}", daemon=True) for n in range(WRITERS)]
        for thread in self._threads:
            thread.start()

    def submit(self, job: Job) -> None:
        self._queue.put(job)

    def reader(self) -> Session:
        return Session(self._engine, expire_on_commit=False)

    def close(self) -> None:
        """Finishes what waits, then lets every connection go."""
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            thread.join()
        refuse(self._queue, DatabaseUnavailable(CLOSED))
        self._engine.dispose()

    # The writer threads

    def _run(self) -> None:
        while (job := self._queue.get()) is not None:
            self._write(job)
            tell([job])

    def _write(self, job: Job) -> None:
        for attempt in range(_RERUNS):
            job.error = None
            try:
                if self._once(job):
                    return
            except BaseException as error:
                job.error = outage_of(error) or error
                return
            time.sleep(random.uniform(0, 0.002 * 2 ** min(attempt, 8)))  # noqa: S311  # spreads racers apart, keeps no secret
        job.error = DatabaseUnavailable("the PostgreSQL server is too busy or away; what was asked is not done")

    def _once(self, job: Job) -> bool:
        """True once committed; False if nothing was kept and the work may run again at once."""
        committing = False
        try:
            with Session(self._engine, expire_on_commit=False) as session:
                job.run(session)
                committing = True
                session.commit()
        except DBAPIError as error:
            lost_race = getattr(error.orig, "sqlstate", None) in _LOST_RACE
            lost_server = is_away(error) and not committing
            if not (lost_race or lost_server):
                raise
            return False
        return True


def _engine(url: URL) -> Engine:
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=WRITERS + READERS,
        max_overflow=0,
        connect_args={"connect_timeout": 5},
    )


def _no_server(url: URL, error: Exception) -> str:
    if isinstance(error, ModuleNotFoundError):
        return "PostgreSQL needs psycopg: pip install 'tuan[postgres]'"
    cause = getattr(error, "orig", None) or error
    lines = [line for line in str(cause).strip().splitlines() if line.strip()]
    where = url.render_as_string(hide_password=True)
    return f"{where}: {lines[0].strip() if lines else 'no PostgreSQL server answers'}"

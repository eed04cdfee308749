"""A SQLite file: one writer thread with group commit, a few readers, one process at a time.

Invariants:
- What waits is committed together, up to 16 works, each behind its own savepoint; outcomes are told after the commit.
- A work that fails takes back only itself. A batch that is lost whole (a full disk drops the transaction, savepoints
  included) is done again, work by work.
- WAL with synchronous=FULL: what was told survives a power cut. The writer alone checkpoints (SQLite before 3.51.3 can
  damage the WAL when two connections write and checkpoint in the same moment); readers cannot write at all.
- `flock` on a file beside the database keeps a second process out.
"""

import fcntl
import os
import sqlite3
import threading
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool, StaticPool

from bot.core.outages import CLOSED, DatabaseBusy, DatabaseUnavailable, outage_of
from bot.core.works import Job, refuse, tell

BATCH = 16  # 64 gives a quarter more per second and three times the p99
READERS = 2
_BUSY_SECONDS = 30.0


class _Driven(sqlite3.Connection):
    """A connection whose transactions the writer drives by hand.

    SQLAlchemy rolls back the whole transaction when a flush fails, which would take the other works of the batch with
    it; here its commit and rollback do nothing and the writer says SAVEPOINT, ROLLBACK TO and COMMIT itself.
    """

    def commit(self) -> None:
        """Left to the writer."""

    def rollback(self) -> None:
        """Left to the writer."""


class SqliteFile:
    """The file at `path`. `exclusive=False` is for maintenance beside a running bot: it writes briefly and never checkpoints."""

    def __init__(self, path: Path, *, exclusive: bool) -> None:
        self._lock = only_process(path) if exclusive else None
        try:
            self._raw = _open_writer(path, checkpoints=exclusive)
        except sqlite3.Error as error:
            let_go(self._lock)
            raise _unusable(path, error) from error
        self._engine = create_engine("sqlite://", creator=lambda: self._raw, poolclass=StaticPool)
        self._reading = _reading_engine(path)
        self._queue: SimpleQueue[Job | None] = SimpleQueue()
        self._exclusive = exclusive
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> None:
        self._queue.put(job)

    def reader(self) -> Session:
        return Session(self._reading, expire_on_commit=False)

    def close(self) -> None:
        """Finishes what waits, then lets the file go; readers first, so that the writer makes the last checkpoint."""
        self._queue.put(None)
        self._thread.join()
        refuse(self._queue, DatabaseUnavailable(CLOSED))
        self._reading.dispose()
        if self._exclusive:
            self._raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._raw.close()
        let_go(self._lock)

    # The writer thread

    def _run(self) -> None:
        with self._engine.connect() as connection:
            while jobs := self._next_batch():
                self._write(connection, jobs)
                tell(jobs)

    def _next_batch(self) -> list[Job]:
        """Waits for one work and takes along what waits behind it; empty at the end."""
        first = self._queue.get()
        if first is None:
            return []
        jobs = [first]
        try:
            while len(jobs) < BATCH:
                job = self._queue.get_nowait()
                if job is None:
                    self._queue.put(None)  # found at the end of a batch: say it again for the next turn
                    break
                jobs.append(job)
        except Empty:
            pass
        return jobs

    def _write(self, connection: Connection, jobs: list[Job]) -> None:
        with Session(connection, expire_on_commit=False) as session:
            if len(jobs) > 1 and self._together(session, jobs):
                return
            for job in jobs:
                self._alone(session, job)

    def _together(self, session: Session, jobs: list[Job]) -> bool:
        """One commit for all; False if the batch was lost whole and nothing of it stands."""
        try:
            self._raw.execute("BEGIN IMMEDIATE")
            for job in jobs:
                self._behind_savepoint(session, job)
            self._raw.execute("COMMIT")
        except sqlite3.Error:
            self._take_back(session)
            return False
        return True

    def _behind_savepoint(self, session: Session, job: Job) -> None:
        """Raises sqlite3.Error if the transaction is gone, and only then."""
        job.error = None
        self._raw.execute("SAVEPOINT work")
        try:
            job.run(session)
        except BaseException as error:
            session.rollback()
            job.error = outage_of(error) or error
            self._raw.execute("ROLLBACK TO work")
        session.expunge_all()  # what one work loaded must not answer for the next
        self._raw.execute("RELEASE work")

    def _alone(self, session: Session, job: Job) -> None:
        job.error = None
        try:
            self._raw.execute("BEGIN IMMEDIATE")
            job.run(session)
            session.expunge_all()
            self._raw.execute("COMMIT")
        except BaseException as error:
            self._take_back(session)
            job.error = outage_of(error) or error

    def _take_back(self, session: Session) -> None:
        session.rollback()
        session.expunge_all()
        if self._raw.in_transaction:
            self._raw.execute("ROLLBACK")


def _open_writer(path: Path, *, checkpoints: bool) -> _Driven:
    raw = sqlite3.connect(
        path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False, factory=_Driven, cached_statements=512
    )
    raw.execute("PRAGMA journal_mode=WAL")
    for pragma in ("synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY", "cache_size=-16000"):
        raw.execute(f"PRAGMA {pragma}")
    if not checkpoints:
        raw.execute("PRAGMA wal_autocheckpoint=0")
    raw.execute("BEGIN IMMEDIATE")  # a read-only file says so here, not at the first seat
    raw.execute("ROLLBACK")
    return raw


def _reading_engine(path: Path) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        connect_args={"isolation_level": None, "check_same_thread": False, "timeout": _BUSY_SECONDS},
        poolclass=QueuePool,
        pool_size=READERS,
    )

    @event.listens_for(engine, "connect")
    def _only_read(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA wal_autocheckpoint=0")
        cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _one_snapshot(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")  # the driver itself begins nothing at isolation_level None

    return engine


def only_process(path: Path) -> IO[bytes]:
    """The lock that keeps every other process off the file, until `let_go`. Raises DatabaseBusy, DatabaseUnavailable."""
    beside = path.with_name(path.name + ".lock")
    try:
        lock = beside.open("ab")
    except OSError as error:
        raise DatabaseUnavailable(f"{path}: {_reason(path, error)}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise DatabaseBusy(
            f"{path}: another tuan uses this database; stop it first, or use PostgreSQL for several"
        ) from error
    return lock


def let_go(lock: IO[bytes] | None) -> None:
    """Lets the next process in."""
    if lock is not None:
        lock.close()


def _reason(path: Path, error: OSError) -> str:
    if not path.parent.is_dir():
        return f"the folder {path.parent} does not exist; create it first"
    return f"the database cannot be opened ({os.strerror(error.errno or 0)})"


def _unusable(path: Path, error: sqlite3.Error) -> DatabaseUnavailable:
    if not path.parent.is_dir():
        return DatabaseUnavailable(f"{path}: the folder {path.parent} does not exist; create it first")
    return DatabaseUnavailable(f"{path}: {outage_of(error) or error}")

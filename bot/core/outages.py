"""What can be wrong with a database as a whole, each as one kind line that says what to do."""

import errno
import sqlite3

from sqlalchemy.exc import DBAPIError, OperationalError

_SQLITE_WORDS = {
    "SQLITE_FULL": "the disk is full: make room, nothing that was confirmed is lost",
    "SQLITE_READONLY": "the database cannot be written: give this user the right to write the file and its folder",
    "SQLITE_CANTOPEN": "the database cannot be opened: does its folder exist, and may this user write there?",
    "SQLITE_NOTADB": "this file is no SQLite database: check the path in bot.toml",
    "SQLITE_CORRUPT": "the database is damaged: restore the last `tuan backup`",
    "SQLITE_IOERR": "the disk does not answer: the database could not be read or written",
    "SQLITE_BUSY": "another process keeps the database busy: try again when it is done",
    "SQLITE_LOCKED": "another process keeps the database busy: try again when it is done",
}


CLOSED = "the database is closed: this process is stopping"
_AWAY_STATES = {None, "57P01", "57P02", "57P03", "53300"}  # no answer at all, or PostgreSQL's own words for "not now"


class DatabaseUnavailable(Exception):  # noqa: N818  # a state of the world, no mistake of the code
    """The database cannot do it now: full, read-only, missing, away. Nothing of the work was kept as far as is known."""


class DatabaseBusy(DatabaseUnavailable):
    """Another process has the file. One `tuan run` a SQLite file."""


def outage_of(error: BaseException) -> DatabaseUnavailable | None:
    """The outage behind a driver's error; None if the error is about the work and not about the database."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    if isinstance(cause, sqlite3.Error):
        return _sqlite_outage(cause)
    if isinstance(cause, OSError) and cause.errno == errno.ENOSPC:
        return DatabaseUnavailable(_SQLITE_WORDS["SQLITE_FULL"])
    if isinstance(error, DBAPIError) and is_away(error):
        return DatabaseUnavailable("the PostgreSQL server went away; start it, or look at the address in bot.toml")
    return None


def is_away(error: DBAPIError) -> bool:
    """True if the PostgreSQL server behind the error is gone, starting, stopping or full."""
    state = getattr(error.orig, "sqlstate", None)
    return error.connection_invalidated or (isinstance(error, OperationalError) and state in _AWAY_STATES)


def _sqlite_outage(cause: sqlite3.Error) -> DatabaseUnavailable | None:
    name = getattr(cause, "sqlite_errorname", None) or ""
    for prefix, words in _SQLITE_WORDS.items():
        if name.startswith(prefix):
            return DatabaseUnavailable(words)
    return None

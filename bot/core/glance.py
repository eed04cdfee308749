"""A look into the database that bot.toml names, for commands that only ask: it is never made, changed or waited for.

Invariant: whatever is not there, not readable or slow to answer is as if it knew nothing. The libraries of the database
are imported only where a look needs them, so that `tuan check` stays quick.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bot.core.config import Bot, SecretMissing

if TYPE_CHECKING:  # a look that finds no database needs none of it
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

PATIENCE = 2  # seconds that a server may take to answer
_LIVE = "SELECT key, kind FROM campaigns WHERE removed_at IS NULL ORDER BY key"


def address(bot: Bot) -> str | None:
    """Where the database is, if that can be known here: its secret may be set only where the bot runs."""
    try:
        return bot.database_url()
    except SecretMissing:
        return None


def file_of(url: str) -> Path | None:
    """The file of an SQLite database that is there and is not empty."""
    path = Path(url.removeprefix("sqlite:///").partition("?")[0])
    return path if url.startswith("sqlite:///") and path.is_file() and path.stat().st_size else None


def read_only(path: Path) -> sqlite3.Connection:
    """A connection that cannot change the file. Where nobody has it open, nothing is put beside it either."""
    quiet = not path.with_name(f"{path.name}-wal").exists()
    uri = f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if quiet else ''}"
    return sqlite3.connect(uri, uri=True, timeout=PATIENCE)


def live_campaigns(url: str | None) -> dict[str, str] | None:
    """The campaigns that the database has loaded and not lost, with their kinds; None if it cannot be asked."""
    if url is None:
        return None
    return _of_file(url) if url.startswith("sqlite") else _of_server(url)


def is_there(url: str | None) -> bool:
    """Whether a database of ours can be looked into."""
    return live_campaigns(url) is not None


@contextmanager
def session(url: str) -> "Iterator[Session]":
    """A session that only reads, over one snapshot."""
    from sqlalchemy.orm import Session  # noqa: PLC0415  # only a look that goes on needs it

    engine = _engine(url)
    try:
        with Session(engine, expire_on_commit=False) as found:
            yield found
    finally:
        engine.dispose()


def _engine(url: str) -> "Engine":
    from sqlalchemy import create_engine, make_url  # noqa: PLC0415  # only a look that goes on needs it

    if (path := file_of(url)) is not None:
        return create_engine("sqlite://", creator=lambda: read_only(path))
    options = "-c default_transaction_read_only=on -c default_transaction_isolation=repeatable\\ read"
    address = make_url(url).set(drivername="postgresql+psycopg")
    return create_engine(address, connect_args={"connect_timeout": PATIENCE, "options": options})


def _of_file(url: str) -> dict[str, str] | None:
    if (path := file_of(url)) is None:
        return None
    try:
        with closing(read_only(path)) as connection:
            return dict(connection.execute(_LIVE).fetchall())
    except sqlite3.Error:  # no database of ours, one of another version, or one that is locked
        return None


def _of_server(url: str) -> dict[str, str] | None:
    import psycopg  # noqa: PLC0415  # only shops that have a server need it

    plain = url.replace("postgresql+psycopg", "postgresql", 1)
    options = f"-c default_transaction_read_only=on -c statement_timeout={PATIENCE * 1000}"
    try:
        with psycopg.connect(plain, connect_timeout=PATIENCE, options=options, autocommit=True) as connection:
            return dict(connection.execute(_LIVE).fetchall())
    except psycopg.Error:  # away, slow, or without our tables
        return None

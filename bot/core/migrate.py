"""Brings a database to this version's tables. SQLite does it by itself at start, PostgreSQL by `tuan migrate`.

Invariants: a migration is one transaction on either engine; nobody else uses a SQLite file meanwhile; a database of a
later version is refused and left alone. `python -m bot.core.migrate "what changed"` drafts the next migration.
"""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from tempfile import TemporaryDirectory

from sqlalchemy import URL, Connection, Engine, MetaData, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import SQLModel

import models
from bot.core.outages import DatabaseUnavailable, outage_of
from bot.core.sqlite import let_go, only_process

VERSIONS = Path(__file__).parent.parent / "migrations" / "versions"


def metadata() -> MetaData:
    """Every table there is: all modules of models are read, so that none is forgotten."""
    for module in iter_modules(models.__path__):
        import_module(f"models.{module.name}")
    return SQLModel.metadata


def head() -> str:
    """The newest version: migrations are numbered, and their file names begin with the number."""
    return max(file.name.split("_")[0] for file in VERSIONS.glob("[0-9]*.py"))


def upgrade(url: str) -> bool:
    """Runs what is missing; False if the database was up to date. Raises DatabaseUnavailable, DatabaseBusy."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return _upgrade_file(address, Path(address.database or ""))
    return _upgrade(_engine(address))


def require(url: str) -> None:
    """Raises DatabaseUnavailable with one line unless the database is of this version; it is not touched."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        at = _version_of(Path(address.database or ""))
    else:
        with _spoken(), _connected(_engine(address)) as connection:
            at = _at(connection)
    if at is None:
        raise DatabaseUnavailable("there is no database of tuan yet: `tuan migrate` makes it, on SQLite `tuan run` does too")
    if at != head():
        raise DatabaseUnavailable(f"the database is of version {at}, this tuan needs {head()}: run `tuan migrate`")


def _upgrade_file(address: URL, file: Path) -> bool:
    if _version_of(file) == head():
        return False
    lock = only_process(file)
    try:
        return _upgrade(_engine(address))
    finally:
        let_go(lock)


def _version_of(file: Path) -> str | None:
    """The version a SQLite file says it has, read without Alembic: a start that changes nothing must not pay for it."""
    if not file.is_file():
        return None
    connection = sqlite3.connect(file)
    try:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error:
        return None
    finally:
        connection.close()
    return str(row[0]) if row else None


def _upgrade(engine: Engine) -> bool:
    with _spoken(), _connected(engine) as connection:
        at = _at(connection)
        if at == head():
            return False
        if at is not None and at > head():
            raise DatabaseUnavailable(f"the database is of version {at}, this tuan knows {head()}: install the newer one")
        _alembic("upgrade", connection)
        return True


@contextmanager
def _spoken() -> Iterator[None]:
    """A driver's error as one line."""
    try:
        yield
    except SQLAlchemyError as error:
        line = f"the database cannot be brought to this version: {str(error).splitlines()[0]}"
        raise outage_of(error) or DatabaseUnavailable(line) from error


def _at(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return version


def _alembic(task: str, connection: Connection, message: str = "") -> None:
    """Alembic is loaded only when there is something to do."""
    command, config = import_module("alembic.command"), import_module("alembic.config").Config()
    config.set_main_option("script_location", "bot:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    if task == "upgrade":
        command.upgrade(config, "head")
    else:
        command.revision(config, message, autogenerate=True, rev_id=f"{int(head()) + 1:04}")


@contextmanager
def _connected(engine: Engine) -> Iterator[Connection]:
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def _engine(address: URL) -> Engine:
    if address.get_backend_name() != "sqlite":
        return create_engine(address.set(drivername="postgresql+psycopg"))
    engine = create_engine(address, connect_args={"isolation_level": None})
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def draft(message: str) -> None:
    """Writes the next migration: the difference between the tables of models and what the migrations make so far."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/draft.db"
        upgrade(url)
        with _connected(_engine(make_url(url))) as connection:
            _alembic("revision", connection, message)


if __name__ == "__main__":
    draft(" ".join(sys.argv[1:]))

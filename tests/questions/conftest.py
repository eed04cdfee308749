"""A town on a real database for each story, on both engines; the stories of one engine share a database and roll back."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.conftest import a_database
from tests.questions.town import Town
from tests.rules.scene import engine_of
from tests.stage import story
from tests.templates import lay


@pytest.fixture(scope="session")
def sqlite_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A SQLite file with every table."""
    engine = engine_of(lay(f"sqlite:///{tmp_path_factory.mktemp('stage') / 'tuan.db'}"))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_stage(postgres_server: str, postgres_template: str) -> Iterator[Engine]:
    """A PostgreSQL database with every table."""
    with a_database(postgres_server, f"TEMPLATE {postgres_template} STRATEGY wal_log") as url:
        engine = engine_of(url)
        yield engine
        engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def session(request: pytest.FixtureRequest) -> Iterator[Session]:
    """Both engines in turn."""
    with story(request.getfixturevalue("sqlite_stage" if request.param == "sqlite" else "postgres_stage")) as session:
        yield session


@pytest.fixture
def town(session: Session) -> Town:
    return Town(session)

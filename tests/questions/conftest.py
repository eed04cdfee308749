"""A town on a real database for each story, on both engines."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from tests.questions.town import Town
from tests.rules.scene import engine_of


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    engine = engine_of(database_url)
    with Session(engine, expire_on_commit=False) as session:
        yield session
    engine.dispose()


@pytest.fixture
def town(session: Session) -> Town:
    return Town(session)

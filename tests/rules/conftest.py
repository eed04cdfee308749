"""A session on a real database for each story, on both engines."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from models.circles import membership_table
from tests.rules.scene import Scene, engine_of

CIRCLE = ("Ann", "Bao", "Chen", "Dora", "Emil")


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    engine = engine_of(database_url)
    with Session(engine, expire_on_commit=False) as session:
        yield session
    engine.dispose()


@pytest.fixture
def scene(session: Session) -> Scene:
    """Five have been in Office 3F for ten days, long enough for whatever is handed out there."""
    scene = Scene(session)
    for name in CIRCLE:
        scene.person(name)
    session.execute(update(membership_table).values(joined_at=scene.now - timedelta(days=10)))
    return scene

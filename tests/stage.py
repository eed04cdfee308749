"""One database an engine for all stories that end by rolling back: making a database for each takes longer than the story.

Invariant: a story begins with empty tables and ids from 1, whatever ran before it; one that commits is told so.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from models.shops import shop_table

_FROM_ONE = text(
    "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) FROM pg_sequences"
    " WHERE last_value IS NOT NULL"
)


@contextmanager
def story(stage: Engine) -> Iterator[Session]:
    """A session whose changes are gone when it ends."""
    with Session(stage, expire_on_commit=False) as session:
        yield session
        session.rollback()
        assert session.scalar(select(func.count()).select_from(shop_table)) == 0, "this story commits: it needs its own database"
    if stage.dialect.name == "postgresql":  # ids are taken for good, rolled back or not
        with stage.begin() as connection:
            connection.execute(_FROM_ONE)

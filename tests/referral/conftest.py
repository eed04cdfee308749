"""A session for each story, on both engines; the stories of one engine share a database and roll back."""

from tests.questions.conftest import postgres_stage, session, sqlite_stage

__all__ = ["postgres_stage", "session", "sqlite_stage"]

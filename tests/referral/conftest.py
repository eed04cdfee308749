"""A session on a real database for each story, on both engines."""

from tests.rules.conftest import session

__all__ = ["session"]

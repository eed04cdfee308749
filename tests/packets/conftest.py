"""A session on a real database for each story, on both engines, and Office 3F in it with five of long standing."""

from tests.rules.conftest import scene, session

__all__ = ["scene", "session"]

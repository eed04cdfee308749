"""A session for each story, on both engines; the stories of one engine share a database and roll back."""

import pytest
from sqlalchemy.orm import Session

from tests.questions.conftest import postgres_stage, session, sqlite_stage
from tests.referral.bazaar import Bazaar

__all__ = ["postgres_stage", "session", "sqlite_stage"]


@pytest.fixture
def bazaar(session: Session) -> Bazaar:  # the fixture above, asked for by its name
    """The shop that thanks, and Ann, who invites."""
    there = Bazaar(session)
    there.person("Ann")
    return there

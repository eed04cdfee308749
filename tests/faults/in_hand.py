"""What a bot had in hand when it was killed: read after its death and before the next one starts, from the database alone.

Invariant: looking changes nothing; a reader that could write would tidy up the dead bot's log on leaving, which is the
next bot's to do.
"""

import sqlite3
import time
from dataclasses import dataclass, field

from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.orm import Session

from models.outbox import OUTBOX, OutboxState
from tests.faults.books import engine_of

_OTHERS = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
_PATIENCE = 10.0  # seconds for PostgreSQL to see that its client is dead


@dataclass
class InHand:
    """Over all kills: promotions that senders had begun, by id, and how many were only claimed."""

    url: str
    begun: set[int] = field(default_factory=set)
    only_claimed: int = 0

    def look(self) -> None:
        """After a kill. Raises TimeoutError if the dead bot's sessions do not end."""
        engine = _reading(self.url)
        with Session(engine) as session:
            if engine.dialect.name == "postgresql":
                _alone(session)
            going = (OUTBOX.c.state == OutboxState.SENDING.value, OUTBOX.c.promotion)
            rows = session.execute(select(OUTBOX.c.id, OUTBOX.c.sent_at).where(*going)).all()
        engine.dispose()
        begun = {row.id for row in rows if row.sent_at is not None}
        self.begun |= begun
        self.only_claimed += len(rows) - len(begun)


def _reading(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return engine_of(url)
    file = url.removeprefix("sqlite:///")
    return create_engine("sqlite://", creator=lambda: sqlite3.connect(f"file:{file}?mode=ro", uri=True))


def _alone(session: Session) -> None:
    """What the dead bot had said to the server is done or undone by now."""
    end = time.monotonic() + _PATIENCE
    while session.execute(_OTHERS).scalar_one():
        session.rollback()
        if time.monotonic() > end:
            raise TimeoutError("the dead bot's sessions do not end")
        time.sleep(0.002)
    session.rollback()

"""Work that is done once a night or so, whichever process comes first; when it was done last stands in the database.

Invariant: what is `taken` is one process's until it is done, or until LEASE has passed without a word from it.
"""

from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from models.columns import Instant, table_of
from models.rows import insert_into


class Chore(SQLModel, table=True):
    """When a chore was done last, by its name; or, of the name with _TAKEN, when its process was last heard of."""

    __tablename__ = "chores"

    name: str = Field(primary_key=True)
    done_at: datetime = Field(sa_type=Instant)


chores = table_of(Chore)
LEASE = timedelta(minutes=5)
_TAKEN = ":taken"


def done_at(session: Session, name: str) -> datetime | None:
    """When it was done last; None: never."""
    found: datetime | None = session.scalar(select(chores.c.done_at).where(chores.c.name == name))
    return found


def done(session: Session, name: str, now: datetime) -> None:
    """It was done now."""
    row = insert_into(session, chores).values(name=name, done_at=now)
    session.execute(row.on_conflict_do_update(index_elements=["name"], set_={"done_at": now}))


def taken(session: Session, name: str, now: datetime) -> bool:
    """Takes it, unless another process has it in hand."""
    row = insert_into(session, chores).values(name=name + _TAKEN, done_at=now)
    free = chores.c.done_at <= now - LEASE
    took = row.on_conflict_do_update(index_elements=["name"], set_={"done_at": now}, where=free)
    return session.scalar(took.returning(chores.c.name)) is not None


def held(session: Session, name: str, before: datetime, now: datetime) -> bool:
    """Says that it is still in hand; False if it is in other hands by now. `before`: when that was said last."""
    mine = chores.c.name == name + _TAKEN, chores.c.done_at == before
    kept = session.execute(update(chores).where(*mine).values(done_at=now))
    return cast("CursorResult[tuple[()]]", kept).rowcount == 1


def freed(session: Session, name: str) -> None:
    """It is in nobody's hands."""
    session.execute(delete(chores).where(chores.c.name == name + _TAKEN))

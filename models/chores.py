"""Work that is done once a night or so, whichever process comes first; when it was done last stands in the database."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from models.columns import Instant, table_of
from models.rows import insert_into


class Chore(SQLModel, table=True):
    """When a chore was done last, by its name."""

    __tablename__ = "chores"

    name: str = Field(primary_key=True)
    done_at: datetime = Field(sa_type=Instant)


chores = table_of(Chore)


def done_at(session: Session, name: str) -> datetime | None:
    """When it was done last; None: never."""
    found: datetime | None = session.scalar(select(chores.c.done_at).where(chores.c.name == name))
    return found


def done(session: Session, name: str, now: datetime) -> None:
    """It was done now."""
    row = insert_into(session, chores).values(name=name, done_at=now)
    session.execute(row.on_conflict_do_update(index_elements=["name"], set_={"done_at": now}))

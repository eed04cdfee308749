"""How rules reach rows: always as the database has them now, locked where another writer could hold them.

Invariants: a row that is loaded for a change is fresh (Core statements pass by the session's memory) and, on PostgreSQL,
locked until the commit. Locks are taken in one order everywhere: round, product, then the rest.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import Select, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from models.errors import DomainError

Row = TypeVar("Row", bound=SQLModel)
Statement = TypeVar("Statement")


def find(session: Session, model: type[Row], row_id: int) -> Row | None:
    """The row as the database has it now, not locked."""
    session.flush()
    return session.get(model, row_id, populate_existing=True)


def load(session: Session, model: type[Row], row_id: int) -> Row:
    """The row, not locked. Raises DomainError("gone") when there is none."""
    row = find(session, model, row_id)
    if row is None:
        raise DomainError("gone", what=str(model.__tablename__))
    return row


def hold(session: Session, model: type[Row], row_id: int) -> Row:
    """The row, locked for a change. Raises DomainError("gone") when there is none."""
    session.flush()
    row = session.get(model, row_id, populate_existing=True, with_for_update=True)
    if row is None:
        raise DomainError("gone", what=str(model.__tablename__))
    return row


def fresh(session: Session, statement: Select[Row]) -> Sequence[Row]:
    """The rows a statement names, as the database has them now."""
    session.flush()
    return session.scalars(statement.execution_options(populate_existing=True)).all()


def number_of(row_id: int | None) -> int:
    """The id of a row that stands in the database; types do not know that it does."""
    if row_id is None:
        raise ValueError("the row has not been flushed")
    return row_id


def on_both(
    make: Callable[[Callable[[Table], sqlite.Insert | postgresql.Insert]], Statement],
) -> Mapping[str, Statement]:
    """The same upsert for each engine, by its dialect's name; made once, as building one costs more than running it."""
    return {"sqlite": make(sqlite.insert), "postgresql": make(postgresql.insert)}


def insert_into(session: Session, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows ON CONFLICT, in the words of the engine at hand."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)

"""The column types every table uses, and the one metadata they stand in.

Invariants: an instant is timezone-aware in Python and UTC in the database; a primary key is 64 bits wide on every
engine; every constraint has a name, so that a migration can find it on SQLite and PostgreSQL alike.
"""

from datetime import UTC, datetime
from typing import cast

from sqlalchemy import JSON, BigInteger, CursorResult, DateTime, Dialect, Integer, Result, Table
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

BigId = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by itself only for INTEGER PRIMARY KEY
Document = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

Texts = dict[str, str]  # language code -> text; the shape of every text an owner or operator wrote


class Instant(TypeDecorator[datetime]):
    """A point in time: aware in Python, UTC in the database (SQLite keeps no zone, so it is put back on reading)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Raises ValueError for a time without a zone: it would mean a different instant on another machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def table_of(model: type[SQLModel]) -> Table:
    """The Core table behind a model, for statements on the hot path."""
    return cast(Table, model.__table__)  # type: ignore[attr-defined]  # SQLModel sets it, its stubs do not say so


def new_id(result: Result[*tuple[object, ...]]) -> int:
    """The primary key a single-row Core insert has given."""
    keys = cast("CursorResult[*tuple[object, ...]]", result).inserted_primary_key
    assert keys is not None
    return int(keys[0])

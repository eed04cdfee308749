"""The chain of days: what a day of the ledger held is digested once it is over, together with the day before it.

Invariants: a day is closed once, an hour after it is over (UTC), and stays as it is; whoever changes, adds or takes away a
row of a closed day breaks its digest and every later one. The digest can be recomputed in any language:

SHA-256 over UTF-8, as 64 hexadecimal letters, of the digest of the closed day before (of the first: "") and then, for each row
of the day by its number, a line feed and the row as JSON without spaces, ASCII only: [number, kind, account it leaves,
account it reaches, amount, reason, hash of what was asked, number of the row it speaks of or null, order or null, instant].
Accounts are their keys ("wallet:1:7"), instants are ISO 8601 in UTC with six digits of a second and "Z".
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Row, Select, func, insert, select
from sqlalchemy.orm import Session

from models.accounts import account_table
from models.transfers import day_table, transfer_table

PATIENCE = timedelta(hours=1)  # a write that began before midnight has ended by then
BATCH = 2000  # rows held in memory at a time

_debit, _credit = account_table.alias("debit"), account_table.alias("credit")
_ROWS = (
    select(transfer_table, _debit.c.key.label("debit"), _credit.c.key.label("credit"))
    .join(_debit, _debit.c.id == transfer_table.c.debit_id).join(_credit, _credit.c.id == transfer_table.c.credit_id)
    .order_by(transfer_table.c.id)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Closed:
    """A day as it was closed."""

    day: date
    rows: int
    digest: str


def close_days(session: Session, now: datetime) -> int:
    """Closes every day with rows that is over since an hour; how many were closed."""
    closed = 0
    session.flush()
    before = last(session)
    while (day := _next(session, before)) is not None and _over(day, now):
        made = digested(session, day, before.digest if before else "")
        session.execute(insert(day_table).values(day=day, rows=made.rows, digest=made.digest, closed_at=now))
        before, closed = made, closed + 1
    return closed


def next_close(session: Session) -> datetime | None:
    """When the first day that is not closed may be; None while there is none with rows."""
    day = _next(session, last(session))
    return None if day is None else _end(day) + PATIENCE


def last(session: Session) -> Closed | None:
    """The day that was closed last."""
    row = session.execute(select(day_table).order_by(day_table.c.day.desc()).limit(1)).one_or_none()
    return None if row is None else Closed(row.day, row.rows, row.digest)


def days(session: Session) -> list[Closed]:
    """Every closed day, oldest first."""
    rows = session.execute(select(day_table).order_by(day_table.c.day))
    return [Closed(row.day, row.rows, row.digest) for row in rows]


def digested(session: Session, day: date, before: str) -> Closed:
    """The digest of a day as its rows are now."""
    sha, count = hashlib.sha256(before.encode()), 0
    for row in rows_of(session, day):
        sha.update(b"\n" + line(row).encode())
        count += 1
    return Closed(day, count, sha.hexdigest())


def rows_of(session: Session, day: date | None = None) -> Iterator[Row[*tuple[object, ...]]]:
    """The rows of a day, or of all days, with the keys of their accounts, in the order of their numbers."""
    query: Select[*tuple[object, ...]] = _ROWS if day is None else _ROWS.where(transfer_table.c.day == day)
    yield from session.execute(query.execution_options(yield_per=BATCH))


def line(row: "Row[*tuple[object, ...]]") -> str:
    """A row as the digest reads it."""
    return json.dumps(told(row), separators=(",", ":"))


def told(row: "Row[*tuple[object, ...]]") -> list[object]:
    """A row's values, in the order of the digest."""
    at = row.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return [row.id, str(row.kind), row.debit, row.credit, row.amount, row.reason, row.asked, row.of_id, row.order_id, at]


def _next(session: Session, before: Closed | None) -> date | None:
    """The first day with rows after the last that was closed."""
    query = select(func.min(transfer_table.c.day))
    if before is not None:
        query = query.where(transfer_table.c.day > before.day)
    found: date | None = session.execute(query).scalar_one()
    return found


def _over(day: date, now: datetime) -> bool:
    return now >= _end(day) + PATIENCE


def _end(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=UTC)

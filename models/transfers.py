"""Transfers: the rows of the ledger. Each takes an amount from one account and gives it to another; rows are only ever added.

Invariants: the database refuses UPDATE and DELETE; amounts are above zero; a reason stands once, with the hash of what was
asked, so that the same again changes nothing and another thing under it is an error. A row belongs to a day (UTC) that is
not closed yet.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Row,
    bindparam,
    func,
    select,
    text,
)
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from models import accounts, append_only
from models.accounts import Account, Standing
from models.columns import BigId, Instant, table_of
from models.errors import DomainError
from models.rows import on_both


class TransferKind(StrEnum):
    """What a row is. All but a plain transfer and a hold speak of an earlier row, `of_id`."""

    TRANSFER = "transfer"
    HOLD = "hold"
    RELEASE = "release"  # a hold goes back
    CAPTURE = "capture"  # a hold reaches whom it was for
    REVERSAL = "reversal"  # all that is left of a row, once
    REFUND = "refund"  # a part of a row, never more in all than the row


_ONCE = text("kind IN ('release', 'capture', 'reversal')")


class Transfer(SQLModel, table=True):
    """One movement. `order_id` names the order it is about, if it is about one."""

    __tablename__ = "transfers"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("debit_id <> credit_id", name="two_accounts"),
        Index("ix_transfers_debit", "debit_id", "id"),
        Index("ix_transfers_credit", "credit_id", "id"),
        Index("ix_transfers_day", "day", "id"),
        Index("ix_transfers_of", "of_id"),
        Index("uq_transfers_resolved_once", "of_id", "kind", unique=True, sqlite_where=_ONCE, postgresql_where=_ONCE),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    kind: str  # TransferKind
    debit_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("accounts.id")])
    credit_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("accounts.id")])
    amount: int = Field(sa_type=BigInteger)
    reason: str = Field(unique=True)
    asked: str  # hash of what was asked under the reason
    of_id: int | None = Field(default=None, sa_type=BigId, sa_column_args=[ForeignKey("transfers.id")])
    order_id: int | None = Field(default=None, sa_type=BigId, index=True, sa_column_args=[ForeignKey("orders.id")])
    day: date = Field(sa_type=Date)
    at: datetime = Field(sa_type=Instant)


class LedgerDay(SQLModel, table=True):
    """A closed day of the ledger: how many rows it has, and their digest, which holds the day before."""

    __tablename__ = "ledger_days"

    day: date = Field(primary_key=True, sa_type=Date)
    rows: int
    digest: str
    closed_at: datetime = Field(sa_type=Instant)


transfer_table, day_table = table_of(Transfer), table_of(LedgerDay)
APPEND_ONLY = (transfer_table, day_table)


for _table in APPEND_ONLY:
    append_only.guard(_table)


@dataclass(frozen=True, slots=True)
class Entry:
    """A row to be booked. `asked` is what stands behind its reason beside the accounts."""

    kind: TransferKind
    reason: str
    debit: Account
    credit: Account
    amount: int
    of_id: int | None = None
    order_id: int | None = None
    asked: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Booked:
    """A row that stands."""

    id: int
    kind: TransferKind
    reason: str
    debit_id: int
    credit_id: int
    amount: int
    asked: str
    of_id: int | None
    order_id: int | None


_BY_REASON = select(transfer_table).where(transfer_table.c.reason == bindparam("of_reason"))
_LAST_DAY = select(func.max(day_table.c.day))
_ADD = on_both(
    lambda insert: insert(transfer_table).on_conflict_do_nothing(index_elements=["reason"]).returning(transfer_table.c.id)
)


def by_reason(session: Session, reason: str, *, lock: bool = False) -> Booked | None:
    """The row under a reason. With `lock` nobody else resolves, reverses or refunds it until the commit."""
    query = _BY_REASON.with_for_update() if lock else _BY_REASON
    row = session.connection().execute(query, {"of_reason": reason}).one_or_none()
    return None if row is None else _booked(row)


def by_id(session: Session, row_id: int) -> Booked:
    """A row by its number."""
    return _booked(session.connection().execute(select(transfer_table).where(transfer_table.c.id == row_id)).one())


def known(session: Session, reason: str, asked: Mapping[str, object]) -> Booked | None:
    """The row under a reason, if it was booked already. Raises reason_taken when something else was asked under it."""
    row = by_reason(session, reason)
    if row is not None and row.asked != hash_of(asked):
        raise DomainError("reason_taken", reason=reason)
    return row


def book(session: Session, entry: Entry, now: datetime) -> int:
    """Books the row and moves both balances; its id. Whoever asks for the same under the same reason gets the same id.

    Raises ValueError for amounts that are not above zero and accounts that do not match, reason_taken, and
    balance_short(kind, have, need), which moves nothing.
    """
    if entry.amount <= 0 or entry.debit.key == entry.credit.key:
        raise ValueError(f"{entry.reason}: {entry.amount} from {entry.debit.key} to {entry.credit.key}")
    session.flush()
    if row := known(session, entry.reason, entry.asked):
        return row.id
    debit, credit = _sides(session, entry)
    _move(session, debit, credit, entry)
    return _write(session, debit, credit, entry, now)


def _sides(session: Session, entry: Entry) -> tuple[Standing, Standing]:
    """Both accounts, of one unit and one shop."""
    if entry.debit.unit != entry.credit.unit:
        raise ValueError(f"{entry.reason}: {entry.debit.unit} is not {entry.credit.unit}")
    debit = accounts.opened(session, entry.debit, entry.credit.shop_id)
    credit = accounts.opened(session, entry.credit, debit.shop_id)
    if debit.shop_id != credit.shop_id:
        raise DomainError("other_shop")
    return debit, credit


def _move(session: Session, debit: Standing, credit: Standing, entry: Entry) -> None:
    if not accounts.moved(session, debit, -entry.amount):
        raise DomainError("balance_short", kind=str(debit.kind), have=max(0, debit.balance), need=entry.amount)
    if not accounts.moved(session, credit, entry.amount):  # a debt that is smaller than what pays it
        accounts.moved(session, debit, entry.amount)
        raise DomainError("balance_short", kind=str(credit.kind), have=max(0, -credit.balance), need=entry.amount)


def _write(session: Session, debit: Standing, credit: Standing, entry: Entry, now: datetime) -> int:
    connection = session.connection()
    added = connection.execute(_ADD[connection.dialect.name], {
        "kind": entry.kind, "debit_id": debit.id, "credit_id": credit.id, "amount": entry.amount, "reason": entry.reason,
        "asked": hash_of(entry.asked), "of_id": entry.of_id, "order_id": entry.order_id, "day": _day(session, now), "at": now,
    }).scalar_one_or_none()  # fmt: skip
    if added is not None:
        return int(added)
    accounts.moved(session, credit, -entry.amount)  # somebody else booked it at this very moment
    accounts.moved(session, debit, entry.amount)
    row = known(session, entry.reason, entry.asked)
    assert row is not None
    return row.id


def _day(session: Session, now: datetime) -> date:
    """The day of `now`, or the first that is not closed: what is closed stays as it is, whatever a clock says."""
    closed: date | None = session.connection().execute(_LAST_DAY).scalar_one()
    today = now.astimezone(UTC).date()
    return today if closed is None else max(today, closed + timedelta(days=1))


def hash_of(asked: Mapping[str, object]) -> str:
    """SHA-256 of what was asked: its keys in order, JSON without spaces."""
    return hashlib.sha256(json.dumps(asked, sort_keys=True, separators=(",", ":"), default=str).encode()).hexdigest()


def following(session: Session, of_id: int) -> list[Booked]:
    """The rows that speak of a row: what resolved, reversed or refunded it."""
    columns = transfer_table.c
    rows = session.connection().execute(select(transfer_table).where(columns.of_id == of_id).order_by(columns.id))
    return [_booked(row) for row in rows]


def of_order(session: Session, order_id: int, debit_id: int) -> list[Booked]:
    """What an order took from an account, oldest first."""
    columns = transfer_table.c
    mine = columns.order_id == order_id, columns.debit_id == debit_id, columns.kind == TransferKind.TRANSFER
    return [_booked(row) for row in session.connection().execute(select(transfer_table).where(*mine).order_by(columns.id))]


def count_of_order(session: Session, order_id: int) -> int:
    """How many rows are about an order."""
    counted = select(func.count()).where(transfer_table.c.order_id == order_id)
    return int(session.connection().execute(counted).scalar_one())


def _booked(row: Row[*tuple[object, ...]]) -> Booked:
    kind = TransferKind(row.kind)
    return Booked(row.id, kind, row.reason, row.debit_id, row.credit_id, row.amount, row.asked, row.of_id, row.order_id)


def summed(session: Session, account_id: int) -> int:
    """An account's balance from its rows alone: the replay."""
    columns = transfer_table.c
    total = func.coalesce(func.sum(columns.amount), 0)
    connection = session.connection()
    into = connection.execute(select(total).where(columns.credit_id == account_id)).scalar_one()
    out = connection.execute(select(total).where(columns.debit_id == account_id)).scalar_one()
    return int(into) - int(out)

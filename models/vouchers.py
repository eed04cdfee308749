"""Vouchers: what they are worth, for what and how long, and who was given one.

Invariants: no more are given than `total`, nor more to one member than `per_member`; a voucher is used for one order at a
time, and its return makes it good again. The same grant again under its reason changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, func, or_, select, text, update
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from models.columns import BigId, Instant, table_of
from models.errors import DomainError
from models.facts import VoucherGranted
from models.rows import fresh, hold, insert_into, load
from models.states import VoucherState


class Worth(StrEnum):
    """What a voucher's value counts."""

    AMOUNT = "amount"  # minor units
    PERCENT = "percent"


class Scope(StrEnum):
    """What a voucher is good for."""

    SHOP = "shop"
    CATEGORY = "category"
    PRODUCT = "product"


class VoucherTerms(SQLModel, table=True):
    """What vouchers of one kind promise. `granted` counts those given; `valid_for` is in seconds from the grant."""

    __tablename__ = "voucher_terms"
    __table_args__ = (
        UniqueConstraint("shop_id", "key"),
        CheckConstraint("value > 0", name="value_positive"),
        CheckConstraint("worth <> 'percent' OR value <= 100", name="percent_within"),
        CheckConstraint("granted >= 0 AND (total IS NULL OR granted <= total)", name="granted_within"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    shop_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("shops.id")])
    key: str
    worth: str  # Worth
    value: int = Field(sa_type=BigInteger)
    most: int | None = Field(default=None, sa_type=BigInteger)  # a percentage takes at most this
    min_order: int = Field(default=0, sa_type=BigInteger)
    scope: str = Scope.SHOP
    category: str | None = None
    product_id: int | None = Field(default=None, sa_type=BigId, sa_column_args=[ForeignKey("products.id")])
    valid_for: int
    valid_until: datetime | None = Field(default=None, sa_type=Instant)  # never valid past this
    per_member: int | None = None
    total: int | None = None
    granted: int = 0
    created_at: datetime = Field(sa_type=Instant)


_IN_USE = text("state = 'used'")


class Voucher(SQLModel, table=True):
    """A voucher that a person was given. `value` is what this one is worth; `order_id` where it is used."""

    __tablename__ = "vouchers"
    __table_args__ = (
        CheckConstraint("(state = 'used') = (order_id IS NOT NULL)", name="used_on_an_order"),
        CheckConstraint("value > 0", name="value_positive"),
        Index("ix_vouchers_person", "person_id", "shop_id", "state"),
        Index("ix_vouchers_terms", "terms_id", "person_id"),
        Index("uq_vouchers_order", "order_id", unique=True, sqlite_where=_IN_USE, postgresql_where=_IN_USE),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    terms_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("voucher_terms.id")])
    shop_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("shops.id")])
    person_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("people.id")])
    state: str  # states.VoucherState
    value: int = Field(sa_type=BigInteger)
    reason: str = Field(unique=True)
    order_id: int | None = Field(default=None, sa_type=BigId, sa_column_args=[ForeignKey("orders.id")])
    granted_at: datetime = Field(sa_type=Instant)
    valid_until: datetime = Field(sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)


terms_table, voucher_table = table_of(VoucherTerms), table_of(Voucher)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a kind of voucher promises. Amounts are minor units; `key` names it within the shop ("drop:7")."""

    key: str
    worth: Worth
    value: int
    valid_for: timedelta
    most: int | None = None
    min_order: int = 0
    category: str | None = None
    product_id: int | None = None
    valid_until: datetime | None = None
    per_member: int | None = None
    total: int | None = None

    @property
    def scope(self) -> Scope:
        if self.product_id is not None:
            return Scope.PRODUCT
        return Scope.SHOP if self.category is None else Scope.CATEGORY


def put(session: Session, shop_id: int, terms: Terms, now: datetime) -> int:
    """The id of the terms under this key of the shop, made at the first call; terms that stand are not changed."""
    session.flush()
    row = insert_into(session, terms_table).values(
        shop_id=shop_id, key=terms.key, worth=terms.worth, value=terms.value, most=terms.most, min_order=terms.min_order,
        scope=terms.scope, category=terms.category, product_id=terms.product_id,
        valid_for=int(terms.valid_for.total_seconds()), valid_until=terms.valid_until, per_member=terms.per_member,
        total=terms.total, granted=0, created_at=now,
    )  # fmt: skip
    session.execute(row.on_conflict_do_nothing(index_elements=["shop_id", "key"]))
    mine = terms_table.c.shop_id == shop_id, terms_table.c.key == terms.key
    return int(session.execute(select(terms_table.c.id).where(*mine)).scalar_one())


def grant(
    session: Session, terms_id: int, person_id: int, reason: str, now: datetime, *, value: int | None = None
) -> int:
    """Gives a person a voucher of these terms; its id. `value` is this one's own worth (a random share of a packet).

    Raises vouchers_gone (all given), voucher_had(most) (this member has had theirs), voucher_over (no longer valid),
    reason_taken, gone.
    """
    terms = hold(session, VoucherTerms, terms_id)  # whoever asks for the same at this moment sees what the first one gave
    if (known := _by_reason(session, reason)) is not None:
        if (known.terms_id, known.person_id) != (terms_id, person_id):
            raise DomainError("reason_taken", reason=reason)
        return known.id or 0
    until = now + timedelta(seconds=terms.valid_for)
    until = until if terms.valid_until is None else min(until, terms.valid_until)
    if until <= now:
        raise DomainError("voucher_over")
    _count(session, terms, person_id)
    row = Voucher(
        terms_id=terms_id, shop_id=terms.shop_id, person_id=person_id, state=VoucherState.GRANTED,
        value=value or terms.value, reason=reason, granted_at=now, valid_until=until,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id or 0


def granted(session: Session, voucher_id: int, circle_id: int | None = None) -> VoucherGranted:
    """The fact that makes its owner hear of it; `circle_id` is the way round to who never pressed start."""
    row = load(session, Voucher, voucher_id)
    return VoucherGranted(row.person_id, circle_id, voucher_id, row.shop_id)


def _by_reason(session: Session, reason: str) -> Voucher | None:
    rows = fresh(session, select(Voucher).where(voucher_table.c.reason == reason))
    return rows[0] if rows else None


def _count(session: Session, terms: VoucherTerms, person_id: int) -> None:
    """One more is given: the row of the terms is held, so nobody counts beside; the database bounds it all the same."""
    columns = terms_table.c
    left = or_(columns.total.is_(None), columns.granted < columns.total)
    more = update(terms_table).where(columns.id == terms.id, left).values(granted=columns.granted + 1).returning(columns.id)
    if session.execute(more).scalar_one_or_none() is None:
        raise DomainError("vouchers_gone")
    mine = voucher_table.c.terms_id == terms.id, voucher_table.c.person_id == person_id
    had = session.execute(select(func.count()).where(*mine)).scalar_one()
    if terms.per_member is not None and had >= terms.per_member:
        session.execute(update(terms_table).where(columns.id == terms.id).values(granted=columns.granted - 1))
        raise DomainError("voucher_had", most=terms.per_member)



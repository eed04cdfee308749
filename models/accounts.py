"""Accounts: where amounts stand. Wallets and points of people, a shop's own side, budgets of packets and campaigns.

Invariants: one row an account key; a guarded account (all but a shop's own side) keeps its balance, which is the sum of its
transfers, and never passes zero: the database itself refuses it. A shop's side has no floor and keeps none: its balance is
summed when it is asked for, so that a shop's movements do not queue up behind one row. Money and points never mix.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Update, and_, bindparam, or_, select, update
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from models.columns import BigId, table_of
from models.rows import on_both


class Unit(StrEnum):
    """What an account counts: minor units of the shop's currency, or points, which are not money."""

    MONEY = "money"
    POINTS = "points"


class AccountKind(StrEnum):
    """What an account is for."""

    WALLET = "wallet"
    POINTS = "points"
    DEBT = "debt"  # what a person owes, as a balance below zero: a reward taken back after it was spent
    HELD = "held"  # of one's own, set aside
    PENDING = "pending"  # promised to a person, not theirs yet
    SHOP = "shop"  # the shop's promise: what it put into accounts, below zero
    CLEARING = "clearing"  # what left as something else: the worth of vouchers
    PACKET = "packet"
    CAMPAIGN = "campaign"


OPEN = frozenset({AccountKind.SHOP, AccountKind.CLEARING})


@dataclass(frozen=True, slots=True)
class Account:
    """An account by its key. `shop_id` is None for a budget, which belongs to the shop that first funds it."""

    kind: AccountKind
    key: str
    unit: Unit = Unit.MONEY
    shop_id: int | None = None
    person_id: int | None = None

    @property
    def guarded(self) -> bool:
        return self.kind not in OPEN


def wallet(shop_id: int, person_id: int) -> Account:
    """A person's money at a shop."""
    return Account(AccountKind.WALLET, f"wallet:{shop_id}:{person_id}", Unit.MONEY, shop_id, person_id)


def points(shop_id: int, person_id: int) -> Account:
    """A person's points at a shop."""
    return Account(AccountKind.POINTS, f"points:{shop_id}:{person_id}", Unit.POINTS, shop_id, person_id)


def debt(shop_id: int, person_id: int) -> Account:
    """What a person owes a shop: zero or below."""
    return Account(AccountKind.DEBT, f"debt:{shop_id}:{person_id}", Unit.MONEY, shop_id, person_id)


def shop(shop_id: int, unit: Unit = Unit.MONEY) -> Account:
    """The shop's promise: wallets are filled from it and spent into it."""
    return Account(AccountKind.SHOP, f"shop:{shop_id}:{unit}", unit, shop_id)


def clearing(shop_id: int, unit: Unit = Unit.MONEY) -> Account:
    """What became something else than money: the worth of vouchers given from a budget."""
    return Account(AccountKind.CLEARING, f"clearing:{shop_id}:{unit}", unit, shop_id)


def packet(packet_id: int, unit: Unit = Unit.MONEY) -> Account:
    """What is left in a red packet or a split coupon."""
    return Account(AccountKind.PACKET, f"packet:{packet_id}", unit)


def campaign(campaign_id: int, unit: Unit = Unit.MONEY) -> Account:
    """What is left of a campaign's budget."""
    return Account(AccountKind.CAMPAIGN, f"campaign:{campaign_id}", unit)


def held_of(account: Account) -> Account:
    """Where a hold on this account stands until it is resolved."""
    return Account(AccountKind.HELD, f"held:{account.key}", account.unit, account.shop_id, account.person_id)


def pending_of(account: Account) -> Account:
    """Where what is promised to this account stands until it is theirs."""
    return Account(AccountKind.PENDING, f"pending:{account.key}", account.unit, account.shop_id, account.person_id)


class AccountRow(SQLModel, table=True):
    """An account as it stands. `balance` is 0 on open accounts, for good."""

    __tablename__ = "accounts"
    __table_args__ = (
        CheckConstraint("balance >= 0 OR kind = 'debt'", name="balance_not_negative"),
        CheckConstraint("balance <= 0 OR kind <> 'debt'", name="debt_not_positive"),
        CheckConstraint("balance = 0 OR kind NOT IN ('shop', 'clearing')", name="open_keeps_none"),
        Index("ix_accounts_person", "person_id", "kind"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    key: str = Field(unique=True)
    kind: str  # AccountKind
    unit: str  # Unit
    shop_id: int = Field(sa_type=BigId, index=True, sa_column_args=[ForeignKey("shops.id")])
    person_id: int | None = Field(default=None, sa_type=BigId, sa_column_args=[ForeignKey("people.id")])
    balance: int = Field(default=0, sa_type=BigInteger)


account_table = table_of(AccountRow)

_FIND = select(account_table).where(account_table.c.key == bindparam("of_key"))
_OPEN = on_both(lambda insert: insert(account_table).on_conflict_do_nothing(index_elements=["key"]))


def _moving() -> Update:
    columns = account_table.c
    after = columns.balance + bindparam("delta", type_=BigInteger)
    within = or_(and_(columns.kind != AccountKind.DEBT, after >= 0), and_(columns.kind == AccountKind.DEBT, after <= 0))
    return update(account_table).where(columns.id == bindparam("of_id"), within).values(balance=after)


_MOVE = _moving()


@dataclass(frozen=True, slots=True)
class Standing:
    """An account that stands in the database, as it was read."""

    id: int
    key: str
    kind: AccountKind
    unit: Unit
    shop_id: int
    person_id: int | None
    balance: int

    @property
    def guarded(self) -> bool:
        return self.kind not in OPEN

    @property
    def account(self) -> Account:
        return Account(self.kind, self.key, self.unit, self.shop_id, self.person_id)


def find(session: Session, account: Account) -> Standing | None:
    """The account as it stands, if anything ever touched it."""
    row = session.connection().execute(_FIND, {"of_key": account.key}).one_or_none()
    if row is None:
        return None
    return Standing(row.id, row.key, AccountKind(row.kind), Unit(row.unit), row.shop_id, row.person_id, row.balance)


def by_ids(session: Session, ids: Sequence[int]) -> dict[int, Standing]:
    """Accounts by their ids."""
    rows = session.connection().execute(select(account_table).where(account_table.c.id.in_(ids)))
    return {
        row.id: Standing(row.id, row.key, AccountKind(row.kind), Unit(row.unit), row.shop_id, row.person_id, row.balance)
        for row in rows
    }


def opened(session: Session, account: Account, shop_id: int | None) -> Standing:
    """The account, made at its first use. Raises ValueError when it is of another unit or shop than it was made of."""
    standing = find(session, account)
    if standing is None:
        belongs = account.shop_id if account.shop_id is not None else shop_id
        if belongs is None:
            raise ValueError(f"{account.key} has no shop yet: fund it from one first")
        connection = session.connection()
        connection.execute(_OPEN[connection.dialect.name], {
            "key": account.key, "kind": account.kind, "unit": account.unit, "shop_id": belongs,
            "person_id": account.person_id, "balance": 0,
        })  # fmt: skip
        standing = find(session, account)
        assert standing is not None
    if standing.unit != account.unit:
        raise ValueError(f"{account.key} counts {standing.unit}, not {account.unit}")
    return standing


def moved(session: Session, account: Standing, delta: int) -> bool:
    """Moves a guarded account's balance; False, and nothing moved, if that would pass zero. Open accounts always may."""
    if not account.guarded:
        return True
    return session.connection().execute(_MOVE, {"of_id": account.id, "delta": delta}).rowcount == 1

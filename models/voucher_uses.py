"""A voucher and an order: whether it fits, what it takes off, that it is used once, and how it comes back.

Invariant: a voucher goes onto an order by a conditional UPDATE, so of many who try at once one succeeds.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from models.errors import DomainError
from models.states import VOUCHER, VoucherState, advance
from models.vouchers import Scope, Worth, terms_table, voucher_table

GRACE = timedelta(days=3)  # a voucher that ran out on an order which the shop's side ended is good for so long again


@dataclass(frozen=True, slots=True)
class Promise:
    """A voucher with its terms. Amounts are minor units."""

    voucher_id: int
    shop_id: int
    person_id: int
    state: str
    value: int
    worth: Worth
    most: int | None
    min_order: int
    scope: Scope
    category: str | None
    product_id: int | None
    valid_until: datetime

    def off(self, goods: int) -> int:
        """What it takes off goods of that price, rounded down, never more than they cost."""
        full = self.value if self.worth == Worth.AMOUNT else goods * self.value // 100
        return min(full, goods if self.most is None else min(goods, self.most))


@dataclass(frozen=True, slots=True)
class Goods:
    """What an order is for, as far as a voucher asks."""

    shop_id: int
    product_id: int
    category: str | None
    price: int


def refusal(promise: Promise, goods: Goods, now: datetime) -> DomainError | None:
    """Why a voucher does not fit: voucher_used, voucher_expired, voucher_elsewhere, voucher_scope, voucher_min(min_order)."""
    if promise.state != VoucherState.GRANTED:
        return DomainError("voucher_used")
    if promise.valid_until <= now:
        return DomainError("voucher_expired")
    if promise.shop_id != goods.shop_id:
        return DomainError("voucher_elsewhere")
    product = promise.scope == Scope.PRODUCT and promise.product_id != goods.product_id
    category = promise.scope == Scope.CATEGORY and promise.category != goods.category
    if product or category:
        return DomainError("voucher_scope")
    if goods.price < promise.min_order:
        return DomainError("voucher_min", min_order=promise.min_order)
    return None


def promise(session: Session, voucher_id: int) -> Promise | None:
    """One voucher."""
    return next(iter(_promises(session, voucher_table.c.id == voucher_id)), None)


def good_of(session: Session, shop_id: int, person_id: int) -> list[Promise]:
    """The vouchers a person has and has not used at a shop, expired ones included."""
    mine = voucher_table.c.person_id == person_id, voucher_table.c.shop_id == shop_id
    return _promises(session, *mine, voucher_table.c.state == VoucherState.GRANTED)


def on_order(session: Session, order_id: int) -> Promise | None:
    """The voucher that is used on an order."""
    return next(iter(_promises(session, voucher_table.c.order_id == order_id)), None)


def take(session: Session, voucher_id: int, order_id: int, now: datetime) -> None:
    """Puts a voucher onto an order. Raises voucher_used for whoever comes second."""
    free = voucher_table.c.id == voucher_id, voucher_table.c.state == VoucherState.GRANTED
    state = advance(VOUCHER, VoucherState.GRANTED, VoucherState.USED)
    used = update(voucher_table).where(*free).values(state=state, order_id=order_id, used_at=now)
    if session.execute(used.returning(voucher_table.c.id)).scalar_one_or_none() is None:
        raise DomainError("voucher_used")


def put_back(session: Session, voucher_id: int, now: datetime, *, kindly: bool) -> None:
    """It is good again. `kindly`: the shop's side ended the order, so one that ran out meanwhile has three days more."""
    state = advance(VOUCHER, VoucherState.USED, VoucherState.GRANTED)
    back = update(voucher_table).where(voucher_table.c.id == voucher_id, voucher_table.c.state == VoucherState.USED)
    session.execute(back.values(state=state, order_id=None, used_at=None))
    if kindly:
        late = voucher_table.c.id == voucher_id, voucher_table.c.valid_until < now + GRACE
        session.execute(update(voucher_table).where(*late).values(valid_until=now + GRACE))


def withdraw(session: Session, voucher_id: int) -> bool:
    """What it was given for did not stand; False if it is used or withdrawn already."""
    free = voucher_table.c.id == voucher_id, voucher_table.c.state == VoucherState.GRANTED
    state = advance(VOUCHER, VoucherState.GRANTED, VoucherState.WITHDRAWN)
    gone = update(voucher_table).where(*free).values(state=state).returning(voucher_table.c.id)
    return session.execute(gone).scalar_one_or_none() is not None


def _promises(session: Session, *where: ColumnElement[bool]) -> list[Promise]:
    session.flush()
    v, t = voucher_table.c, terms_table.c
    query = (
        select(v.id, v.shop_id, v.person_id, v.state, v.value, t.worth, t.most, t.min_order, t.scope, t.category,
               t.product_id, v.valid_until)
        .join(terms_table, t.id == v.terms_id).where(*where).order_by(v.id)
    )  # fmt: skip
    return [
        Promise(row.id, row.shop_id, row.person_id, row.state, row.value, Worth(row.worth), row.most, row.min_order,
                Scope(row.scope), row.category, row.product_id, row.valid_until)
        for row in session.execute(query)
    ]  # fmt: skip

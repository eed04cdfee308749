"""What a member's own things take off an order: a voucher, points. They stand on it as lines, so its total stays their sum.

Invariants: an order has one voucher at most; a discount takes no more than the goods cost; when the order ends, the
voucher is good again and the points are back, and the order's lines stay as a record.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from models import buyer_totals, ledger, orders, payments, voucher_uses  # modules: they know each other
from models.catalogue import products
from models.errors import DomainError
from models.facts import AnyFact, PaidLess, VoucherReturned
from models.order_lines import Line, LineKind
from models.rows import find, number_of
from models.states import OrderState
from models.voucher_uses import Goods

GOODS = (LineKind.PIECE, LineKind.LEADER_DISCOUNT)
OWN = (LineKind.VOUCHER, LineKind.POINTS)
SHOPS_DOING = frozenset({"failed", "recalled"})


@dataclass(frozen=True, slots=True)
class Usable:
    """A voucher that fits an order, and what it would take off, minor units."""

    voucher_id: int
    off: int
    valid_until: datetime


def usable(session: Session, order_id: int, now: datetime) -> list[Usable]:
    """The vouchers that fit an order which waits for its money and has none yet, the best first."""
    order = find(session, orders.Order, order_id)
    if order is None or order.state != OrderState.AWAITING or voucher_uses.on_order(session, order_id) is not None:
        return []
    goods = _goods(session, order)
    found = [
        Usable(one.voucher_id, one.off(goods.price), one.valid_until)
        for one in voucher_uses.good_of(session, order.shop_id, order.person_id)
        if voucher_uses.refusal(one, goods, now) is None and one.off(goods.price)
    ]
    return sorted(found, key=lambda one: (-one.off, one.valid_until, one.voucher_id))


def use_voucher(session: Session, order_id: int, person_id: int, voucher_id: int, now: datetime) -> list[AnyFact]:
    """The member puts a voucher onto an order that waits for its money.

    Raises not_yours, order_ended, already_paid, already_claimed, voucher_one_an_order, voucher_used, voucher_expired,
    voucher_elsewhere, voucher_scope, voucher_min(min_order), voucher_nothing (the goods are covered already).
    """
    row, order = orders.held(session, order_id)
    orders.require_waiting(order, person_id)
    if voucher_uses.on_order(session, order_id) is not None:
        raise DomainError("voucher_one_an_order")
    promise = voucher_uses.promise(session, voucher_id)
    if promise is None or promise.person_id != person_id:
        raise DomainError("not_yours")
    goods = _goods(session, order)
    if (no := voucher_uses.refusal(promise, goods, now)) is not None:
        raise no
    off = min(promise.off(goods.price), _left(session, order))
    if off <= 0:
        raise DomainError("voucher_nothing")
    voucher_uses.take(session, voucher_id, order_id, now)
    _add(session, order, Line(LineKind.VOUCHER, -off))
    facts = payments.credit_excess(session, order, now)
    due = payments.balance(session, order_id).due
    told = PaidLess(order.round_id, order_id, person_id, "voucher", off, due, order.pay_by)
    return [told, *facts, *payments.paid_up(session, row, order, now)]


def use_points(session: Session, order_id: int, person_id: int, now: datetime) -> list[AnyFact]:
    """The member's points go onto an order, one for one minor unit, no more than is due for the goods.

    Raises not_yours, order_ended, already_paid, already_claimed, points_none.
    """
    row, order = orders.held(session, order_id)
    orders.require_waiting(order, person_id)
    amount = points_usable(session, order)
    if amount == 0:
        raise DomainError("points_none")
    mine, gone = ledger.points(order.shop_id, person_id), ledger.shop(order.shop_id, ledger.Unit.POINTS)
    reason = ledger.next_reason(session, "points_order", order_id)
    ledger.transfer(session, reason=reason, debit=mine, credit=gone, amount=amount, now=now, params={"order_id": order_id})
    _add(session, order, Line(LineKind.POINTS, -amount))
    due = payments.balance(session, order_id).due
    told = PaidLess(order.round_id, order_id, person_id, "points", amount, due, order.pay_by)
    return [told, *payments.paid_up(session, row, order, now)]


def points_usable(session: Session, order: "orders.Order") -> int:
    """How many points could go onto the order now."""
    there = ledger.balance(session, ledger.points(order.shop_id, order.person_id))
    if not there:
        return 0
    return max(0, min(there, _left(session, order), payments.balance(session, number_of(order.id)).due))


def standing(session: Session, order_id: int) -> list[Line]:
    """The lines of vouchers and points on an order."""
    return [line for line in _lines(session, order_id) if line.kind in OWN]


def kept(
    session: Session, order: "orders.Order", lines: Sequence[Line], now: datetime, *, strict: bool
) -> tuple[list[Line], list[AnyFact]]:
    """What the order's own discounts are once it consists of `lines`; what no longer fits goes back to the member.

    `strict`: the member made it smaller, so the voucher's least order counts again; that a price fell is no fault of theirs.
    """
    own = standing(session, number_of(order.id))
    if not own:
        return [], []
    left, again, facts = goods_in(lines), list[Line](), list[AnyFact]()
    promise = voucher_uses.on_order(session, number_of(order.id))
    if promise is not None:
        off = 0 if strict and left < promise.min_order else promise.off(left)
        again = [Line(LineKind.VOUCHER, -off)] if off else []
        facts = [] if off else _return_voucher(session, order, now, kindly=False)
        left -= off
    had = _points_in(own)
    stay = min(had, left)
    _return_points(session, order, had - stay, now)
    return again + ([Line(LineKind.POINTS, -stay)] if stay else []), facts


def give_back(session: Session, order: "orders.Order", why: str, now: datetime) -> list[AnyFact]:
    """The order ended: its voucher is good again, its points are back."""
    own = standing(session, number_of(order.id))
    spent = ledger.spent(session, number_of(order.id), ledger.points(order.shop_id, order.person_id)) if own else 0
    _return_points(session, order, spent, now)
    return _return_voucher(session, order, now, kindly=why in SHOPS_DOING) if own else []


def goods_in(lines: Iterable[Line]) -> int:
    """What goods cost, the leader's discount taken off."""
    return sum(line.amount for line in lines if line.kind in GOODS)


def _goods(session: Session, order: "orders.Order") -> Goods:
    category = session.execute(select(products.c.category).where(products.c.id == order.product_id)).scalar_one()
    return Goods(order.shop_id, order.product_id, category, goods_in(_lines(session, number_of(order.id))))


def _left(session: Session, order: "orders.Order") -> int:
    """What the goods cost beyond the discounts that stand."""
    return sum(line.amount for line in _lines(session, number_of(order.id)) if line.kind in (*GOODS, *OWN))


def _lines(session: Session, order_id: int) -> list[Line]:
    return [Line(LineKind(line.kind), line.unit_price, line.quantity) for line in orders.lines_of(session, order_id)]


def _points_in(lines: Iterable[Line]) -> int:
    return -sum(line.amount for line in lines if line.kind == LineKind.POINTS)


def _add(session: Session, order: "orders.Order", line: Line) -> None:
    session.execute(insert(orders.line_table).values(
        order_id=order.id, kind=line.kind, option="", note="", quantity=1, unit_price=line.unit_price, amount=line.amount
    ))  # fmt: skip
    order.total += line.amount
    buyer_totals.follow(session, order)


def _return_voucher(session: Session, order: "orders.Order", now: datetime, *, kindly: bool) -> list[AnyFact]:
    order_id = number_of(order.id)
    promise = voucher_uses.on_order(session, order_id)
    if promise is None:
        return []
    voucher_uses.put_back(session, promise.voucher_id, now, kindly=kindly)
    return [VoucherReturned(order.round_id, order_id, order.person_id, promise.voucher_id, order.shop_id)]


def _return_points(session: Session, order: "orders.Order", amount: int, now: datetime) -> None:
    if amount:
        mine = ledger.points(order.shop_id, order.person_id)
        ledger.give_back(session, order_id=number_of(order.id), to=mine, amount=amount, what="points_back", now=now)

"""An order as it is written from a seat: its row and its lines. Core, since a lock writes hundreds in one transaction.

Invariants: the row's total is the sum of the lines written with it; an order that owes nothing is paid from the start.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import Insert, Select, bindparam, delete, insert, select
from sqlalchemy.orm import Session

from models import buyer_totals, order_lines, orders, paths  # modules: orders are ruled there
from models.columns import new_id, table_of
from models.group_buys import Round, count
from models.order_lines import Line, LineKind, Pieces
from models.prices import steps
from models.rows import number_of
from models.seats import Seat, SeatLine
from models.states import ORDER, OrderState, advance


def written(
    session: Session, row: Round, seat: Seat, unit_price: int, reason: str, until: datetime, now: datetime
) -> tuple[int, int]:
    """A new order of the seat, to be paid until then; its id and what is owed."""
    lines = composed(session, row, seat, unit_price, reason)
    total = order_lines.total(lines)
    timer = (
        {"state": OrderState.AWAITING, "pay_by": until, "asked_until": until, "remind_pay_at": orders.reminder(until, now),
         "paid_at": None}
        if total else
        {"state": advance(ORDER, OrderState.AWAITING, OrderState.PAID), "pay_by": None, "asked_until": None,
         "remind_pay_at": None, "paid_at": now}
    )  # fmt: skip
    order_id = new_id(session.connection().execute(_new_order(), {
        "shop_id": row.shop_id, "circle_id": row.circle_id, "round_id": row.id, "product_id": row.product_id,
        "seat_id": seat.id, "person_id": seat.person_id, "quantity": seat.quantity, "unit_price": unit_price,
        "total": total, "created_at": now, **timer,
        "of_seat": seat.id, "of_product": row.product_id, "of_person": seat.person_id,
    }))  # fmt: skip
    _write_lines(session, order_id, lines)
    return order_id, total


def rewrite(session: Session, seat: Seat, order: "orders.Order", unit_price: int, lines: Sequence[Line]) -> None:
    """Makes an order consist of these lines, for what the seat holds now."""
    session.execute(delete(orders.line_table).where(orders.line_table.c.order_id == order.id))
    _write_lines(session, number_of(order.id), lines)
    order.quantity, order.unit_price, order.total = seat.quantity, unit_price, order_lines.total(lines)
    buyer_totals.follow(session, order)


def _write_lines(session: Session, order_id: int, lines: Sequence[Line]) -> None:
    session.connection().execute(_new_line(), [
        {"order_id": order_id, "kind": line.kind, "option": line.option, "note": line.note, "quantity": line.quantity,
         "unit_price": line.unit_price, "amount": line.amount}
        for line in lines
    ])  # fmt: skip


def composed(session: Session, row: Round, seat: Seat, unit_price: int, reason: str) -> list[Line]:
    """The lines of what the seat holds, at this price, without a member's own vouchers and points."""
    found = session.connection().execute(_of_seat(), {"of_seat": seat.id})
    pieces = [Pieces(line.option, line.note, line.quantity) for line in found]
    discount = row.leader_discount if row.leader_id == seat.person_id else 0
    return order_lines.composed(pieces, unit_price, discount, _extras(session, row, reason))


def _extras(session: Session, row: Round, reason: str) -> list[Line]:
    """Delivery and gifts as they stand; an offer after the lock gets what the lock gave, whoever dropped out since."""
    if reason != "offer":
        return order_lines.extras(steps(row.ladder), count(row), row.delivery_fee)
    table, lines = orders.order_table, orders.line_table
    first = (
        select(table.c.id)
        .where(table.c.round_id == row.id, table.c.ended_at.is_(None) | (table.c.ended_at >= row.locked_at))
        .order_by(table.c.id).limit(1)
    )  # fmt: skip
    given = select(lines).where(
        lines.c.order_id == first.scalar_subquery(), lines.c.kind.in_((LineKind.DELIVERY, LineKind.GIFT))
    )
    return [Line(LineKind(line.kind), line.unit_price, note=line.note) for line in session.execute(given)]


@cache
def _new_order() -> Insert:
    return insert(orders.order_table).values(path=paths.of_seat())


@cache
def _new_line() -> Insert:
    return insert(orders.line_table)


@cache
def _of_seat() -> Select[*tuple[object, ...]]:
    lines = table_of(SeatLine)
    return (
        select(lines.c.option, lines.c.note, lines.c.quantity)
        .where(lines.c.seat_id == bindparam("of_seat")).order_by(lines.c.id)
    )  # fmt: skip

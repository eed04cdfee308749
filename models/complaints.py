""""Something is wrong": a buyer's photo and count, until the owner taps refund, replace or credit.

Invariants: one open complaint an order; what is given back never exceeds what was paid.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from models import orders, payments, shops, wallet
from models.columns import BigId, Instant, table_of
from models.errors import DomainError
from models.facts import AnyFact, ComplaintRaised, ComplaintResolved
from models.rows import find, fresh, hold, number_of
from models.states import COMPLAINT, ComplaintState, advance


class Complaint(SQLModel, table=True):
    """One complaint about one order; `pieces` is how many of them are not as they should be."""

    __tablename__ = "complaints"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    order_id: int = Field(sa_type=BigId, index=True, sa_column_args=[ForeignKey("orders.id")])
    state: str  # states.ComplaintState
    pieces: int
    words: str = ""
    photo_file_id: str | None = None
    created_at: datetime = Field(sa_type=Instant)
    resolved_at: datetime | None = Field(default=None, sa_type=Instant)
    resolved_by: int | None = Field(default=None, sa_type=BigId, sa_column_args=[ForeignKey("people.id")])


complaint_table = table_of(Complaint)

MONEY_BACK = frozenset({ComplaintState.REFUNDED, ComplaintState.CREDITED})


def raise_(
    session: Session, order_id: int, person_id: int, pieces: int, words: str, photo_file_id: str | None, now: datetime
) -> list[AnyFact]:
    """Says how many pieces are not as they should be. Raises not_yours, not_collected, complaint_open, complaint_pieces."""
    _, order = orders.held(session, order_id)
    orders.require_own(order, person_id)
    if order.collected_at is None:
        raise DomainError("not_collected", number=order.number)
    if not 1 <= pieces <= order.quantity:
        raise DomainError("complaint_pieces", asked=pieces, most=order.quantity)
    if open_of_order(session, order_id) is not None:
        raise DomainError("complaint_open", number=order.number)
    complaint = Complaint(
        order_id=order_id, state=ComplaintState.OPEN, pieces=pieces, words=words, photo_file_id=photo_file_id, created_at=now
    )  # fmt: skip
    session.add(complaint)
    session.flush()
    return [ComplaintRaised(order.round_id, order_id, person_id, number_of(complaint.id))]


def resolve(session: Session, complaint_id: int, by: int, resolution: ComplaintState, now: datetime) -> list[AnyFact]:
    """The owner refunds, replaces or credits. Money for the pieces named, at most what was paid, is due, or in the wallet.

    Raises not_yours, complaint_closed, not_paid (nothing was paid that could go back).
    """
    seen = find(session, Complaint, complaint_id)
    if seen is None:
        raise DomainError("gone", what="complaints")
    row, order = orders.held(session, seen.order_id)
    shops.require_owner(session, row.shop_id, by)
    complaint = hold(session, Complaint, complaint_id)
    if complaint.state != ComplaintState.OPEN:
        raise DomainError("complaint_closed", state=complaint.state)
    complaint.state = advance(COMPLAINT, complaint.state, resolution)
    complaint.resolved_at, complaint.resolved_by = now, by
    session.flush()
    amount = _amount(session, complaint, order) if resolution in MONEY_BACK else 0
    resolved = ComplaintResolved(order.round_id, seen.order_id, order.person_id, complaint_id, complaint.state, amount)
    return [resolved, *_give_back(session, order, amount, complaint, now)]


def _amount(session: Session, complaint: Complaint, order: orders.Order) -> int:
    """What the pieces cost, at most what was paid. Raises not_paid when nothing was."""
    amount = min(complaint.pieces * order.unit_price, payments.balance(session, complaint.order_id).paid)
    if amount <= 0:
        raise DomainError("not_paid", number=order.number)
    return amount


def _give_back(session: Session, order: orders.Order, amount: int, complaint: Complaint, now: datetime) -> list[AnyFact]:
    reason = f"complaint:{complaint.id}"
    if complaint.state == ComplaintState.REFUNDED:
        return payments.give_back(session, order, amount, "complaint", reason, now)
    if complaint.state == ComplaintState.CREDITED:  # the message about the complaint says it
        wallet.credit(session, order, amount, reason, "complaint", now)
    return []


def open_of_order(session: Session, order_id: int) -> Complaint | None:
    """The complaint about an order that the owner has not answered."""
    query = select(Complaint).where(
        complaint_table.c.order_id == order_id, complaint_table.c.state == ComplaintState.OPEN
    )
    rows = fresh(session, query)
    return rows[0] if rows else None

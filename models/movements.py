"""Movements of an order's money: the table of payments, and the sums over it.

Invariants: a reason key stands once; amounts are above zero. What may move when is payments.py's.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Select, and_, case, func, select
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from models.columns import BigId, Instant, table_of
from models.states import PaymentState


class PaymentKind(StrEnum):
    """A charge goes to the shop; a refund goes back the way it came; a credit goes into the member's wallet."""

    CHARGE = "charge"
    REFUND = "refund"
    CREDIT = "credit"


class Payment(SQLModel, table=True):
    """One movement. Offline money is confirmed by the owner (`by_person_id`); what is still to be given back is `due`.

    The wallet's movements are confirmed when they are made.
    """

    __tablename__ = "payments"
    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    order_id: int = Field(sa_type=BigId, index=True, sa_column_args=[ForeignKey("orders.id")])
    kind: str  # PaymentKind
    method: str = "offline"
    state: str  # states.PaymentState
    amount: int = Field(sa_type=BigInteger)
    currency: str
    reason_key: str = Field(unique=True)  # makes a repeat harmless: "charge:1043:1", "lock-difference:1043"
    by_person_id: int | None = Field(default=None, sa_type=BigId, sa_column_args=[ForeignKey("people.id")])
    at: datetime = Field(sa_type=Instant)


payment_table = table_of(Payment)

BACK = (PaymentKind.REFUND, PaymentKind.CREDIT)
OFFLINE, WALLET = "offline", "wallet"  # methods


@dataclass(frozen=True)
class Balance:
    """An order's money, minor units. `paid` is what the shop keeps: confirmed charges without what went or is to go back.

    `cash` is how much of that may go back in cash: what came in cash without what went or is to go back so.
    """

    total: int
    paid: int
    claimed: int
    back_due: int
    cash: int = field(default=0, compare=False)

    @property
    def due(self) -> int:
        """What is still owed."""
        return max(0, self.total - self.paid)


def balance(session: Session, order_id: int) -> Balance:
    """How an order's money stands."""
    session.flush()
    orders = SQLModel.metadata.tables["orders"]  # orders know payments, so they cannot be imported here
    order = session.execute(select(orders.c.total).where(orders.c.id == order_id)).one()
    sums = session.execute(_SUMS.where(payment_table.c.order_id == order_id)).one()
    paid = int(sums.charged) - int(sums.given) - int(sums.back_due)
    return Balance(order.total, paid, int(sums.claimed), int(sums.back_due), int(sums.cash_in) - int(sums.cash_back))


def _sums() -> Select[*tuple[int, ...]]:
    kind, state, offline = payment_table.c.kind, payment_table.c.state, payment_table.c.method != WALLET
    charge, back = kind == PaymentKind.CHARGE, kind.in_(BACK)
    due, confirmed = state == PaymentState.DUE, state == PaymentState.CONFIRMED
    parts = {
        "charged": and_(charge, confirmed), "claimed": and_(charge, due),
        "given": and_(back, confirmed), "back_due": and_(back, due),
        "cash_in": and_(charge, confirmed, offline), "cash_back": and_(back, state != PaymentState.VOID, offline),
    }  # fmt: skip
    return select(*(
        func.coalesce(func.sum(case((what, payment_table.c.amount), else_=0)), 0).label(name) for name, what in parts.items()
    ))  # fmt: skip


_SUMS = _sums()

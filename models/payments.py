"""Payments: every movement of money an order asks for or that a person says has happened. A table of its own, several an order.

Invariants: a reason key stands once; refunds and credits never exceed the charges; amounts are above zero.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey
from sqlmodel import Field, SQLModel

from models.columns import BigId, Instant


class PaymentKind(StrEnum):
    """A charge goes to the shop; a refund or a credit goes back to the member (a credit into the wallet, once there is one)."""

    CHARGE = "charge"
    REFUND = "refund"
    CREDIT = "credit"


class Payment(SQLModel, table=True):
    """One movement. Offline money is confirmed by the owner (`by_person_id`); what is still to be given back is `due`."""

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

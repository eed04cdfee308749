"""A wallet and an order: money that goes from the wallet onto an order, comes back from it, or is credited to it.

Invariants: each movement stands as a payment of the order and as rows of the ledger, of one amount; what was paid from the
wallet goes back to the wallet and never out in cash.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from models import ledger, orders, payments  # modules: payments and wallet know each other
from models.errors import DomainError
from models.facts import AnyFact, PaidLess, WalletCredited
from models.movements import PaymentKind
from models.rows import number_of


def spend(session: Session, order_id: int, person_id: int, now: datetime) -> list[AnyFact]:
    """"Use my wallet": what is due of an order, as far as the wallet reaches.

    Raises not_yours, order_ended, already_paid, already_claimed, wallet_empty_order.
    """
    row, order = orders.held(session, order_id)
    orders.require_waiting(order, person_id)
    mine = ledger.wallet(order.shop_id, person_id)
    amount = min(payments.balance(session, order_id).due, ledger.balance(session, mine))
    if amount <= 0:
        raise DomainError("wallet_empty_order")
    reason = ledger.next_reason(session, "order", order_id)
    ledger.transfer(
        session, reason=reason, debit=mine, credit=ledger.shop(order.shop_id), amount=amount, now=now,
        params={"order_id": order_id},
    )  # fmt: skip
    payments.moved_by_wallet(session, order, PaymentKind.CHARGE, amount, reason, now)
    due = payments.balance(session, order_id).due
    told = PaidLess(order.round_id, order_id, person_id, "wallet", amount, due, order.pay_by)
    return [told, *payments.paid_up(session, row, order, now)]


def credit(
    session: Session, order: "orders.Order", amount: int, reason: str, why: str, now: datetime
) -> list[AnyFact]:
    """The shop puts money of an order into its member's wallet; `reason` stands once."""
    mine = ledger.wallet(order.shop_id, order.person_id)
    ledger.transfer(
        session, reason=reason, debit=ledger.shop(order.shop_id), credit=mine, amount=amount, now=now,
        params={"order_id": number_of(order.id)},
    )  # fmt: skip
    payments.moved_by_wallet(session, order, PaymentKind.CREDIT, amount, reason, now)
    return [_credited(order, amount, why)]


def give_back(session: Session, order: "orders.Order", amount: int, why: str, now: datetime) -> list[AnyFact]:
    """What an order had from the wallet goes back there, by taking back what was spent."""
    mine, order_id = ledger.wallet(order.shop_id, order.person_id), number_of(order.id)
    reason = ledger.give_back(session, order_id=order_id, to=mine, amount=amount, what="order_back", now=now)
    payments.moved_by_wallet(session, order, PaymentKind.REFUND, amount, reason, now)
    return [_credited(order, amount, why)]


def _credited(order: "orders.Order", amount: int, why: str) -> WalletCredited:
    return WalletCredited(order.person_id, order.circle_id, order.shop_id, amount, why, number_of(order.id))

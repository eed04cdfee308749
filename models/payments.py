"""Payments: every movement of money an order asks for or that a person says has happened. A table of its own, several an order.

Invariants: a reason key stands once; refunds and credits never exceed the charges; amounts are above zero; what was paid
from a wallet goes back there, and cash never exceeds the cash that came (models/wallet.py does the wallet's part).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import buyer_totals, discounts, orders, settling, shops, vacancy, wallet  # modules: they know each other
from models.errors import DomainError
from models.facts import AnyFact, MoneyBackDone, MoneyBackDue, PaymentClaimed, PaymentConfirmed, PaymentDenied
from models.group_buys import Round
from models.movements import BACK, WALLET, Balance, Payment, PaymentKind, balance, payment_table
from models.rows import find, fresh, hold, number_of
from models.states import ORDER, PAYMENT, OrderState, PaymentState, RoundState, SeatState, advance

__all__ = [
    "BACK", "WALLET", "Balance", "Payment", "PaymentKind", "balance", "claim", "confirm", "credit_excess", "deny", "due_back",
    "give_all_back", "give_back", "give_back_done", "give_back_excess", "given_back", "moved_by_wallet", "open_claim", "owe",
    "paid_up", "payment_table", "refund",
]  # fmt: skip

PATIENCE = timedelta(hours=2)  # the least a member has after the owner says that nothing arrived


def claim(session: Session, order_id: int, person_id: int, now: datetime) -> list[AnyFact]:
    """"I have paid": the timer stands until the owner says. Raises not_yours, order_ended, already_paid, already_claimed."""
    _, order = orders.held(session, order_id)
    orders.require_own(order, person_id)
    orders.require_unpaid(order)
    if order.state == OrderState.CLAIMED:
        raise DomainError("already_claimed", number=order.number)
    due = balance(session, order_id).due
    owe(session, order, PaymentKind.CHARGE, due, _next_key(session, "charge", order_id), now)
    order.state, order.claimed_at, order.pay_by = advance(ORDER, order.state, OrderState.CLAIMED), now, None
    session.flush()
    return [PaymentClaimed(order.round_id, order_id, person_id, due)]


def confirm(session: Session, order_id: int, by: int, now: datetime) -> list[AnyFact]:
    """The owner says it arrived: what was claimed, else what is due. For an order that ended since, it is to be given back.

    Raises not_yours, order_ended, already_paid.
    """
    row, order = orders.held(session, order_id)
    shops.require_owner(session, row.shop_id, by)
    payment = open_claim(session, order_id)
    if payment is None:
        orders.require_unpaid(order)
        key = _next_key(session, "charge", order_id)
        payment = owe(session, order, PaymentKind.CHARGE, balance(session, order_id).due, key, now)
    _settle(payment, PaymentState.CONFIRMED, by, now)
    facts: list[AnyFact] = [PaymentConfirmed(order.round_id, order_id, order.person_id, payment.amount)]
    if order.state in orders.ENDED:
        why = {RoundState.FAILED: "failed", RoundState.CANCELLED: "recalled"}.get(RoundState(row.state), "dropped")
        return facts + give_all_back(session, order, why, now, key=f"late:{payment.id}")
    due = balance(session, order_id).due
    if due:
        return facts + orders.ask_again(order, due, "change", now, row.pay_within)
    facts += _excess(session, order, now, locked=row.final_price is not None)
    return facts + paid_up(session, row, order, now)


def paid_up(session: Session, row: Round, order: "orders.Order", now: datetime) -> list[AnyFact]:
    """An unpaid order that owes nothing any more is paid; completed, if its goods are with the member already."""
    if order.state not in orders.UNPAID or balance(session, number_of(order.id)).due:
        return []
    target = OrderState.PAID if order.collected_at is None else OrderState.COMPLETED
    order.state, order.paid_at, order.pay_by = advance(ORDER, order.state, target), now, None
    order.completed_at = now if target == OrderState.COMPLETED else None
    session.flush()
    return settling.progress(session, row, now)


def deny(session: Session, order_id: int, by: int, now: datetime) -> list[AnyFact]:
    """The owner says it has not arrived: the timer runs again, two hours at the least. Raises not_yours, not_claimed."""
    row, order = orders.held(session, order_id)
    shops.require_owner(session, row.shop_id, by)
    payment = open_claim(session, order_id)
    if payment is None:
        raise DomainError("not_claimed", number=order.number)
    _settle(payment, PaymentState.VOID, by, now)
    if order.state in orders.ENDED:
        return []
    order.state, order.claimed_at = advance(ORDER, order.state, OrderState.AWAITING), None
    until = max(now + PATIENCE, order.asked_until or now)
    orders.wait_until(order, until, now)
    order.pay_by = None if order.collected_at is not None else until
    session.flush()
    return [PaymentDenied(order.round_id, order_id, order.person_id, until)]


def refund(session: Session, order_id: int, by: int, now: datetime, amount: int | None = None) -> list[AnyFact]:
    """The owner gives money back, all of it or `amount`: first what came in cash, then into the wallet what came from there.

    All of it before handover frees the pieces; goods handed over stay.

    Raises not_yours, not_paid, order_ended, refund_too_much.
    """
    from models import asks, showcases  # noqa: PLC0415  # they stand above orders

    row, order = orders.held(session, order_id)
    shops.require_owner(session, row.shop_id, by)
    if order.state in orders.ENDED:
        raise DomainError("order_ended", number=order.number, state=order.state)
    paid = balance(session, order_id).paid
    if order.state not in {OrderState.PAID, OrderState.COMPLETED} or paid == 0:
        raise DomainError("not_paid", number=order.number)
    amount = paid if amount is None else amount
    if not 0 < amount <= paid:
        raise DomainError("refund_too_much", asked=amount, most=paid)
    facts = _refunded(session, order, amount, by, now)
    if amount == paid:
        facts += discounts.give_back(session, order, "owner", now)
        order.state, order.pay_by, order.ended_at = advance(ORDER, order.state, OrderState.REFUNDED), None, now
        if order.collected_at is None:
            facts += vacancy.give_up(session, row, order.seat_id, SeatState.RELEASED, now)
        buyer_totals.follow(session, order)
        facts += settling.progress(session, row, now)
        session.flush()
        asks.end_refunded(session, order_id, now)
        showcases.refunded(session, order_id, now)
    session.flush()
    return facts


def _refunded(session: Session, order: "orders.Order", amount: int, by: int, now: datetime) -> list[AnyFact]:
    order_id = number_of(order.id)
    cash = min(amount, balance(session, order_id).cash)
    facts: list[AnyFact] = []
    if cash:
        payment = owe(session, order, PaymentKind.REFUND, cash, _next_key(session, "refund", order_id), now)
        _settle(payment, PaymentState.CONFIRMED, by, now)
        facts.append(MoneyBackDone(order.round_id, order_id, order.person_id, cash, PaymentKind.REFUND))
    if amount > cash:
        facts += wallet.give_back(session, order, amount - cash, "owner", now)
    return facts


def give_back_done(session: Session, payment_id: int, by: int, now: datetime) -> list[AnyFact]:
    """The owner says that what was due went back. Raises not_yours, already_settled, gone."""
    seen = find(session, Payment, payment_id)
    if seen is None:
        raise DomainError("gone", what="payments")
    row, order = orders.held(session, seen.order_id)
    shops.require_owner(session, row.shop_id, by)
    payment = hold(session, Payment, payment_id)
    if payment.kind not in BACK or payment.state != PaymentState.DUE:
        raise DomainError("already_settled", number=order.number)
    _settle(payment, PaymentState.CONFIRMED, by, now)
    session.flush()
    return [MoneyBackDone(order.round_id, seen.order_id, order.person_id, payment.amount, payment.kind)]


def given_back(session: Session, order_id: int, by: int, now: datetime) -> list[AnyFact]:
    """The owner says that everything due back on an order went back. Raises not_yours, already_settled, gone."""
    row, order = orders.held(session, order_id)
    shops.require_owner(session, row.shop_id, by)
    due = due_back(session, order_id)
    if not due:
        raise DomainError("already_settled", number=order.number)
    return [fact for payment in due for fact in give_back_done(session, number_of(payment.id), by, now)]


def due_back(session: Session, order_id: int) -> Sequence[Payment]:
    """What is still to be given back of one order, oldest first."""
    due = (payment_table.c.state == PaymentState.DUE, payment_table.c.kind.in_(BACK))
    return fresh(session, select(Payment).where(payment_table.c.order_id == order_id, *due).order_by(payment_table.c.id))


def open_claim(session: Session, order_id: int) -> Payment | None:
    """What the member says they paid and the owner has not answered yet."""
    query = select(Payment).where(
        payment_table.c.order_id == order_id,
        payment_table.c.kind == PaymentKind.CHARGE, payment_table.c.state == PaymentState.DUE,
    )  # fmt: skip
    rows = fresh(session, query)
    return rows[0] if rows else None


def owe(session: Session, order: "orders.Order", kind: PaymentKind, amount: int, key: str, now: datetime) -> Payment:
    """A movement that is due. The same key twice is the database's error."""
    currency = shops.by_id(session, order.shop_id).currency
    payment = Payment(
        order_id=number_of(order.id), kind=kind, state=PaymentState.DUE, amount=amount, currency=currency, reason_key=key, at=now
    )  # fmt: skip
    session.add(payment)
    session.flush()
    return payment


def moved_by_wallet(
    session: Session, order: "orders.Order", kind: PaymentKind, amount: int, key: str, now: datetime
) -> None:
    """A movement between the order and its member's wallet: it is there at once."""
    payment = owe(session, order, kind, amount, key, now)
    payment.method = WALLET
    _settle(payment, PaymentState.CONFIRMED, None, now)
    session.flush()


def give_all_back(
    session: Session, order: "orders.Order", why: str, now: datetime, key: str | None = None
) -> list[AnyFact]:
    """Whatever the shop keeps of an order goes back, with the voucher and the points that were on it."""
    facts = discounts.give_back(session, order, why, now)
    paid = balance(session, number_of(order.id)).paid
    return facts + (give_back(session, order, paid, why, key or f"{why}:{order.id}", now) if paid > 0 else [])


def give_back(
    session: Session, order: "orders.Order", amount: int, why: str, key: str, now: datetime
) -> list[AnyFact]:
    """Of what was paid: cash becomes a refund that is due, the rest returns to the wallet it came from."""
    cash = min(amount, balance(session, number_of(order.id)).cash)
    facts: list[AnyFact] = []
    if cash:
        owe(session, order, PaymentKind.REFUND, cash, key, now)
        facts.append(MoneyBackDue(order.round_id, number_of(order.id), order.person_id, cash, PaymentKind.REFUND, why))
    return facts + (wallet.give_back(session, order, amount - cash, why, now) if amount > cash else [])


def give_back_excess(session: Session, order: "orders.Order", now: datetime) -> list[AnyFact]:
    """Before the lock: what was paid above the total is to be given back, in one sum that follows the seat."""
    mine = f"change:{order.id}:"
    query = select(Payment).where(
        payment_table.c.order_id == order.id,
        payment_table.c.state == PaymentState.DUE, payment_table.c.reason_key.startswith(mine, autoescape=True),
    )  # fmt: skip
    standing = fresh(session, query)
    now_due = sum(payment.amount for payment in standing)
    excess = max(0, balance(session, number_of(order.id)).paid + now_due - order.total)
    if excess == now_due:
        return []
    for payment in standing:
        _settle(payment, PaymentState.VOID, None, now)
    session.flush()
    if excess == 0:
        return []
    return give_back(session, order, excess, "change", _next_key(session, "change", number_of(order.id)), now)


def credit_excess(session: Session, order: "orders.Order", now: datetime) -> list[AnyFact]:
    """An order that waits for the rest of its money became smaller than what was paid: the difference goes into the wallet."""
    excess = balance(session, number_of(order.id)).paid - order.total
    if excess <= 0:
        return []
    return wallet.credit(session, order, excess, _next_key(session, "change", number_of(order.id)), "change", now)


def _excess(session: Session, order: "orders.Order", now: datetime, *, locked: bool) -> list[AnyFact]:
    """A claim confirmed after the price fell: the difference goes back, after the lock into the wallet."""
    if not locked:
        return give_back_excess(session, order, now)
    excess = balance(session, number_of(order.id)).paid - order.total
    if excess <= 0:
        return []
    return wallet.credit(session, order, excess, f"lock_difference:{order.id}", "lock_difference", now)


def _settle(payment: Payment, state: PaymentState, by: int | None, now: datetime) -> None:
    payment.state = advance(PAYMENT, payment.state, state)
    payment.by_person_id, payment.at = by, now


def _next_key(session: Session, reason: str, order_id: int) -> str:
    """A reason key of its own for what may happen several times to one order; the order is held, so nobody counts beside."""
    so_far = session.execute(select(func.count()).where(payment_table.c.order_id == order_id)).scalar_one()
    return f"{reason}:{order_id}:{so_far + 1}"

"""The ledger: double entry in integer amounts. What people hold is what was transferred to them, and nothing else.

Invariants: every amount leaves one account and reaches another, so all balances sum to zero; wallets never fall below
zero; a hold is resolved once, a row reversed once, and refunds never exceed what they refund. Every call has a reason
key: the same call again changes nothing, another call under the same key is refused ("reason_taken").

A reason is "what:ids…", as in "packet:7:1003"; what stands before the first colon is put into words by the block
`reason_<what>` of the templates, so that every cent on a statement is explained.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from models import accounts, transfers
from models.accounts import (
    Account,
    AccountKind,
    Unit,
    campaign,
    clearing,
    debt,
    held_of,
    packet,
    pending_of,
    points,
    shop,
    wallet,
)
from models.errors import DomainError
from models.transfers import Booked, Entry, TransferKind

__all__ = [
    "Account", "AccountKind", "Unit", "balance", "campaign", "capture", "claw_back", "clearing", "debt", "give_back",
    "held_of", "hold", "next_reason", "owed", "packet", "pending_of", "points", "refund", "release", "reverse", "reward",
    "shop", "spent", "transfer", "wallet",
]  # fmt: skip

UNDOABLE = frozenset({TransferKind.TRANSFER, TransferKind.CAPTURE})
NOTHING: Mapping[str, object] = {}


def balance(session: Session, account: Account) -> int:
    """What stands on an account; 0 for one that nothing ever touched."""
    session.flush()
    standing = accounts.find(session, account)
    if standing is None:
        return 0
    return standing.balance if standing.guarded else transfers.summed(session, standing.id)


def owed(session: Session, shop_id: int, person_id: int) -> int:
    """What a person owes a shop, taken from their next rewards; 0 or more."""
    return -balance(session, debt(shop_id, person_id))


def transfer(
    session: Session, *, reason: str, debit: Account, credit: Account, amount: int, now: datetime,
    params: Mapping[str, object] = NOTHING,
) -> int:  # fmt: skip
    """Moves an amount from `debit` to `credit`; the row's id. `params` are part of what stands under the reason.

    `params["order_id"]` links the row to an order. Raises balance_short(kind, have, need), reason_taken, other_shop.
    """
    asked = _asked(TransferKind.TRANSFER, debit, credit, amount, params)
    entry = Entry(TransferKind.TRANSFER, reason, debit, credit, amount, order_id=_order(params), asked=asked)
    return transfers.book(session, entry, now)


def hold(
    session: Session, *, reason: str, debit: Account, amount: int, now: datetime, to: Account | None = None,
    params: Mapping[str, object] = NOTHING,
) -> int:  # fmt: skip
    """Sets an amount aside until it is captured or released. With `to` it is pending for that account: a wallet shows it so.

    Raises balance_short, reason_taken, other_shop.
    """
    aside = held_of(debit) if to is None else pending_of(to)
    asked = _asked(TransferKind.HOLD, debit, aside, amount, params)
    entry = Entry(TransferKind.HOLD, reason, debit, aside, amount, order_id=_order(params), asked=asked)
    return transfers.book(session, entry, now)


def release(session: Session, reason_of: str, reason: str, now: datetime) -> int:
    """What was held goes back where it came from. Raises gone, not_held, already_resolved, reason_taken."""
    asked = {"kind": TransferKind.RELEASE, "of": reason_of}
    if row := transfers.known(session, reason, asked):
        return row.id
    held = _held(session, reason_of)
    back, aside = _sides(session, held)
    entry = Entry(TransferKind.RELEASE, reason, aside, back, held.amount, held.id, held.order_id, asked)
    return transfers.book(session, entry, now)


def capture(
    session: Session, reason_of: str, reason: str, now: datetime, *, credit: Account | None = None, amount: int | None = None
) -> int:
    """What was held reaches `credit`, or the account it was pending for; of less than all the rest goes back.

    Into the wallet of who owes, what is owed is taken at once. Raises gone, not_held, already_resolved, reason_taken.
    """
    asked = {"kind": TransferKind.CAPTURE, "of": reason_of, "credit": credit and credit.key, "amount": amount}
    if row := transfers.known(session, reason, asked):
        return row.id
    held = _held(session, reason_of)
    back, aside = _sides(session, held)
    credit, amount = credit or _meant_for(aside), held.amount if amount is None else amount
    if not 0 < amount <= held.amount:
        raise ValueError(f"{reason}: {amount} of {held.amount}")
    entry = Entry(TransferKind.CAPTURE, reason, aside, credit, amount, held.id, held.order_id, asked)
    row_id = transfers.book(session, entry, now)
    if amount < held.amount:
        rest = Entry(TransferKind.RELEASE, f"{reason}:rest", aside, back, held.amount - amount, held.id, held.order_id, asked)
        transfers.book(session, rest, now)
    _settle(session, credit, amount, reason, now)
    return row_id


def reverse(session: Session, reason_of: str, reason: str, now: datetime) -> int:
    """Takes a row back: all of it, or what refunds left of it. Raises gone, not_reversible, already_reversed, balance_short."""
    asked = {"kind": TransferKind.REVERSAL, "of": reason_of}
    if row := transfers.known(session, reason, asked):
        return row.id
    charge, left = _undoable(session, reason_of)
    if left == 0:
        raise DomainError("already_reversed")
    entry = _undoing(session, TransferKind.REVERSAL, charge, left, reason, asked)
    return transfers.book(session, entry, now)


def refund(session: Session, reason_of: str, reason: str, amount: int, now: datetime) -> int:
    """Takes a part of a row back. Raises gone, not_reversible, already_reversed, refund_too_much(asked, most), balance_short."""
    asked = {"kind": TransferKind.REFUND, "of": reason_of, "amount": amount}
    if row := transfers.known(session, reason, asked):
        return row.id
    charge, left = _undoable(session, reason_of)
    if left == 0:
        raise DomainError("already_reversed")
    if amount > left:
        raise DomainError("refund_too_much", asked=amount, most=left)
    return transfers.book(session, _undoing(session, TransferKind.REFUND, charge, amount, reason, asked), now)


def reward(
    session: Session, *, reason: str, debit: Account, shop_id: int, person_id: int, amount: int, now: datetime,
    params: Mapping[str, object] = NOTHING,
) -> int:  # fmt: skip
    """A reward into a wallet; what the person owes is taken from it at once. Raises balance_short, reason_taken."""
    credit = wallet(shop_id, person_id)
    asked = _asked(TransferKind.TRANSFER, debit, credit, amount, params)
    if row := transfers.known(session, reason, asked):
        return row.id
    row_id = transfer(session, reason=reason, debit=debit, credit=credit, amount=amount, now=now, params=params)
    _settle(session, credit, amount, reason, now)
    return row_id


def claw_back(session: Session, reason_of: str, reason: str, now: datetime) -> int:
    """Takes a reward back from a wallet. What was spent of it already is owed, and taken from the next rewards.

    Raises gone, not_reversible, already_reversed.
    """
    if row := transfers.known(session, reason, {"kind": TransferKind.REVERSAL, "of": reason_of}):
        return row.id
    charge, left = _undoable(session, reason_of)
    holder = accounts.by_ids(session, [charge.credit_id])[charge.credit_id]
    if holder.kind == AccountKind.WALLET and holder.person_id is not None and holder.balance < left:
        source = debt(holder.shop_id, holder.person_id)
        transfer(session, reason=f"{reason}:owed", debit=source, credit=holder.account, amount=left - holder.balance, now=now)
    return reverse(session, reason_of, reason, now)


def spent(session: Session, order_id: int, source: Account) -> int:
    """What an order has from an account, less what came back."""
    return sum(left for _, left in _spendings(session, order_id, source))


def give_back(session: Session, *, order_id: int, to: Account, amount: int, what: str, now: datetime) -> str:
    """What an order had from an account goes back there, the newest spending first; the reason of the (first) row.

    Raises refund_too_much(asked, most) for more than it had.
    """
    spendings, rest, reasons = _spendings(session, order_id, to), amount, list[str]()
    most = sum(left for _, left in spendings)
    if amount > most:
        raise DomainError("refund_too_much", asked=amount, most=most)
    for charge, left in reversed(spendings):
        part = min(left, rest)
        if part:
            reasons.append(next_reason(session, what, order_id))
            _take_back(session, charge, part, left, reasons[-1], now)
            rest -= part
    return reasons[0]


def next_reason(session: Session, what: str, order_id: int) -> str:
    """A reason of its own for what may happen to an order several times; the order is held, so nobody counts beside."""
    return f"{what}:{order_id}:{transfers.count_of_order(session, order_id) + 1}"


def _spendings(session: Session, order_id: int, source: Account) -> list[tuple[Booked, int]]:
    """What an order has from an account, row by row, with what is left of each."""
    session.flush()
    standing = accounts.find(session, source)
    if standing is None:
        return []
    rows = transfers.of_order(session, order_id, standing.id)
    return [(row, row.amount - sum(back.amount for back in transfers.following(session, row.id))) for row in rows]


def _take_back(session: Session, charge: Booked, part: int, left: int, reason: str, now: datetime) -> None:
    if part == left:
        reverse(session, charge.reason, reason, now)
    else:
        refund(session, charge.reason, reason, part, now)


def _asked(
    kind: TransferKind, debit: Account, credit: Account, amount: int, params: Mapping[str, object]
) -> Mapping[str, object]:
    return {"kind": kind, "debit": debit.key, "credit": credit.key, "amount": amount, "params": dict(params)}


def _order(params: Mapping[str, object]) -> int | None:
    order_id = params.get("order_id")
    return order_id if isinstance(order_id, int) else None


def _settle(session: Session, credit: Account, amount: int, reason: str, now: datetime) -> None:
    """Out of what just came in, what is owed is paid."""
    if credit.kind != AccountKind.WALLET or credit.shop_id is None or credit.person_id is None:
        return
    due = min(amount, owed(session, credit.shop_id, credit.person_id))
    if due:
        paid = debt(credit.shop_id, credit.person_id)
        transfer(session, reason=f"{reason}:owed", debit=credit, credit=paid, amount=due, now=now)


def _found(session: Session, reason_of: str) -> Booked:
    session.flush()
    row = transfers.by_reason(session, reason_of, lock=True)
    if row is None:
        raise DomainError("gone", what="transfers")
    return row


def _held(session: Session, reason_of: str) -> Booked:
    """A hold that nobody resolved yet, locked."""
    held = _found(session, reason_of)
    if held.kind != TransferKind.HOLD:
        raise DomainError("not_held")
    if transfers.following(session, held.id):
        raise DomainError("already_resolved")
    return held


def _undoable(session: Session, reason_of: str) -> tuple[Booked, int]:
    """A row that may be taken back, locked, and how much of it is left."""
    charge = _found(session, reason_of)
    if charge.kind not in UNDOABLE:
        raise DomainError("not_reversible")
    return charge, charge.amount - sum(row.amount for row in transfers.following(session, charge.id))


def _undoing(
    session: Session, kind: TransferKind, charge: Booked, amount: int, reason: str, asked: Mapping[str, object]
) -> Entry:
    """The way back: to where it came from, of a capture to where the hold came from."""
    source = charge.debit_id
    if charge.kind == TransferKind.CAPTURE and charge.of_id is not None:
        source = transfers.by_id(session, charge.of_id).debit_id
    sides = accounts.by_ids(session, [source, charge.credit_id])
    taken, back = sides[charge.credit_id].account, sides[source].account
    return Entry(kind, reason, taken, back, amount, charge.id, charge.order_id, asked)


def _sides(session: Session, row: Booked) -> tuple[Account, Account]:
    sides = accounts.by_ids(session, [row.debit_id, row.credit_id])
    return sides[row.debit_id].account, sides[row.credit_id].account


def _meant_for(aside: Account) -> Account:
    """The account that a pending amount was promised to."""
    if aside.kind != AccountKind.PENDING or aside.shop_id is None or aside.person_id is None:
        raise ValueError(f"{aside.key} was promised to nobody: name where it goes")
    return (wallet if aside.unit == Unit.MONEY else points)(aside.shop_id, aside.person_id)

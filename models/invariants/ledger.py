"""What must be so of the ledger and of vouchers: every cent is somewhere, once, and stays there."""

from collections.abc import Iterator
from functools import cache

from sqlalchemy import (
    BigInteger,
    Select,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.orm import Session

from models import chain
from models.accounts import OPEN, AccountKind, account_table
from models.invariants.difference import Check, Difference, each
from models.ledger import UNDOABLE
from models.movements import WALLET, PaymentKind, payment_table
from models.order_lines import LineKind
from models.orders import ENDED, line_table, order_table
from models.states import VOUCHER, PaymentState, VoucherState
from models.transfers import APPEND_ONLY, TransferKind, transfer_table
from models.vouchers import terms_table, voucher_table

accounts, transfers = account_table, transfer_table
RESOLVING = (TransferKind.RELEASE, TransferKind.CAPTURE)
UNDOING = (TransferKind.REVERSAL, TransferKind.REFUND)


@cache
def _replayed() -> Subquery:
    """Every account's balance from its rows alone."""
    into = select(transfers.c.credit_id.label("account_id"), transfers.c.amount.label("delta"))
    out = select(transfers.c.debit_id.label("account_id"), (-transfers.c.amount).label("delta"))
    moves = union_all(into, out).subquery()
    total = cast(func.sum(moves.c.delta), BigInteger).label("balance")
    return select(moves.c.account_id, total).group_by(moves.c.account_id).subquery()


def sums_to_zero(session: Session) -> Iterator[Difference]:
    """The balances of a shop, of money and of points, sum to zero: kept ones where they are kept, summed ones elsewhere."""
    replay = _replayed()
    stands = case((accounts.c.kind.in_(sorted(OPEN)), func.coalesce(replay.c.balance, 0)), else_=accounts.c.balance)
    total = func.sum(stands)
    query = (
        select(accounts.c.shop_id, accounts.c.unit, total).outerjoin(replay, replay.c.account_id == accounts.c.id)
        .group_by(accounts.c.shop_id, accounts.c.unit).having(total != 0)
    )  # fmt: skip
    for shop_id, unit, found in session.execute(query):
        yield Difference("ledger sum", f"shop {shop_id}, {unit}", 0, int(found))


def equals_the_replay(session: Session) -> Iterator[Difference]:
    """A kept balance is the sum of the account's rows; an open account keeps none."""
    replay = _replayed()
    summed = func.coalesce(replay.c.balance, 0)
    kept = case((accounts.c.kind.in_(sorted(OPEN)), literal(0)), else_=summed)
    query = (
        select(accounts.c.key, kept, accounts.c.balance).outerjoin(replay, replay.c.account_id == accounts.c.id)
        .where(kept != accounts.c.balance)
    )  # fmt: skip
    yield from each(session, "ledger replay", "account", query)


def never_below_zero(session: Session) -> Iterator[Difference]:
    """Wallets, points, what is held or pending, packets and budgets never fall below zero, by their rows; a debt never rises
    above it. So what packets paid out is no more than what they were funded with."""
    replay = _replayed()
    debt = accounts.c.kind == AccountKind.DEBT
    wrong = or_(and_(debt, replay.c.balance > 0), and_(~debt, replay.c.balance < 0))
    query = (
        select(accounts.c.key, literal("not past zero"), replay.c.balance).join(replay, replay.c.account_id == accounts.c.id)
        .where(accounts.c.kind.not_in(sorted(OPEN)), wrong)
    )  # fmt: skip
    yield from each(session, "ledger floor", "account", query)


def sides_match(session: Session) -> Iterator[Difference]:
    """A row moves one unit within one shop."""
    debit, credit = accounts.alias("debit"), accounts.alias("credit")
    query = (
        select(transfers.c.id, debit.c.key, credit.c.key)
        .join(debit, debit.c.id == transfers.c.debit_id).join(credit, credit.c.id == transfers.c.credit_id)
        .where(or_(debit.c.unit != credit.c.unit, debit.c.shop_id != credit.c.shop_id))
    )  # fmt: skip
    yield from each(session, "ledger sides", "transfer", query)


@cache
def _followed(kinds: tuple[TransferKind, ...], once: TransferKind | None = None) -> "Select[*tuple[object, ...]]":
    """Rows that others of these kinds speak of: id, kind, amount, how much they are spoken of, how often by one kind."""
    later, first = transfers.alias("later"), transfers
    counted = func.count() if once is None else func.count().filter(later.c.kind == once)
    return (
        select(first.c.id, first.c.kind, first.c.amount, func.sum(later.c.amount).label("followed"), counted.label("times"))
        .join(later, later.c.of_id == first.c.id).where(later.c.kind.in_(kinds))
        .group_by(first.c.id, first.c.kind, first.c.amount)
    )  # fmt: skip


def holds_resolve_once(session: Session) -> Iterator[Difference]:
    """A hold is resolved at most once, and then all of it: captured, released, or the one in part and the other for the rest."""
    for row in session.execute(_followed(RESOLVING)):
        if row.kind != TransferKind.HOLD or int(row.followed) != row.amount or row.times > len(RESOLVING):
            yield Difference("hold", f"transfer {row.id}", row.amount, int(row.followed))


def reversed_once(session: Session) -> Iterator[Difference]:
    """A row is reversed at most once; what was refunded of it is no more than it moved."""
    for row in session.execute(_followed(UNDOING, TransferKind.REVERSAL)):
        if row.kind not in UNDOABLE or int(row.followed) > row.amount or row.times > 1:
            yield Difference("reversal", f"transfer {row.id}", f"at most {row.amount}, once", int(row.followed))


def one_reason_one_row(session: Session) -> Iterator[Difference]:
    """A reason stands once, with the hash of what was asked under it."""
    there = func.count()
    twice = select(transfers.c.reason, literal(1), there).group_by(transfers.c.reason).having(there > 1)
    yield from each(session, "reason", "reason", twice)
    bare = select(transfers.c.id, literal("a hash"), transfers.c.asked).where(func.length(transfers.c.asked) != 64)
    yield from each(session, "reason", "transfer", bare)


def rows_never_change(session: Session) -> Iterator[Difference]:
    """Each closed day still has the rows it was closed with, and the tables have the triggers that keep them so."""
    before = ""
    for closed in chain.days(session):
        now = chain.digested(session, closed.day, before)
        if (now.rows, now.digest) != (closed.rows, closed.digest):
            yield Difference("chain", f"day {closed.day}", f"{closed.rows} rows, {closed.digest}", f"{now.rows} rows, {now.digest}")
        before = closed.digest
    for table in APPEND_ONLY:
        if not _guarded(session, table.name):
            yield Difference("append-only", table.name, "triggers", "none")


def _guarded(session: Session, table: str) -> bool:
    """Whether the table's triggers are there and on."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        found = text("SELECT count(*) FROM pg_trigger WHERE tgrelid = to_regclass(:t) AND NOT tgisinternal AND tgenabled <> 'D'")
        return bool(connection.execute(found, {"t": table}).scalar_one())
    there = text("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :t")
    return bool(connection.execute(there, {"t": table}).scalar_one() == 2)


@cache
def _spent(kind: AccountKind) -> Subquery:
    """What each order has from its member's wallet, or points, less what came back."""
    sources = select(accounts.c.id).where(accounts.c.kind == kind)
    back = transfers.alias("back")
    returned = select(func.coalesce(func.sum(back.c.amount), 0)).where(back.c.of_id == transfers.c.id).scalar_subquery()
    spends = transfers.c.debit_id.in_(sources), transfers.c.kind == TransferKind.TRANSFER, transfers.c.order_id.is_not(None)
    rows = select(transfers.c.order_id, (transfers.c.amount - returned).label("left")).where(*spends).subquery()
    return select(rows.c.order_id, func.sum(rows.c.left).label("amount")).group_by(rows.c.order_id).subquery()


def wallet_payments(session: Session) -> Iterator[Difference]:
    """What an order's payments say of the wallet is what the ledger says of the order; a credit is one row of it."""
    spent, kind = _spent(AccountKind.WALLET), payment_table.c.kind
    signed = case((kind == PaymentKind.CHARGE, payment_table.c.amount), else_=-payment_table.c.amount)
    by_wallet = payment_table.c.method == WALLET, payment_table.c.state == PaymentState.CONFIRMED
    said = (
        select(payment_table.c.order_id, func.sum(signed).label("amount")).where(*by_wallet, kind != PaymentKind.CREDIT)
        .group_by(payment_table.c.order_id).subquery()
    )  # fmt: skip
    expected, found = func.coalesce(spent.c.amount, 0), func.coalesce(said.c.amount, 0)
    query = (
        select(order_table.c.id, expected, found).outerjoin(spent, spent.c.order_id == order_table.c.id)
        .outerjoin(said, said.c.order_id == order_table.c.id).where(expected != found)
    )  # fmt: skip
    yield from each(session, "wallet payments", "order", query)
    row = and_(transfers.c.reason == payment_table.c.reason_key, transfers.c.amount == payment_table.c.amount)
    bare = select(payment_table.c.order_id, payment_table.c.amount, literal("no row")).outerjoin(transfers, row)
    bare = bare.where(*by_wallet, kind == PaymentKind.CREDIT, transfers.c.id.is_(None))
    yield from each(session, "wallet credit", "order", bare)


def points_of_orders(session: Session) -> Iterator[Difference]:
    """The points on a live order are what its member's points gave for it; an order that ended has none."""
    spent = _spent(AccountKind.POINTS)
    on_lines = (
        select(line_table.c.order_id, func.sum(-line_table.c.amount).label("amount")).where(line_table.c.kind == LineKind.POINTS)
        .group_by(line_table.c.order_id).subquery()
    )  # fmt: skip
    expected = case((order_table.c.state.in_(ENDED), 0), else_=func.coalesce(on_lines.c.amount, 0))
    found = func.coalesce(spent.c.amount, 0)
    query = (
        select(order_table.c.id, expected, found).outerjoin(spent, spent.c.order_id == order_table.c.id)
        .outerjoin(on_lines, on_lines.c.order_id == order_table.c.id).where(expected != found)
    )  # fmt: skip
    yield from each(session, "points on an order", "order", query)


def voucher_limits(session: Session) -> Iterator[Difference]:
    """No more vouchers are given than the terms allow, in all and to one member; each stands in a known state."""
    there = func.count(voucher_table.c.id)
    query = (
        select(terms_table.c.id, terms_table.c.granted, there, terms_table.c.total)
        .outerjoin(voucher_table, voucher_table.c.terms_id == terms_table.c.id)
        .group_by(terms_table.c.id, terms_table.c.granted, terms_table.c.total)
    )  # fmt: skip
    for terms_id, granted, found, total in session.execute(query):
        if granted != found or (total is not None and found > total):
            yield Difference("vouchers given", f"terms {terms_id}", granted if total is None else min(granted, total), found)
    mine = (
        select(terms_table.c.id, terms_table.c.per_member, there).join(voucher_table, voucher_table.c.terms_id == terms_table.c.id)
        .group_by(terms_table.c.id, terms_table.c.per_member, voucher_table.c.person_id).having(there > terms_table.c.per_member)
    )  # fmt: skip
    yield from each(session, "vouchers of a member", "terms", mine)
    states = select(voucher_table.c.id, literal("a known state"), voucher_table.c.state)
    yield from each(session, "state", "voucher", states.where(voucher_table.c.state.not_in(sorted(VOUCHER.states))))


def voucher_uses(session: Session) -> Iterator[Difference]:
    """A used voucher is on a live order of its own member and shop, which has a line of it; no other order has one."""
    v, o, line = voucher_table.c, order_table.c, line_table.c
    has_line = select(line.id).where(line.order_id == o.id, line.kind == LineKind.VOUCHER).exists()
    wrong = or_(o.state.in_(ENDED), o.person_id != v.person_id, o.shop_id != v.shop_id, ~has_line)
    astray = select(v.id, literal("on its order"), o.state).join(order_table, o.id == v.order_id).where(wrong)
    yield from each(session, "voucher use", "voucher", astray)
    used = select(v.id).where(v.order_id == o.id, v.state == VoucherState.USED).exists()
    bare = select(o.id, literal("a used voucher"), literal("none")).where(o.state.not_in(ENDED), has_line, ~used)
    yield from each(session, "voucher use", "order", bare)


CHECKS: tuple[Check, ...] = (
    sums_to_zero, equals_the_replay, never_below_zero, sides_match, holds_resolve_once, reversed_once, one_reason_one_row,
    rows_never_change, wallet_payments, points_of_orders, voucher_limits, voucher_uses,
)  # fmt: skip

"""What a person has at each shop, and the last movements of it: the view of /wallet. Reads only.

Invariant: every movement of a wallet or of points is shown with what it was for, and what is pending with what it is for
and until when; nothing moves without a reason.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from models import voucher_uses
from models.accounts import AccountKind, Unit, account_table
from models.orders import numbered
from models.referrals import referrals
from models.shops import shop_table
from models.states import ReferralState, VoucherState
from models.transfers import transfer_table
from models.voucher_uses import Promise
from models.vouchers import voucher_table

LONG = 8  # movements that people read on a phone
PENDING = (ReferralState.PENDING, ReferralState.FLAGGED)
OWN = (AccountKind.WALLET, AccountKind.POINTS)


@dataclass(frozen=True)
class Movement:
    """One row of a wallet or of points. `amount` is below zero for what left; `what` names the block that explains it."""

    at: datetime
    amount: int
    unit: Unit
    what: str
    number: int | None


@dataclass(frozen=True)
class Waiting:
    """A reward that is pending: what for, and when it is theirs by itself; without `due` a person looks at it first."""

    amount: int
    what: str
    due: datetime | None


@dataclass(frozen=True)
class Wallet:
    """What a person has at one shop, minor units of its currency. `pending` is promised and not theirs yet."""

    shop_id: int
    shop: str
    currency: str
    timezone: str
    balance: int
    pending: int
    pending_points: int
    owed: int
    points: int
    vouchers: tuple[Promise, ...]
    waiting: tuple[Waiting, ...]
    movements: tuple[Movement, ...]
    moved: int  # how many movements there ever were

    @property
    def more(self) -> int:
        """Movements that are not shown."""
        return self.moved - len(self.movements)

    @property
    def empty(self) -> bool:
        return not (self.balance or self.pending or self.owed or self.points or self.vouchers or self.movements)


def wallets(session: Session, person_id: int, now: datetime) -> list[Wallet]:
    """One for each shop at which the person has, or ever had, something; vouchers that are still good among it."""
    session.flush()
    found = [_wallet(session, shop_id, person_id, now) for shop_id in _shops(session, person_id)]
    return [wallet for wallet in found if not wallet.empty]


def _shops(session: Session, person_id: int) -> list[int]:
    accounts = select(account_table.c.shop_id).where(account_table.c.person_id == person_id)
    vouchers = select(voucher_table.c.shop_id).where(
        voucher_table.c.person_id == person_id, voucher_table.c.state == VoucherState.GRANTED
    )
    return sorted({*session.scalars(accounts.distinct()), *session.scalars(vouchers.distinct())})


def _wallet(session: Session, shop_id: int, person_id: int, now: datetime) -> Wallet:
    shop = session.execute(select(shop_table).where(shop_table.c.id == shop_id)).one()
    mine = account_table.c.person_id == person_id, account_table.c.shop_id == shop_id
    query = select(account_table.c.kind, account_table.c.unit, func.sum(account_table.c.balance)).where(*mine)
    kept = {(kind, unit): int(balance) for kind, unit, balance in session.execute(
        query.group_by(account_table.c.kind, account_table.c.unit)
    )}  # fmt: skip
    good = [one for one in voucher_uses.good_of(session, shop_id, person_id) if one.valid_until > now]
    return Wallet(
        shop_id, shop.name, shop.currency, shop.timezone,
        balance=kept.get((AccountKind.WALLET, Unit.MONEY), 0),
        pending=kept.get((AccountKind.PENDING, Unit.MONEY), 0),
        pending_points=kept.get((AccountKind.PENDING, Unit.POINTS), 0),
        owed=-kept.get((AccountKind.DEBT, Unit.MONEY), 0),
        points=kept.get((AccountKind.POINTS, Unit.POINTS), 0),
        vouchers=tuple(sorted(good, key=lambda one: (one.valid_until, one.voucher_id))),
        waiting=tuple(waiting(session, shop_id, person_id)),
        movements=tuple(movements(session, shop_id, person_id)),
        moved=_moved(session, shop_id, person_id),
    )  # fmt: skip


def movements(session: Session, shop_id: int, person_id: int, most: int = LONG) -> list[Movement]:
    """The last movements of a person's wallet and points at a shop, the newest first."""
    mine = account_table.c.person_id == person_id, account_table.c.shop_id == shop_id, account_table.c.kind.in_(OWN)
    units = {row.id: Unit(row.unit) for row in session.execute(select(account_table.c.id, account_table.c.unit).where(*mine))}
    found = [row for account_id, unit in units.items() for row in _of_account(session, account_id, unit, most)]
    return [movement for _, movement in sorted(found, key=lambda row: -row[0])[:most]]


def _moved(session: Session, shop_id: int, person_id: int) -> int:
    """Counted by the index of each side, as the rows are found."""
    mine = account_table.c.person_id == person_id, account_table.c.shop_id == shop_id, account_table.c.kind.in_(OWN)
    ids = session.scalars(select(account_table.c.id).where(*mine)).all()
    sides = (transfer_table.c.credit_id, transfer_table.c.debit_id)
    return sum(session.execute(select(func.count()).where(side == one)).scalar_one() for one in ids for side in sides)


def waiting(session: Session, shop_id: int, person_id: int) -> list[Waiting]:
    """The rewards that are pending for a person, the next one first; those that a person looks at last."""
    c, found = referrals.c, []
    for who, amount, what in ((c.inviter_id, c.reward, "referral"), (c.friend_id, c.friend_reward, "referred")):
        mine = who == person_id, c.shop_id + 0 == shop_id, c.state.in_(PENDING), amount > 0  # the member's index
        rows = session.execute(select(amount.label("amount"), c.due_at).where(*mine).order_by(c.id))
        found += [Waiting(row.amount, what, row.due_at) for row in rows]
    return sorted(found, key=lambda one: (one.due is None, one.due.timestamp() if one.due else 0))


def _of_account(session: Session, account_id: int, unit: Unit, most: int) -> list[tuple[int, Movement]]:
    """Both sides by their own index: a wallet of a hundred thousand rows shows its last ones as fast as any."""
    columns, rows = transfer_table.c, []
    for side, sign in ((columns.credit_id, 1), (columns.debit_id, -1)):
        query = select(columns.id, columns.at, columns.amount, columns.reason, columns.order_id).where(side == account_id)
        for row in session.execute(query.order_by(columns.id.desc()).limit(most)):
            number = None if row.order_id is None else numbered(row.order_id)
            rows.append((row.id, Movement(row.at, sign * row.amount, unit, what_of(row.reason), number)))
    return rows


def what_of(reason: str) -> str:
    """What a reason is about: the word before its first colon, or "owed" where a debt was made or paid."""
    return "owed" if reason.endswith(":owed") else reason.partition(":")[0]


def rows_of(session: Session, person_id: int) -> list[dict[str, object]]:
    """Every row of the ledger that touches a person's accounts, for their export."""
    session.flush()
    mine = account_table.c.person_id == person_id
    keys = {row.id: row.key for row in session.execute(select(account_table.c.id, account_table.c.key).where(mine))}
    columns = transfer_table.c
    query = select(columns.id, columns.at, columns.kind, columns.amount, columns.reason, columns.debit_id, columns.credit_id)
    touching = or_(columns.debit_id.in_(keys), columns.credit_id.in_(keys))
    return [
        {"id": row.id, "at": row.at.isoformat(), "kind": row.kind, "reason": row.reason, "amount": row.amount,
         "from": keys.get(row.debit_id, "the shop"), "to": keys.get(row.credit_id, "the shop")}
        for row in session.execute(query.where(touching).order_by(columns.id))
    ]  # fmt: skip

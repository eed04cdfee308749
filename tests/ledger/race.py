"""Eight processes that call the models directly on the same few vouchers, wallets and budgets; then the books are compared.

`python -m tests.ledger.race --attempts 20000` is the long run; `--plant` lets a voucher be used without looking whether it
was used already, which the comparison must find. Prints its figures, its seed and the engine.
"""

import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models import discounts, group_buys, joins, ledger, locks, voucher_uses, vouchers, wallet
from models.invariants import ledger as checks
from models.orders import order_table
from models.vouchers import Terms, Worth, voucher_table
from models.wishes import Change, How, Way
from tests.racing import PROCESSES, Act, Outcome, command, race
from tests.rules.scene import FRIDAY, Scene

MEMBERS, ROUNDS = 6, 4
VOUCHERS = 2  # a member's, for four orders
REASONS, BUDGET, REWARD = 120, 10_000, 100  # a hundred rewards for a hundred and twenty reasons
DROP = Terms(key="drop", worth=Worth.AMOUNT, value=100, valid_for=timedelta(days=30), per_member=3, total=12)
NOW = FRIDAY + timedelta(hours=25)


@dataclass(frozen=True)
class Table:
    """What everybody reaches for."""

    shop: int
    terms: int
    orders: tuple[tuple[int, int], ...]  # (order, its member)
    vouchers: tuple[tuple[int, int], ...]


def laid(session: Session) -> Table:
    """Four locked group buys with the same members, each with two vouchers and a little money."""
    scene = Scene(session, minimum=1, ladder=())
    members = [scene.person(f"P{number}") for number in range(MEMBERS)]
    rounds = [scene.round, *(group_buys.open_round(session, replace(scene.terms), scene.now)[0] for _ in range(ROUNDS - 1))]
    for round_id in rounds:
        for member in members:
            joins.change(session, round_id, member, Change("add", 1), How(Way.TAPPED), scene.now)
        locks.close(session, round_id, NOW)
    own = vouchers.put(session, scene.shop, replace(DROP, key="own", total=None), NOW)
    given = tuple(
        (vouchers.grant(session, own, member, f"own:{member}:{n}", NOW), member) for member in members for n in range(VOUCHERS)
    )
    for member in members:
        _funded(session, scene.shop, ledger.wallet(scene.shop, member), 5000)
    _funded(session, scene.shop, ledger.campaign(1), BUDGET)
    rows = session.execute(select(order_table.c.id, order_table.c.person_id)).all()
    return Table(scene.shop, vouchers.put(session, scene.shop, DROP, NOW), tuple((row.id, row.person_id) for row in rows), given)


def _funded(session: Session, shop: int, account: ledger.Account, amount: int) -> None:
    reason = f"laid:{account.key}"
    ledger.transfer(session, reason=reason, debit=ledger.shop(shop), credit=account, amount=amount, now=NOW)


def use_without_looking(session: Session, voucher_id: int, order_id: int, now: object) -> None:
    """The planted fault: the voucher goes onto whatever order asks last."""
    session.execute(update(voucher_table).where(voucher_table.c.id == voucher_id).values(state="used", order_id=order_id))


def _attempt(session: Session, table: Table, dice: random.Random) -> None:
    roll = dice.random()
    order, member = dice.choice(table.orders)
    if roll < 0.5:
        voucher, owner = dice.choice(table.vouchers)
        mine = dice.choice([order for order, member in table.orders if member == owner])
        discounts.use_voucher(session, mine, owner, voucher, NOW)
    elif roll < 0.6:
        wallet.spend(session, order, member, NOW)
    elif roll < 0.8:
        vouchers.grant(session, table.terms, member, f"drop:{member}:{dice.randrange(9)}", NOW)
    else:
        number = dice.randrange(REASONS)
        member = table.orders[number % len(table.orders)][1]
        ledger.reward(
            session, reason=f"r:{number}", debit=ledger.campaign(1), shop_id=table.shop, person_id=member, amount=REWARD, now=NOW
        )


def acts(table: Table, seed: int, attempts: int, planted: bool) -> Iterator[Act]:
    """What one process does."""
    if planted:
        voucher_uses.take = use_without_looking
        voucher_uses.refusal = lambda *_: None
    dice = random.Random(seed)
    for _ in range(attempts):
        yield lambda session: _attempt(session, table, dice)


def books(session: Session, table: Table) -> list[str]:
    """What does not agree, as sentences."""
    wrong = [str(difference) for check in checks.CHECKS for difference in check(session)]
    of_terms = select(func.count()).where(voucher_table.c.terms_id == table.terms)
    given = session.execute(of_terms).scalar_one()
    left = ledger.balance(session, ledger.campaign(1))
    if given > (DROP.total or 0):
        wrong.append(f"{given} vouchers were given of {DROP.total}")
    if left < 0 or left % REWARD:
        wrong.append(f"{left} is left of the budget")
    return wrong


def run(url: str, attempts: int, seed: int, *, planted: bool = False) -> Outcome:
    """`attempts` over eight processes."""
    return race(url, laid, lambda table, number: acts(table, seed + number, attempts // PROCESSES, planted), books)


if __name__ == "__main__":
    sys.exit(command(run, __doc__, "attempts", 20_000))

"""Eight processes that call the models directly on the same few vouchers, wallets and budgets; then the books are compared.

`python -m tests.ledger.race --attempts 20000` is the long run; `--plant` lets a voucher be used without looking whether it
was used already, which the comparison must find. Prints its figures, its seed and the engine.
"""

import argparse
import multiprocessing
import random
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models import discounts, group_buys, joins, ledger, locks, voucher_uses, vouchers, wallet
from models.errors import DomainError
from models.invariants import ledger as checks
from models.orders import order_table
from models.vouchers import Terms, Worth, voucher_table
from models.wishes import Change, How, Way
from tests.concurrency.race import _engine
from tests.rules.scene import FRIDAY, Scene, engine_of

PROCESSES = 8
MEMBERS, ROUNDS = 6, 4
VOUCHERS = 2  # a member's, for four orders
REASONS, BUDGET, REWARD = 120, 10_000, 100  # a hundred rewards for a hundred and twenty reasons
DROP = Terms(key="drop", worth=Worth.AMOUNT, value=100, valid_for=timedelta(days=30), per_member=3, total=12)
NOW = FRIDAY + timedelta(hours=25)


@dataclass(frozen=True)
class Outcome:
    """What the books say at the end, and what was found wrong."""

    accepted: int
    refused: int
    seconds: float
    wrong: tuple[str, ...]


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


def _one_process(
    url: str, seed: int, attempts: int, planted: bool, table: Table, found: "multiprocessing.Queue[tuple[int, int]]"
) -> None:
    if planted:
        voucher_uses.take = use_without_looking
        voucher_uses.refusal = lambda *_: None
    dice, engine = random.Random(seed), _engine(url)
    accepted = refused = 0
    for _ in range(attempts):
        try:
            with Session(engine) as session, session.begin():
                _attempt(session, table, dice)
            accepted += 1
        except (DomainError, DBAPIError):
            refused += 1
    engine.dispose()
    found.put((accepted, refused))


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
    """`attempts` over PROCESSES processes."""
    engine = engine_of(url)
    with Session(engine) as session, session.begin():
        table = laid(session)
    engine.dispose()
    context = multiprocessing.get_context("fork")
    found: multiprocessing.Queue[tuple[int, int]] = context.Queue()
    began = time.perf_counter()
    racers = [
        context.Process(target=_one_process, args=(url, seed + number, attempts // PROCESSES, planted, table, found))
        for number in range(PROCESSES)
    ]
    for racer in racers:
        racer.start()
    results = [found.get() for _ in racers]
    for racer in racers:
        racer.join()
    with Session(engine) as session:
        wrong = books(session, table)
    engine.dispose()
    accepted, refused = (sum(column) for column in zip(*results, strict=True))
    return Outcome(accepted, refused, time.perf_counter() - began, tuple(wrong))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--attempts", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", help="postgresql://…; a fresh SQLite file if left out")
    parser.add_argument("--plant", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = args.database or f"sqlite:///{Path(folder) / 'race.db'}"
        outcome = run(url, args.attempts, args.seed, planted=args.plant)
    print(f"{url.split(':')[0]}, seed {args.seed}: {outcome.accepted} accepted, {outcome.refused} refused, "
          f"{outcome.seconds:.1f} s; wrong: {list(outcome.wrong) or 'nothing'}")
    return 1 if outcome.wrong else 0


if __name__ == "__main__":
    sys.exit(main())

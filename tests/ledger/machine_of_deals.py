"""Packets, coupons, drops and orders in any order, against a pure model, with every check of `tuan verify` after each step.

`python -m tests.ledger.machine_of_deals --count 2000` is the long run. foreseen.py says what must come of each step; the lots
(who is drawn, how large a random share is) are read and held against what a lot may be. `--plant` makes the code wrong;
the evening of test_machine_of_deals.py finds each such fault at once, a random run only when it comes that way.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta

from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from models import (
    deadlines,
    discounts,
    invariants,
    ledger,
    notices,
    packets_giving,
    packets_opening,
    payments,
    voucher_uses,
)
from models.group_buys import rounds
from models.ledger import Account, Unit
from models.orders import order_table
from models.packets import PacketKind, Pays
from models.packets_opening import NewPacket
from models.vouchers import Worth, voucher_table
from tests.ledger.buying import PICK, WHO, Buying
from tests.ledger.handed_out import Handed, HandedOut
from tests.ledger.machine import machine_settings

MOST_PACKETS = 5
VALID = timedelta(days=5)


class Machine(Buying):
    """What the shop hands out to them besides, and time that passes."""

    sequences = steps = 0

    def __init__(self) -> None:
        super().__init__()
        Machine.sequences += 1
        self.handed = HandedOut(self.model)

    # Packets, coupons, drops

    @precondition(lambda self: len(self.handed.packets) < MOST_PACKETS)
    @rule(kind=st.sampled_from(PacketKind), pays=st.sampled_from(Pays), total=st.integers(3, 4000),
          shares=st.integers(1, 3), equal=st.booleans(), window=st.sampled_from([0, 30]))  # fmt: skip
    def hands_out(self, kind: PacketKind, pays: Pays, total: int, shares: int, equal: bool, window: int) -> None:
        drop = kind == PacketKind.DROP
        pays = Pays.VOUCHER if drop else pays
        new = NewPacket(
            key=(key := self._next()), batch=key, kind=kind, shop_id=self.scene.shop, circle_id=self.scene.circle, pays=pays,
            total=0 if drop else total, shares=shares, equal=equal, worth=Worth.AMOUNT, value=total if drop else 0,
            valid_for=VALID, opens_at=self.now, closes_at=self.now + timedelta(days=1), window=timedelta(seconds=window),
        )  # fmt: skip
        number = packets_opening.open_packet(self.session, new, self.now)
        collects = kind == PacketKind.COUPON or window > 0
        self.handed.opened(number, Handed(
            str(kind), pays == Pays.POINTS, total, shares, equal, window, new.closes_at, "collecting" if collects else "giving"
        ))  # fmt: skip

    @precondition(lambda self: self.handed.packets)
    @rule(who=WHO, which=PICK)
    def taps(self, who: str, which: int) -> None:
        number = sorted(self.handed.packets)[which % len(self.handed.packets)]
        person, circle = self.people[who], self.scene.circle
        known = person in self.handed.packets[number].tapped
        code = None if known else self.handed.refusal(number)
        taken = self.does(code, lambda: packets_giving.tap(self.session, number, circle, person, self.now)[1])
        if taken and not known:
            self.handed.taps(self.session, number, person, self.now, VALID)

    # Time

    @rule(wait=st.sampled_from([timedelta(seconds=31), timedelta(minutes=61), timedelta(hours=25), timedelta(days=3)]))
    def time_passes(self, wait: timedelta) -> None:
        self.scene.now += wait
        for _ in range(10):
            facts = deadlines.sweep(self.session, self.now)
            notices.notify(self.session, facts, self.now)
            if not facts:
                break
        self.handed.time(self.session, self.now, VALID)
        self._locks()

    def _locks(self) -> None:
        due = [number for number, deal in self.model.deals.items() if deal.state == "open" and deal.closes <= self.now]
        for number in due:
            for person in self.model.locks(number, self.now):
                deal = self.model.deals[number]
                self._made(number, person, deal.price(len(deal.told)))
        self.model.lapses(self.now)

    # What must be so

    @invariant()
    def nothing_is_wrong(self) -> None:
        Machine.steps += 1
        assert [str(difference) for difference in invariants.check(self.session)] == []

    @invariant()
    def balances_are_the_models(self) -> None:
        for (word, number), foretold in self.model.balances.items():
            assert ledger.balance(self.session, self._account(word, number)) == foretold, (word, number)
        assert sum(self.model.balances.values()) == 0

    def _account(self, word: str, number: int) -> Account:
        shop = self.scene.shop
        return {
            "shop": lambda: ledger.shop(shop), "shop points": lambda: ledger.shop(shop, Unit.POINTS),
            "wallet": lambda: ledger.wallet(shop, number), "points": lambda: ledger.points(shop, number),
            "packet": lambda: ledger.packet(number), "packet points": lambda: ledger.packet(number, Unit.POINTS),
            "clearing": lambda: ledger.clearing(shop),
        }[word]()  # fmt: skip

    @invariant()
    def vouchers_and_orders_are_the_models(self) -> None:
        v, o, r = voucher_table.c, order_table.c, rounds.c
        found = {row.reason: tuple(row)[1:] for row in self.session.execute(
            select(v.reason, v.person_id, v.value, v.valid_until, v.state, v.order_id)
        )}  # fmt: skip
        assert found == {
            reason: (one.person, one.value, one.until, one.state, one.order) for reason, one in self.model.vouchers.items()
        }
        of_orders = {row.id: tuple(row)[1:] for row in self.session.execute(select(o.id, o.state, o.total, o.pay_by))}
        assert of_orders == {number: (one.state, one.total, one.pay_by) for number, one in self.model.orders.items()}
        for number, one in self.model.orders.items():
            assert payments.balance(self.session, number).paid == one.paid
        members = {row.id: row.members for row in self.session.execute(select(r.id, r.members))}
        assert members == {number: len(deal.told) for number, deal in self.model.deals.items()}


FAULTS = ("points", "kept")


def plant(fault: str) -> Callable[[], None]:
    """Makes the code wrong; returns what makes it right again."""
    if fault == "points":
        right = discounts._return_points
        discounts._return_points = lambda *_: None
        return lambda: setattr(discounts, "_return_points", right)
    put_back = voucher_uses.put_back
    voucher_uses.put_back = lambda *_, **__: None  # a voucher of an order that ended stays used
    return lambda: setattr(voucher_uses, "put_back", put_back)


def run(count: int, seed: int, steps: int = 40, *, shrink: bool = True) -> None:
    """`count` sequences of at most `steps` steps; raises what was found."""
    seeded(seed)(Machine)
    run_state_machine_as_test(Machine, settings=machine_settings(count, steps, shrink=shrink))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plant", choices=FAULTS)
    args = parser.parse_args()
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    if args.plant:
        plant(args.plant)
    began = time.perf_counter()
    run(args.count, args.seed)
    print(f"{Machine.sequences} sequences, {Machine.steps} steps, each verified by {len(invariants.CHECKS)} invariants and the "
          f"model; seed {args.seed}, commit {commit}, {time.perf_counter() - began:.0f} s: nothing wrong")
    return 0


if __name__ == "__main__":
    sys.exit(main())

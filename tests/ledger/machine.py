"""Every operation of the ledger and of vouchers in any order, against a pure model, with `tuan verify` after each step.

`python -m tests.ledger.machine --count 2000` is the long run; it prints its figures, its seed and the commit. The model keeps
balances in a dictionary and knows nothing of the code; `--plant` takes the check from under the wallets, or lets a hold be
resolved twice, and the run must find it.
"""

import sys
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy.orm import Session

from models import accounts, chain, ledger, transfers, vouchers
from models.errors import DomainError
from models.ledger import Account, Unit
from models.vouchers import Terms, Worth
from tests.ledger import machine_run
from tests.ledger.books import CAMPAIGN, PACKET, Books
from tests.ledger.machine_run import Planted

AMOUNTS = st.integers(1, 500)
PEOPLE = st.sampled_from([0, 1])
PICK = st.integers(0, 10_000)
PER_MEMBER, TOTAL = 2, 3


class Machine(machine_run.Machine):
    """One shop, two people, a campaign, a packet of points, vouchers of one kind."""

    def __init__(self) -> None:
        super().__init__()
        self.books = Books(self.session)
        self.people = [self.books.ann, self.books.bao]
        self.stands: dict[str, int] = defaultdict(int)
        self.left: dict[str, tuple[Account, Account, int]] = {}  # reason -> (source, reached, not yet taken back)
        self.holds: dict[str, tuple[Account, Account, Account | None, int]] = {}  # that nobody resolved yet
        self.resolved: list[str] = []
        self.done: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {}
        self.given: list[int] = []
        self.terms = vouchers.put(self.session, self.books.shop, Terms(
            key="drop", worth=Worth.AMOUNT, value=100, valid_for=timedelta(days=7), per_member=PER_MEMBER, total=TOTAL
        ), self.books.now)  # fmt: skip
        self.number = 0

    # What the model says

    def balances(self) -> Mapping[str, int]:
        return self.stands

    def _reason(self) -> str:
        self.number += 1
        return f"step:{self.number}"

    def _accounts(self) -> list[Account]:
        ann, bao = self.people
        shop = self.books.shop
        return [
            ledger.shop(shop), ledger.wallet(shop, ann), ledger.wallet(shop, bao), ledger.campaign(CAMPAIGN), ledger.clearing(shop),
            ledger.shop(shop, Unit.POINTS), ledger.points(shop, ann), ledger.points(shop, bao), ledger.packet(PACKET, Unit.POINTS),
        ]  # fmt: skip

    def _may(self, source: Account, amount: int) -> bool:
        return not source.guarded or self.stands[source.key] >= amount

    def _move(self, source: Account, to: Account, amount: int) -> None:
        self.stands[source.key] -= amount
        self.stands[to.key] += amount

    def _settle(self, to: Account, amount: int) -> None:
        """What is owed is taken out of what came."""
        if to.key.startswith("wallet:") and to.shop_id is not None and to.person_id is not None:
            debt = ledger.debt(to.shop_id, to.person_id)
            due = min(amount, -self.stands[debt.key])
            if due > 0:
                self._move(to, debt, due)

    def _try(self, code: str | None, call: Callable[[], object]) -> bool:
        """Calls it; it must be refused with that code, or not at all."""
        refused = None
        try:
            call()
        except DomainError as no:
            refused = no.code
        assert refused == code
        return refused is None

    # What can happen

    @rule(source=PICK, to=PICK, amount=AMOUNTS)
    def transfer(self, source: int, to: int, amount: int) -> None:
        there = self._accounts()
        debit = there[source % len(there)]
        credit = there[to % len(there)]
        if debit.key == credit.key or debit.unit != credit.unit:
            return
        if not self.rows() and debit.shop_id is None and credit.shop_id is None:
            return
        reason = self._reason()

        def call() -> object:
            return ledger.transfer(
                self.session, reason=reason, debit=debit, credit=credit, amount=amount, now=self.books.now
            )

        if self._try(None if self._may(debit, amount) else "balance_short", call):
            self._move(debit, credit, amount)
            self.left[reason] = (debit, credit, amount)
            self.done[reason] = (call, lambda: ledger.transfer(
                self.session, reason=reason, debit=debit, credit=credit, amount=amount + 1, now=self.books.now
            ))  # fmt: skip

    @rule(amount=st.integers(500, 3000))
    def fund(self, amount: int) -> None:
        self.books.funds(ledger.campaign(CAMPAIGN), amount, reason := self._reason())
        self._move(ledger.shop(self.books.shop), ledger.campaign(CAMPAIGN), amount)
        self.left[reason] = (ledger.shop(self.books.shop), ledger.campaign(CAMPAIGN), amount)

    @rule(person=PEOPLE, amount=AMOUNTS)
    def reward(self, person: int, amount: int) -> None:
        budget, to = ledger.campaign(CAMPAIGN), self.books.wallet(self.people[person])
        reason = self._reason()

        def call() -> object:
            return ledger.reward(
                self.session, reason=reason, debit=budget, shop_id=self.books.shop, person_id=self.people[person],
                amount=amount, now=self.books.now,
            )  # fmt: skip

        if self._try(None if self._may(budget, amount) else "balance_short", call):
            self._move(budget, to, amount)
            self._settle(to, amount)
            self.left[reason] = (budget, to, amount)
            self.done[reason] = (call, lambda: ledger.hold(
                self.session, reason=reason, debit=budget, to=to, amount=amount, now=self.books.now
            ))  # fmt: skip

    @rule(person=PEOPLE, own=st.booleans(), amount=AMOUNTS)
    def hold(self, person: int, own: bool, amount: int) -> None:
        wallet = self.books.wallet(self.people[person])
        debit, to = (wallet, None) if own else (ledger.campaign(CAMPAIGN), wallet)
        reason = self._reason()

        def call() -> object:
            return ledger.hold(self.session, reason=reason, debit=debit, to=to, amount=amount, now=self.books.now)

        if self._try(None if self._may(debit, amount) else "balance_short", call):
            aside = ledger.held_of(debit) if to is None else ledger.pending_of(to)
            self._move(debit, aside, amount)
            self.holds[reason] = (debit, aside, to, amount)

    @precondition(lambda self: self.holds)
    @rule(which=PICK)
    def release(self, which: int) -> None:
        held = sorted(self.holds)[which % len(self.holds)]
        debit, aside, _, amount = self.holds.pop(held)
        ledger.release(self.session, held, self._reason(), self.books.now)
        self._move(aside, debit, amount)
        self.resolved.append(held)

    @precondition(lambda self: self.holds)
    @rule(which=PICK, part=st.integers(0, 3))
    def capture(self, which: int, part: int) -> None:
        held = sorted(self.holds)[which % len(self.holds)]
        debit, aside, to, amount = self.holds.pop(held)
        credit, taken = to or ledger.shop(self.books.shop), max(1, amount - part * amount // 4)
        reason = self._reason()
        ledger.capture(self.session, held, reason, self.books.now, credit=credit, amount=taken)
        self._move(aside, credit, taken)
        if amount > taken:
            self._move(aside, debit, amount - taken)
        self._settle(credit, taken)
        self.left[reason] = (debit, credit, taken)
        self.resolved.append(held)

    @precondition(lambda self: self.resolved)
    @rule(which=PICK, how=st.sampled_from([ledger.release, ledger.capture]))
    def resolve_again(self, which: int, how: Callable[..., object]) -> None:
        held = self.resolved[which % len(self.resolved)]
        self._try("already_resolved", lambda: how(self.session, held, self._reason(), self.books.now))

    @precondition(lambda self: self.left)
    @rule(which=PICK, amount=AMOUNTS)
    def refund(self, which: int, amount: int) -> None:
        row = sorted(self.left)[which % len(self.left)]
        source, reached, left = self.left[row]
        code = "already_reversed" if not left else "refund_too_much" if amount > left else None
        code = code or (None if self._may(reached, amount) else "balance_short")
        if self._try(code, lambda: ledger.refund(self.session, row, self._reason(), amount, self.books.now)):
            self._move(reached, source, amount)
            self.left[row] = (source, reached, left - amount)

    @precondition(lambda self: self.left)
    @rule(which=PICK, claw=st.booleans())
    def take_back(self, which: int, claw: bool) -> None:
        row = sorted(self.left)[which % len(self.left)]
        source, reached, left = self.left[row]
        advance = max(0, left - self.stands[reached.key]) if claw and reached.key.startswith("wallet:") else 0
        code = "already_reversed" if not left else None if self._may(reached, left - advance) else "balance_short"
        how = ledger.claw_back if claw else ledger.reverse
        if self._try(code, lambda: how(self.session, row, self._reason(), self.books.now)):
            if advance and reached.shop_id is not None and reached.person_id is not None:
                self._move(ledger.debt(reached.shop_id, reached.person_id), reached, advance)
            self._move(reached, source, left)
            self.left[row] = (source, reached, 0)

    @precondition(lambda self: self.done)
    @rule(which=PICK)
    def the_same_again(self, which: int) -> None:
        same, other = self.done[sorted(self.done)[which % len(self.done)]]
        before = self.rows()
        same()
        self._try("reason_taken", other)
        assert self.rows() == before

    @rule(person=PEOPLE)
    def grant(self, person: int) -> None:
        mine = self.given.count(person)
        code = "vouchers_gone" if len(self.given) >= TOTAL else "voucher_had" if mine >= PER_MEMBER else None
        reason = self._reason()
        if self._try(code, lambda: vouchers.grant(self.session, self.terms, self.people[person], reason, self.books.now)):
            self.given.append(person)

    @rule(hours=st.integers(1, 40))
    def time_passes(self, hours: int) -> None:
        self.books.now += timedelta(hours=hours)
        chain.close_days(self.session, self.books.now)

    def rows(self) -> int:
        return self.books.rows()


def _unheld() -> Planted:
    """Every hold looks as if nobody had resolved it."""
    return Planted((transfers, "following", lambda *_: []))


def _too_much() -> Planted:
    """A balance moves by one too much now and then."""
    moved = accounts.moved

    def wrong(session: Session, account: accounts.Standing, delta: int) -> bool:
        return moved(session, account, delta + (1 if delta > 400 else 0))

    return Planted((accounts, "moved", wrong))


FAULTS = {"hold": _unheld, "balance": _too_much}


def main() -> int:
    return machine_run.main(Machine, __doc__, FAULTS)


if __name__ == "__main__":
    sys.exit(main())

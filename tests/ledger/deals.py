"""The locked group buy of tests/rules, with wallets, vouchers and points around it."""

from datetime import timedelta

from sqlalchemy.orm import Session

from models import discounts, ledger, notices, vouchers, wallet
from models.facts import AnyFact
from models.ledger import Account
from models.vouchers import Terms, Voucher, Worth
from tests.rules.after_lock.lock import Locked
from tests.rules.scene import Scene

WEEK = timedelta(days=7)


class Deal(Locked):
    """Honey oranges, locked: Ann, Bao and Chen have one each at 36.00 unless told otherwise."""

    def __init__(self, session: Session, *names: str, **terms: object) -> None:
        super().__init__(session, *names, **terms)  # type: ignore[arg-type]  # a test's shorthand
        self._vouchers = 0

    def tells(self) -> None:
        """Everybody hears of the lock, as `tuan verify` expects."""
        notices.notify(self.session, [*self.opened, *self.lock_facts], self.now)

    def funds(self, account: Account, amount: int, reason: str) -> None:
        source = ledger.shop(self.shop, account.unit)
        ledger.transfer(self.session, reason=reason, debit=source, credit=account, amount=amount, now=self.now)

    def fills(self, name: str, amount: int) -> None:
        """Money in a member's wallet."""
        self.funds(self.wallet_of(name), amount, f"thanks:{self.person(name)}:{amount}")

    def points(self, name: str, amount: int) -> None:
        self.funds(self.points_of(name), amount, f"showcase:{self.person(name)}:{amount}")

    def wallet_of(self, name: str) -> Account:
        return ledger.wallet(self.shop, self.person(name))

    def points_of(self, name: str) -> Account:
        return ledger.points(self.shop, self.person(name))

    def has(self, account: Account) -> int:
        return ledger.balance(self.session, account)

    def voucher(self, name: str, value: int, *, valid: timedelta = WEEK, **terms: object) -> int:
        """A voucher of terms of its own, 3.00 off unless told otherwise."""
        self._vouchers += 1
        promise = Terms(key=f"letter:{self._vouchers}", worth=Worth(terms.pop("worth", Worth.AMOUNT)), value=value,
                        valid_for=valid, **terms)  # type: ignore[arg-type]  # a test's shorthand  # fmt: skip
        terms_id = vouchers.put(self.session, self.shop, promise, self.now)
        return vouchers.grant(self.session, terms_id, self.person(name), f"letter:{self._vouchers}:{name}", self.now)

    def state(self, voucher_id: int) -> str:
        self.session.flush()
        return self.session.get_one(Voucher, voucher_id, populate_existing=True).state

    def uses(self, name: str, voucher_id: int) -> list[AnyFact]:
        return discounts.use_voucher(self.session, self.number(name), self.person(name), voucher_id, self.now)

    def uses_points(self, name: str) -> list[AnyFact]:
        return discounts.use_points(self.session, self.number(name), self.person(name), self.now)

    def uses_wallet(self, name: str) -> list[AnyFact]:
        return wallet.spend(self.session, self.number(name), self.person(name), self.now)


class Upfront(Deal):
    """The same, charged at joining; still open."""

    def __init__(self, session: Session, **terms: object) -> None:
        Scene.__init__(self, session, collect="upfront", **terms)  # type: ignore[arg-type]  # stock and options come first
        self.lock_facts = []
        self._vouchers = 0

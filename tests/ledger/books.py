"""Two shops and a few people with accounts between them; what stands where is read aloud by name."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import invariants, ledger
from models.ledger import Account
from models.people import Person
from models.shops import Shop
from models.transfers import transfer_table
from tests.rules.scene import FRIDAY

CAMPAIGN, PACKET = 7, 3


class Books:
    """Orchard Lane and Corner Books; Ann and Bao."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.now: datetime = FRIDAY
        self.shop = self._add(Shop(key="orchard", name="Orchard Lane", currency="CNY", timezone="Asia/Shanghai"))
        self.other = self._add(Shop(key="books", name="Corner Books", currency="CNY", timezone="Asia/Shanghai"))
        self.ann, self.bao = (
            self._add(Person(telegram_id=1001 + n, name=name, seen_at=self.now)) for n, name in enumerate(("Ann", "Bao"))
        )

    def _add(self, row: Shop | Person) -> int:
        self.session.add(row)
        self.session.flush()
        return row.id or 0

    def wallet(self, person: int) -> Account:
        return ledger.wallet(self.shop, person)

    def gives(self, person: int, amount: int, reason: str) -> int:
        """The shop puts money into a wallet."""
        return ledger.transfer(
            self.session, reason=reason, debit=ledger.shop(self.shop), credit=self.wallet(person), amount=amount, now=self.now
        )

    def funds(self, account: Account, amount: int, reason: str) -> int:
        return ledger.transfer(
            self.session, reason=reason, debit=ledger.shop(self.shop, account.unit), credit=account, amount=amount, now=self.now
        )

    def spends(self, person: int, amount: int, reason: str) -> int:
        return ledger.transfer(
            self.session, reason=reason, debit=self.wallet(person), credit=ledger.shop(self.shop), amount=amount, now=self.now
        )

    def has(self, account: Account) -> int:
        return ledger.balance(self.session, account)

    def rows(self) -> int:
        return len(self.session.execute(select(transfer_table.c.id)).all())

    def wrong(self) -> list[str]:
        return [str(difference) for difference in invariants.check(self.session)]

"""The scene after its lock: orders by the name of their member, the owner's and the members' taps, the clock."""

from datetime import timedelta

from sqlalchemy.orm import Session

from models import deadlines, handover, locks, orders, payments, waitlist
from models.complaints import Complaint
from models.facts import AnyFact
from models.orders import Order, order_table
from models.payments import Payment, payment_table
from models.waitlist import Waiting, of_member
from tests.rules.scene import Scene


class Locked(Scene):
    """Honey oranges, locked: Ann, Bao and Chen have one each at 36.00 unless told otherwise."""

    def __init__(self, session: Session, *names: str, pieces: dict[str, int] | None = None, **terms: object) -> None:
        super().__init__(session, **terms)  # type: ignore[arg-type]
        self.lock_facts: list[AnyFact] = []  # of the last joins too: the last piece locks
        for name in names or ("Ann", "Bao", "Chen"):
            self.lock_facts += self.joins(name, (pieces or {}).get(name, 1))
        self.lock_facts += self.lock()

    def lock(self) -> list[AnyFact]:
        self.now = max(self.now, self.row.closes_at)
        return locks.close(self.session, self.round, self.now)

    def order(self, name: str) -> Order:
        """The member's latest order."""
        self.session.flush()
        mine = order_table.c.person_id == self.person(name), order_table.c.round_id == self.round
        query = self.session.query(Order).where(*mine).order_by(order_table.c.id.desc())
        found = query.populate_existing().first()
        assert found is not None, f"{name} has no order"
        return found

    def number(self, name: str) -> int:
        return self.order(name).id or 0

    def payments(self, name: str) -> list[tuple[str, str, int]]:
        """Kind, state and amount of every movement of the member's order, oldest first."""
        self.session.flush()
        query = self.session.query(Payment).where(payment_table.c.order_id == self.number(name)).order_by(payment_table.c.id)
        return [(row.kind, row.state, row.amount) for row in query.populate_existing()]

    def claims(self, name: str) -> list[AnyFact]:
        return payments.claim(self.session, self.number(name), self.person(name), self.now)

    def confirms(self, name: str) -> list[AnyFact]:
        return payments.confirm(self.session, self.number(name), self.owner, self.now)

    def denies(self, name: str) -> list[AnyFact]:
        return payments.deny(self.session, self.number(name), self.owner, self.now)

    def refunds(self, name: str, amount: int | None = None) -> list[AnyFact]:
        return payments.refund(self.session, self.number(name), self.owner, self.now, amount)

    def pays(self, *names: str) -> None:
        for name in names:
            self.claims(name)
            self.confirms(name)

    def cannot(self, name: str) -> list[AnyFact]:
        return orders.drop(self.session, self.number(name), self.person(name), self.now)

    def collects(self, name: str, by: str | None = None) -> list[AnyFact]:
        return handover.collect(self.session, self.number(name), self.person(by) if by else self.owner, self.now)

    def waits(self, name: str, quantity: int = 1, option: str = "") -> int:
        return waitlist.wait(self.session, self.round, self.person(name), quantity, option, self.now)

    def waiting(self, name: str) -> Waiting:
        found = of_member(self.session, self.round, self.person(name))
        assert found is not None, f"{name} does not wait"
        return found

    def takes(self, name: str, option: str = "") -> list[AnyFact]:
        return waitlist.accept(self.session, self.waiting(name).id or 0, self.person(name), self.now, option)

    def passes_on(self, name: str) -> list[AnyFact]:
        return waitlist.pass_on(self.session, self.waiting(name).id or 0, self.person(name), self.now)

    def complaint(self, name: str) -> Complaint:
        return self.session.query(Complaint).where(Complaint.order_id == self.number(name)).one()  # type: ignore[arg-type]

    def later(self, **time: float) -> list[AnyFact]:
        """Time passes, and what falls due is swept."""
        self.now += timedelta(**time)
        return deadlines.sweep(self.session, self.now)


def of(facts: list[AnyFact], kind: type) -> list[AnyFact]:
    """The facts of one kind."""
    return [fact for fact in facts if isinstance(fact, kind)]

"""Group buys and orders in any order, with wallets, points and vouchers on them: the half of machine_of_deals that is bought.

Invariant: each step foresees what the code must say, a refusal by its code, before it is asked.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import discounts, group_buys, handover, joins, ledger, locks, notices, orders, payments, wallet
from models.circles import membership_table
from models.errors import DomainError
from models.facts import AnyFact
from models.ledger import Unit
from models.orders import order_table
from models.prices import Step
from models.seats import Way
from models.vouchers import voucher_table
from models.wishes import Change, How
from tests.ledger import foreseen
from tests.ledger.foreseen import AWAITING, ENDED, Foreseen, GroupBuy, Order
from tests.ledger.machine import empty
from tests.rules.scene import Scene

PEOPLE = ("Ann", "Bao", "Chen", "Dora")
WHO = st.sampled_from(PEOPLE)
PICK = st.integers(0, 10_000)
AMOUNTS = st.integers(1, 5000)
MOST_DEALS = 4


class Buying(RuleBasedStateMachine):
    """Orchard Lane and Office 3F: four members of long standing, what they buy, and what they put onto it."""

    def __init__(self) -> None:
        super().__init__()
        self.session = Session(empty())
        within = int(foreseen.PAY_WITHIN.total_seconds())
        self.scene = Scene(self.session, minimum=1, ladder=(Step(foreseen.STEP_AT, foreseen.STEP),), pay_within=within)
        self.people = {name: self.scene.person(name) for name in PEOPLE}
        long_ago = self.scene.now - timedelta(days=10)
        self.session.execute(update(membership_table).values(joined_at=long_ago))
        notices.notify(self.session, self.scene.opened, self.scene.now)
        self.model = Foreseen()
        self.model.deals[self.scene.round] = GroupBuy(False, self.scene.row.closes_at)
        self.number = 0

    def teardown(self) -> None:
        self.session.close()

    @property
    def now(self) -> datetime:
        return self.scene.now

    def does(self, code: str | None, work: Callable[[], list[AnyFact]]) -> bool:
        """One write, as the bot makes it: refused with that code and nothing kept, or told."""
        refused = None
        try:
            with self.session.begin_nested():
                notices.notify(self.session, work(), self.now)
        except DomainError as no:
            refused = no.code
        assert refused == code
        return refused is None

    def _next(self) -> str:
        self.number += 1
        return f"step:{self.number}"

    def _order(self, which: int) -> tuple[int, Order]:
        number = sorted(self.model.orders)[which % len(self.model.orders)]
        return number, self.model.orders[number]

    # Money and points that come from elsewhere

    @rule(who=WHO, amount=AMOUNTS, points=st.booleans())
    def thanks(self, who: str, amount: int, points: bool) -> None:
        unit, kind = (Unit.POINTS, "points") if points else (Unit.MONEY, "wallet")
        shop, person = self.scene.shop, self.people[who]
        to = ledger.points(shop, person) if points else ledger.wallet(shop, person)
        ledger.transfer(
            self.session, reason=self._next(), debit=ledger.shop(shop, unit), credit=to, amount=amount, now=self.now
        )
        self.model.move(("shop points" if points else "shop", 0), (kind, person), amount)

    # Group buys

    @precondition(lambda self: len(self.model.deals) < MOST_DEALS)
    @rule(upfront=st.booleans())
    def opens(self, upfront: bool) -> None:
        terms = group_buys.Terms(
            shop_id=self.scene.shop, circle_id=self.scene.circle, product_id=self.scene.product, price=foreseen.PRICE,
            ladder=(Step(foreseen.STEP_AT, foreseen.STEP),), closes_at=self.now + foreseen.OPEN_FOR, minimum=1, per_member=5,
            collect="upfront" if upfront else "after_lock", pay_within=int(foreseen.PAY_WITHIN.total_seconds()),
        )  # fmt: skip
        number, facts = group_buys.open_round(self.session, terms, self.now)
        notices.notify(self.session, facts, self.now)
        self.model.deals[number] = GroupBuy(upfront, terms.closes_at)

    @rule(who=WHO, which=PICK)
    def joins(self, who: str, which: int) -> None:
        number = sorted(self.model.deals)[which % len(self.model.deals)]
        deal, person = self.model.deals[number], self.people[who]
        if person in deal.came:
            return
        wish, how = Change("add", 1), How(Way.TAPPED)
        code = None if deal.state == "open" else "not_open"
        if self.does(code, lambda: joins.change(self.session, number, person, wish, how, self.now)):
            deal.told[person] = deal.price(len(deal.told) + 1)
            deal.came.add(person)
            if deal.upfront:
                self._made(number, person, deal.told[person])

    def _made(self, deal: int, person: int, price: int) -> None:
        mine = order_table.c.round_id == deal, order_table.c.person_id == person
        number = self.session.execute(select(order_table.c.id).where(*mine)).scalar_one()
        self.model.orders[number] = Order(person, deal, price, self.now + foreseen.PAY_WITHIN, self.now)

    @rule(which=PICK)
    def recalls(self, which: int) -> None:
        number = sorted(self.model.deals)[which % len(self.model.deals)]
        if self.model.deals[number].state == "open" or self.model.under_way(number):
            if self.model.deals[number].state == "cancelled":
                return
            self.does(None, lambda: locks.recall(self.session, number, self.scene.owner, self.now))
            self.model.recalls(number, self.now)

    # What is put onto an order

    @precondition(lambda self: self.model.orders and self.model.vouchers)
    @rule(which=PICK, voucher=PICK)
    def uses_voucher(self, which: int, voucher: int) -> None:
        number, order = self._order(which)
        reason = sorted(self.model.vouchers)[voucher % len(self.model.vouchers)]
        found = select(voucher_table.c.id).where(voucher_table.c.reason == reason)
        voucher_id = self.session.execute(found).scalar_one()
        code = self.model.voucher_refusal(order, order.person, reason, self.now)
        if self.does(code, lambda: discounts.use_voucher(self.session, number, order.person, voucher_id, self.now)):
            self.model.puts_voucher(number, reason)

    @precondition(lambda self: self.model.orders)
    @rule(which=PICK)
    def uses_points(self, which: int) -> None:
        number, order = self._order(which)
        code = self.model.refusal(order)
        if code is None and not self.model.puts_points(order):
            code = "points_none"
        self.does(code, lambda: discounts.use_points(self.session, number, order.person, self.now))

    @precondition(lambda self: self.model.orders)
    @rule(which=PICK)
    def uses_wallet(self, which: int) -> None:
        number, order = self._order(which)
        code = self.model.refusal(order)
        if code is None and not self.model.puts_wallet(order):
            code = "wallet_empty_order"
        self.does(code, lambda: wallet.spend(self.session, number, order.person, self.now))

    @precondition(lambda self: self.model.orders)
    @rule(which=PICK)
    def pays(self, which: int) -> None:
        number, order = self._order(which)
        if self.does(
            self.model.refusal(order), lambda: payments.confirm(self.session, number, self.scene.owner, self.now)
        ):
            self.model.puts_cash(order)

    @precondition(lambda self: self.model.orders)
    @rule(which=PICK)
    def collects(self, which: int) -> None:
        number, order = self._order(which)
        locked = self.model.deals[order.deal].state == "locked"
        code = "order_ended" if order.state in ENDED else None
        code = code or (None if locked or order.collected else "not_locked")
        code = code or ("already_collected" if order.collected else None)
        if self.does(code, lambda: handover.collect(self.session, number, self.scene.owner, self.now)):
            self.model.collects(order)

    @precondition(lambda self: self.model.orders)
    @rule(which=PICK)
    def cannot(self, which: int) -> None:
        number, order = self._order(which)
        code = self.model.refusal(order) or ("already_collected" if order.collected else None)
        if self.does(code, lambda: orders.drop(self.session, number, order.person, self.now)):
            self.model.ends(order, foreseen.CANCELLED, self.now, kindly=False)

    @precondition(lambda self: self.model.orders)
    @rule(which=PICK, part=st.sampled_from([1, 2, 4]))
    def refunds(self, which: int, part: int) -> None:
        number, order = self._order(which)
        amount = max(1, order.paid // part)
        code = "order_ended" if order.state in ENDED else "not_paid" if order.state == AWAITING or not order.paid else None
        if self.does(code, lambda: payments.refund(self.session, number, self.scene.owner, self.now, amount)):
            self.model.refund(order, amount, self.now)

"""Orders, what is put onto them and what becomes of them: the part of machine_of_deals that is paid."""

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule
from sqlalchemy import Select, case, func, select

from models import discounts, handover, ledger, orders, payments, wallet
from models.group_buys import rounds
from models.ledger import Unit
from models.movements import BACK, payment_table
from models.orders import order_table
from models.states import PaymentState
from models.vouchers import voucher_table
from tests.ledger import foreseen
from tests.ledger.foreseen import AWAITING, ENDED, Order
from tests.ledger.machine_run import same
from tests.ledger.machine_stage import AMOUNTS, PICK, SURE, YES, Stage

HOW = st.sampled_from([
    "points", "points", "wallet", "wallet", "voucher", "voucher", "voucher", "anybody's voucher", "paid", "collected",
    "paid and collected", "dropped", "refunded", "refunded in part", "given back",
])  # fmt: skip


def _paid_of_orders() -> Select[*tuple[object, ...]]:
    o, p = order_table.c, payment_table.c
    is_back, due = p.kind.in_(BACK), p.state == PaymentState.DUE
    keeps = case((is_back & (p.state != PaymentState.VOID), -p.amount), (~is_back & (p.state == PaymentState.CONFIRMED), p.amount))
    kept, back = func.coalesce(func.sum(keeps), 0), func.coalesce(func.sum(case((is_back & due, p.amount))), 0)
    query = select(o.id, o.state, o.total, o.pay_by, kept, back).outerjoin(payment_table, p.order_id == o.id)
    return query.group_by(o.id, o.state, o.total, o.pay_by)


_ORDERS = _paid_of_orders()
_DEALS = select(rounds.c.id, rounds.c.members, rounds.c.pieces)
_VOUCHERS = select(*(voucher_table.c[name] for name in ("reason", "person_id", "value", "valid_until", "state", "order_id")))


class Ordering(Stage):
    """What people put onto their orders, and what the shop says of them. Most have something in their wallets."""

    def __init__(self) -> None:
        super().__init__()
        for who in list(self.people)[1:]:
            self.thanks(who, 900, False)
            self.thanks(who, 70, True)

    def _order(self, which: int) -> tuple[int, Order]:
        """One of all; most of the time one that waits for its money, if one does."""
        waiting = [number for number, one in self.model.orders.items() if one.state == AWAITING] if which % 4 else []
        among = sorted(waiting or self.model.orders)
        return among[which // 4 % len(among)], self.model.orders[among[which // 4 % len(among)]]

    # Money and points that come from elsewhere

    @rule(amount=AMOUNTS, points=YES)
    def thanks_everybody(self, amount: int, points: bool) -> None:
        for who in self.people:
            self.thanks(who, amount, points)

    def thanks(self, who: str, amount: int, points: bool) -> None:
        unit, kind = (Unit.POINTS, "points") if points else (Unit.MONEY, "wallet")
        shop, person = self.scene.shop, self.people[who]
        to = ledger.points(shop, person) if points else ledger.wallet(shop, person)
        ledger.transfer(
            self.session, reason=self.next_key(), debit=ledger.shop(shop, unit), credit=to, amount=amount, now=self.now
        )
        self.model.move(("shop points" if points else "shop", 0), (kind, person), amount)

    # What is put onto an order, and what becomes of it

    @precondition(lambda self: self.model.orders)
    @rule(which=PICK, how=HOW, voucher=PICK, all_of_them=SURE)
    def an_order_is(self, which: int, how: str, voucher: int, all_of_them: bool) -> None:
        for one in range(0, 4 * len(self.model.orders), 4) if all_of_them else [which]:
            self._becomes(one, how, voucher)

    def _becomes(self, which: int, how: str, voucher: int) -> None:
        {
            "points": self.uses_points, "wallet": self.uses_wallet, "paid": self.pays, "collected": self.collects,
            "voucher": lambda which: self.uses_voucher(which, voucher, False),
            "anybody's voucher": lambda which: self.uses_voucher(which, voucher, True),
            "dropped": self.cannot,
            "paid and collected": self.pays_and_collects, "refunded": self.refunds, "given back": self.gives_back,
            "refunded in part": lambda which: self.refunds(which, True),
        }[how](which)  # fmt: skip

    def everybody_pays_and_collects(self) -> None:
        for number, order in sorted(self.model.orders.items()):
            if order.under_way:
                self._pays(number)
                self._collects(number)

    def uses_voucher(self, which: int, voucher: int, anybodys: bool) -> None:
        number, order = self._order(which)
        if not self.model.vouchers:
            return
        mine = [reason for reason, one in sorted(self.model.vouchers.items()) if one.person == order.person]
        among = mine if mine and not anybodys else sorted(self.model.vouchers)
        reason = among[voucher % len(among)]
        found = select(voucher_table.c.id).where(voucher_table.c.reason == reason)
        voucher_id = self.session.execute(found).scalar_one()
        code = self.model.voucher_refusal(order, reason)
        if self.does(code, lambda: discounts.use_voucher(self.session, number, order.person, voucher_id, self.now)):
            self.model.puts_voucher(number, reason)
            self.happened()

    def uses_points(self, which: int) -> None:
        number, order = self._order(which)
        code = self.model.refusal(order)
        if code is None and not self.model.puts_points(order):
            code = "points_none"
        self.does(code, lambda: discounts.use_points(self.session, number, order.person, self.now))
        self.happened()

    def uses_wallet(self, which: int) -> None:
        number, order = self._order(which)
        code = self.model.refusal(order)
        if code is None and not self.model.puts_wallet(order):
            code = "wallet_empty_order"
        self.does(code, lambda: wallet.spend(self.session, number, order.person, self.now))
        self.happened()

    def pays(self, which: int) -> None:
        self._pays(self._order(which)[0])

    def _pays(self, number: int) -> None:
        order = self.model.orders[number]
        if self.does(
            self.model.refusal(order), lambda: payments.confirm(self.session, number, self.scene.owner, self.now)
        ):
            self.model.puts_cash(order)
            self.happened()

    def collects(self, which: int) -> None:
        self._collects(self._order(which)[0])

    def _collects(self, number: int) -> None:
        order = self.model.orders[number]
        locked = self.model.deals[order.deal].state == "locked"
        code = "order_ended" if order.state in ENDED else None
        code = code or (None if locked or order.collected else "not_locked")
        code = code or ("already_collected" if order.collected else None)
        if self.does(code, lambda: handover.collect(self.session, number, self.scene.owner, self.now)):
            self.model.collects(order)
            self.happened()

    def pays_and_collects(self, which: int) -> None:
        """What most people do."""
        number, _ = self._order(which)
        self._pays(number)
        self._collects(number)

    def cannot(self, which: int) -> None:
        number, order = self._order(which)
        code = self.model.refusal(order) or ("already_collected" if order.collected else None)
        if self.does(code, lambda: orders.drop(self.session, number, order.person, self.now)):
            self.model.ends(order, foreseen.CANCELLED, kindly=False)
            self.happened()

    def refunds(self, which: int, part: bool = False) -> None:
        """All of it, or a part that is more or less than half."""
        paid = [number for number, one in sorted(self.model.orders.items()) if one.paid and one.state not in ENDED]
        number = paid[which // 4 % len(paid)] if paid and which % 4 else self._order(which)[0]
        order = self.model.orders[number]
        amount = max(1, order.paid * (1 + which % 3) // 4 if part else order.paid)
        code = "order_ended" if order.state in ENDED else "not_paid" if order.state == AWAITING or not order.paid else None
        if self.does(code, lambda: payments.refund(self.session, number, self.scene.owner, self.now, amount)):
            self.model.refund(order, amount)
            self.happened()

    def gives_back(self, which: int) -> None:
        """The owner has handed the cash back."""
        due = [number for number, order in sorted(self.model.orders.items()) if order.change or order.back]
        number = due[which % len(due)] if due else self._order(which)[0]
        code = None if due else "already_settled"
        if self.does(code, lambda: payments.given_back(self.session, number, self.scene.owner, self.now)):
            self.model.orders[number].change = self.model.orders[number].back = 0

    # What must be so

    @invariant()
    def orders_are_the_models(self) -> None:
        self.session.flush()
        found = {row.id: tuple(row)[1:] for row in self.session.execute(_ORDERS)}
        same(found, {
            number: (one.state, one.total, one.pay_by, one.paid, one.change + one.back) for number, one in self.model.orders.items()
        })
        members = {row.id: tuple(row)[1:] for row in self.session.execute(_DEALS)}
        same(members, {n: (len(deal.told), sum(deal.pieces.values())) for n, deal in self.model.deals.items()})

    @invariant()
    def vouchers_are_the_models(self) -> None:
        found = {row.reason: tuple(row)[1:] for row in self.session.execute(_VOUCHERS)}
        same(found, {
            reason: (one.person, one.value, one.until, one.state, one.order) for reason, one in self.model.vouchers.items()
        })


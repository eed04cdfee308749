"""Group buys and orders in any order, with wallets, points and vouchers on them: the part of machine_of_deals that is bought."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule
from sqlalchemy import Select, case, func, select

from models import discounts, group_buys, handover, joins, ledger, locks, notices, orders, payments, wallet
from models.group_buys import rounds
from models.ledger import Unit
from models.movements import BACK, payment_table
from models.orders import order_table
from models.prices import Step
from models.seats import Way
from models.states import PaymentState
from models.vouchers import voucher_table
from models.wishes import Change, How
from tests.ledger import foreseen
from tests.ledger.foreseen import AWAITING, ENDED, MOST_LEAVES, MOST_PIECES, GroupBuy, Order
from tests.ledger.machine_run import same
from tests.ledger.machine_stage import AMOUNTS, PICK, SURE, WHO, YES, Stage

MOST_DEALS = 5
HOW = How(Way.TAPPED)


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


class Buying(Stage):
    """What people buy, and what they put onto it."""

    def _order(self, which: int) -> tuple[int, Order]:
        """One of all; most of the time one that waits for its money, if one does."""
        waiting = [number for number, one in self.model.orders.items() if one.state == AWAITING] if which % 4 else []
        among = sorted(waiting or self.model.orders)
        return among[which // 4 % len(among)], self.model.orders[among[which // 4 % len(among)]]

    def _deal(self, which: int) -> tuple[int, GroupBuy]:
        number = sorted(self.model.deals)[which % len(self.model.deals)]
        return number, self.model.deals[number]

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

    # Group buys

    def opens(self, upfront: bool, pears: bool) -> None:
        terms = group_buys.Terms(
            shop_id=self.scene.shop, circle_id=self.scene.circle, product_id=self.products[pears], price=foreseen.PRICE,
            ladder=(Step(foreseen.STEP_AT, foreseen.STEP),), closes_at=self.now + foreseen.OPEN_FOR, minimum=1,
            per_member=MOST_PIECES, collect="upfront" if upfront else "after_lock",
            pay_within=int(foreseen.PAY_WITHIN.total_seconds()),
        )  # fmt: skip
        number, facts = group_buys.open_round(self.session, terms, self.now)
        notices.notify(self.session, facts, self.now)
        self.model.deals[number] = GroupBuy(upfront, self.products[pears], terms.closes_at)

    @precondition(lambda self: len(self.model.deals) < MOST_DEALS)
    @rule(upfront=YES, pears=YES)
    def something_opens(self, upfront: bool, pears: bool) -> None:
        self.opens(upfront, pears)

    @rule(who=WHO, which=PICK)
    def joins(self, who: str, which: int) -> None:
        """One piece, or one more."""
        number, deal = self._deal(which)
        person, held = self.people[who], deal.pieces.get(self.people[who], 0)
        code = None if deal.state == "open" else "not_open"
        code = code or (None if person in self.model.there else "not_a_member")
        code = code or ("left_twice" if deal.left[person] >= MOST_LEAVES else "over_limit" if held == MOST_PIECES else None)
        code = code or ("bad_move" if person in deal.released else None)
        if self.does(code, lambda: joins.change(self.session, number, person, Change("add", 1), HOW, self.now)):
            deal.told[person] = deal.price(len(deal.told.keys() | {person}))
            deal.pieces[person] = held + 1
            if deal.upfront:
                self._follows(number, person)
            self.happened()

    @rule(who=WHO, which=PICK, all_of_it=YES)
    def takes_away(self, who: str, which: int, all_of_it: bool) -> None:
        """One piece fewer, or none at all."""
        number, deal = self._deal(which)
        person, held = self.people[who], deal.pieces.get(self.people[who], 0)
        code = None if deal.state == "open" else "not_open"
        code = code or (None if person in self.model.there or (held and all_of_it) else "not_a_member")
        code = code or (None if held else "nothing_to_take")
        wish = Change("leave") if all_of_it else Change("add", -1)
        if self.does(code, lambda: joins.change(self.session, number, person, wish, HOW, self.now)):
            self.gives_up(number, person) if all_of_it or held == 1 else self._holds(number, person, held - 1)
            self.happened()

    def _holds(self, number: int, person: int, pieces: int) -> None:
        deal = self.model.deals[number]
        deal.pieces[person], deal.told[person] = pieces, deal.price(len(deal.told))
        if deal.upfront:
            self._follows(number, person)

    def gives_up(self, number: int, person: int) -> None:
        deal, order = self.model.deals[number], self._live(number, person)
        deal.left[person] += 1
        if order is None:
            deal.frees(person)
        else:
            self.model.ends(order, foreseen.CANCELLED, kindly=False)

    def _live(self, deal: int, person: int) -> Order | None:
        mine = [one for one in self.model.orders.values() if (one.deal, one.person) == (deal, person)]
        return next((one for one in mine if one.state not in ENDED), None)

    def _follows(self, number: int, person: int) -> None:
        """Paid upfront: the order stands from joining on and follows the seat."""
        order, deal = self._live(number, person), self.model.deals[number]
        if order is None:
            self.made(number, person, deal.told[person])
        else:
            self.model.resizes(order, deal.told[person], deal.pieces[person])

    def falls_due(self) -> None:
        super().falls_due()
        due = [number for number, deal in self.model.deals.items() if deal.state == "open" and deal.closes <= self.now]
        for number in due:
            for person in self.model.locks(number):
                deal = self.model.deals[number]
                self.made(number, person, deal.price(len(deal.told)))
        self.model.lapses()

    def _seats(self, person: int) -> list[int]:
        return [number for number, deal in self.model.deals.items() if deal.state == "open" and person in deal.told]

    def open_still(self, person: int) -> bool:
        """An order under way that is not let go with its seat, or cash on its way back: also what letting go makes so."""
        mine, seats = [one for one in self.model.orders.values() if one.person == person], self._seats(person)
        return super().open_still(person) or any(one.change or one.back for one in mine) or any(
            one.under_way and (one.deal not in seats or one.cash) for one in mine
        )

    def forgets(self, person: int) -> None:
        for number in self._seats(person):
            self.gives_up(number, person)
        self.happened()
        super().forgets(person)

    def made(self, deal: int, person: int, price: int) -> None:
        mine = order_table.c.round_id == deal, order_table.c.person_id == person
        number = self.session.execute(select(func.max(order_table.c.id)).where(*mine)).scalar_one()
        assert number is not None
        assert number not in self.model.orders
        pieces = self.model.deals[deal].pieces[person]
        self.model.orders[number] = Order(person, deal, price, self.now + foreseen.PAY_WITHIN, self.now, pieces)

    @rule(which=PICK, sure=SURE)
    def recalls(self, which: int, sure: bool) -> None:
        number, _ = self._deal(which)
        if sure and self.model.recallable(number):
            self.does(None, lambda: locks.recall(self.session, number, self.scene.owner, self.now))
            self.model.recalls(number)
            self.happened()

    @precondition(lambda self: len(self.model.deals) < MOST_DEALS)
    @rule(upfront=YES, pears=YES, completed=YES)
    def a_whole_group_buy(self, upfront: bool, pears: bool, completed: bool) -> None:
        """Everybody joins, it locks, and perhaps everybody pays and collects."""
        self.everybody_joins(upfront, pears)
        self.looks()
        self.time_passes(timedelta(minutes=61))
        self.looks()
        if completed:
            self.everybody_pays_and_collects()

    def looks(self) -> None:
        """In the middle of a step, as after each."""
        self.nothing_is_wrong()
        self.balances_are_the_models()
        self.orders_are_the_models()
        self.vouchers_are_the_models()

    def everybody_joins(self, upfront: bool, pears: bool) -> None:
        """Who is there joins what opened last; if nothing is open, something opens."""
        if all(deal.state != "open" for deal in self.model.deals.values()):
            self.opens(upfront, pears)
        for who in self.people:
            if self.people[who] in self.model.there:
                self.joins(who, len(self.model.deals) - 1)

    # What is put onto an order, and what becomes of it

    @precondition(lambda self: self.model.orders)
    @rule(which=PICK, what=st.sampled_from(["points", "wallet", "voucher", "voucher", "anybody's voucher"]), voucher=PICK)
    def puts_onto(self, which: int, what: str, voucher: int) -> None:
        if what == "points":
            self.uses_points(which)
        elif what == "wallet":
            self.uses_wallet(which)
        elif self.model.vouchers:
            self.uses_voucher(which, voucher, what != "voucher")

    @precondition(lambda self: self.model.orders)
    @rule(which=PICK, how=st.sampled_from([
        "all paid and collected", "paid and collected", "paid", "collected", "dropped", "refunded", "refunded in part"
    ]))  # fmt: skip
    def happens_to(self, which: int, how: str) -> None:
        {
            "all paid and collected": lambda _: self.everybody_pays_and_collects(), "paid": self.pays, "collected": self.collects,
            "paid and collected": self.pays_and_collects, "dropped": self.cannot, "refunded": self.refunds,
            "refunded in part": lambda which: self.refunds(which, True),
        }[how](which)  # fmt: skip

    def everybody_pays_and_collects(self) -> None:
        for number, order in sorted(self.model.orders.items()):
            if order.under_way:
                self._pays(number)
                self._collects(number)

    def uses_voucher(self, which: int, voucher: int, anybodys: bool) -> None:
        number, order = self._order(which)
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

    @precondition(lambda self: any(order.change or order.back for order in self.model.orders.values()))
    @rule(which=PICK)
    def gives_back(self, which: int) -> None:
        """The owner has handed the cash back."""
        due = [number for number, order in sorted(self.model.orders.items()) if order.change or order.back]
        number = due[which % len(due)]
        self.does(None, lambda: payments.given_back(self.session, number, self.scene.owner, self.now))
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


"""Group buys that are opened, joined, left, locked, recalled, done: the part of machine_of_deals that is bought."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule
from sqlalchemy import func, select

from models import group_buys, joins, locks, notices
from models.orders import order_table
from models.prices import Step
from models.seats import Way
from models.wishes import Change, How
from tests.ledger import foreseen
from tests.ledger.foreseen import ENDED, MOST_LEAVES, MOST_PIECES, GroupBuy, Order
from tests.ledger.machine_orders import Ordering
from tests.ledger.machine_stage import PICK, WHO, YES

MOST_DEALS = 6
HOW = How(Way.TAPPED)
ANEW = ("opens", "is locked", "is done")
FIRST = st.sampled_from(["is locked", "is done", "opens"])
WHAT = st.sampled_from(["is done", "is locked", "opens", "is joined", "is joined", "is left in part", "is left", "is recalled"])


class Buying(Ordering):
    """What people join, and what becomes of it."""

    def _deal(self, which: int) -> tuple[int, GroupBuy]:
        number = sorted(self.model.deals)[which % len(self.model.deals)]
        return number, self.model.deals[number]

    @initialize(what=FIRST, upfront=YES, pears=YES)
    def the_first_group_buys(self, what: str, upfront: bool, pears: bool) -> None:
        """One is there from the beginning: it locks, or goes on beside another."""
        self.a_group_buy("Ann", 0, what, upfront, pears)

    @rule(who=WHO, which=PICK, what=WHAT, upfront=YES, pears=YES)
    def a_group_buy(self, who: str, which: int, what: str, upfront: bool, pears: bool) -> None:
        if what in ANEW and len(self.model.deals) == MOST_DEALS:
            return
        {
            "opens": lambda: self.opens(upfront, pears), "is joined": lambda: self.joins(who, which),
            "is left in part": lambda: self.takes_away(who, which, False), "is left": lambda: self.takes_away(who, which, True),
            "is recalled": lambda: self.recalls(which), "is locked": lambda: self.is_locked(upfront, pears),
            "is done": lambda: self.is_done(upfront, pears),
        }[what]()  # fmt: skip

    def is_done(self, upfront: bool, pears: bool) -> None:
        """Everybody joins, it locks, everybody pays and collects."""
        self.is_locked(upfront, pears)
        self.everybody_pays_and_collects()

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

    def recalls(self, which: int) -> None:
        number, _ = self._deal(which)
        if self.model.recallable(number):
            self.does(None, lambda: locks.recall(self.session, number, self.scene.owner, self.now))
            self.model.recalls(number)
            self.happened()

    def is_locked(self, upfront: bool, pears: bool) -> None:
        """Everybody joins, and it locks."""
        self.everybody_joins(upfront, pears)
        self.looks()
        self.time_passes(timedelta(minutes=61))
        self.looks()

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

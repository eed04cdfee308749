"""What balances, vouchers and orders must be after each step of machine_of_deals: dictionaries, and no code of the bot's.

Invariants: it never reads the database; what is drawn by lot is told to it (who, how much), what follows from that it foresees.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

PRICE, STEP_AT, STEP = 3990, 2, 3600  # one piece, and what it costs from two people on
PAY_WITHIN, OPEN_FOR, GRACE = timedelta(hours=48), timedelta(hours=1), timedelta(days=3)
MOST_PIECES, MOST_LEAVES = 5, 2
AWAITING, PAID, COMPLETED, LAPSED, CANCELLED, REFUNDED = "awaiting", "paid", "completed", "lapsed", "cancelled", "refunded"
ENDED = (LAPSED, CANCELLED, REFUNDED)


@dataclass
class Voucher:
    """A voucher by what it was given for."""

    person: int
    value: int
    until: datetime
    percent: bool = False
    most: int | None = None
    least: int = 0  # of the goods
    only: int | None = None  # a product
    state: str = "granted"
    order: int | None = None

    def off(self, goods: int) -> int:
        full = goods * self.value // 100 if self.percent else self.value
        return min(full, goods, goods if self.most is None else self.most)


@dataclass
class Order:
    """An order, and what has come for it."""

    person: int
    deal: int
    price: int
    pay_by: datetime | None
    made: datetime
    pieces: int = 1
    state: str = AWAITING
    voucher: str | None = None
    off: int = 0
    points: int = 0
    wallet: int = 0
    cash: int = 0
    credited: int = 0
    change: int = 0  # cash that is to be given back, as it became smaller
    back: int = 0  # cash that is to be given back, as it ended
    collected: bool = False
    completed: datetime | None = None

    @property
    def goods(self) -> int:
        return self.price * self.pieces

    @property
    def total(self) -> int:
        return self.goods - self.off - self.points

    @property
    def paid(self) -> int:
        return self.wallet + self.cash - self.credited

    @property
    def due(self) -> int:
        return max(0, self.total - self.paid)

    @property
    def under_way(self) -> bool:
        return self.state in (AWAITING, PAID)


@dataclass
class GroupBuy:
    """A group buy: who holds a seat, the price they were told, how much they hold."""

    upfront: bool
    product: int
    closes: datetime
    state: str = "open"
    told: dict[int, int] = field(default_factory=dict)
    pieces: dict[int, int] = field(default_factory=dict)
    left: Counter[int] = field(default_factory=Counter)
    released: set[int] = field(default_factory=set)  # their seat was taken from them for good

    def price(self, members: int) -> int:
        return min([PRICE if members < STEP_AT else STEP, *self.told.values()])

    def frees(self, person: int) -> None:
        self.told.pop(person)
        self.pieces.pop(person)


class Foreseen:
    """Accounts by a word and a number, vouchers by their reason, orders and group buys by their number; who is in the circle."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.balances: dict[tuple[str, int], int] = defaultdict(int)
        self.vouchers: dict[str, Voucher] = {}
        self.orders: dict[int, Order] = {}
        self.deals: dict[int, GroupBuy] = {}
        self.joined: dict[int, datetime] = {}  # when somebody was in the circle first
        self.there: set[int] = set()  # who is in it now
        self.owner = 0

    def move(self, source: tuple[str, int], to: tuple[str, int], amount: int) -> None:
        self.balances[source] -= amount
        self.balances[to] += amount

    def why_not(self, person: int, standing: timedelta) -> str | None:
        """Why somebody may not take part in what the circle is given."""
        if person not in self.there:
            return "left"
        if person == self.owner:
            return "owner"
        return "new" if self.joined[person] > self.now - standing else None

    # An order and what a member puts onto it

    def refusal(self, order: Order) -> str | None:
        return "order_ended" if order.state in ENDED else None if order.state == AWAITING else "already_paid"

    def voucher_refusal(self, order: Order, reason: str) -> str | None:
        voucher = self.vouchers[reason]
        why = {
            "voucher_one_an_order": order.voucher is not None, "not_yours": voucher.person != order.person,
            "voucher_used": voucher.state != "granted", "voucher_expired": voucher.until <= self.now,
            "voucher_scope": voucher.only not in (None, self.deals[order.deal].product),
            "voucher_min": order.goods < voucher.least,
            "voucher_nothing": min(voucher.off(order.goods), order.goods - order.points) <= 0,
        }  # fmt: skip
        return self.refusal(order) or next((code for code, so in why.items() if so), None)

    def puts_voucher(self, number: int, reason: str) -> None:
        order, voucher = self.orders[number], self.vouchers[reason]
        order.voucher, order.off = reason, min(voucher.off(order.goods), order.goods - order.points)
        voucher.state, voucher.order = "used", number
        self.credit(order)
        self.paid_up(order)

    def puts_points(self, order: Order) -> int:
        amount = max(0, min(self.balances["points", order.person], order.total, order.due))
        self.move(("points", order.person), ("shop points", 0), amount)
        order.points += amount
        if amount:
            self.paid_up(order)
        return amount

    def puts_wallet(self, order: Order) -> int:
        amount = max(0, min(self.balances["wallet", order.person], order.due))
        self.move(("wallet", order.person), ("shop", 0), amount)
        order.wallet += amount
        if amount:
            self.paid_up(order)
        return amount

    def puts_cash(self, order: Order) -> None:
        order.cash += order.due
        self.paid_up(order)

    def paid_up(self, order: Order) -> None:
        if order.state == AWAITING and not order.due:
            order.state, order.pay_by = COMPLETED if order.collected else PAID, None
            order.completed = self.now if order.collected else None

    def credit(self, order: Order) -> None:
        """What was paid above the total goes into the wallet."""
        excess = max(0, order.paid - order.total)
        self.move(("shop", 0), ("wallet", order.person), excess)
        order.credited += excess

    def collects(self, order: Order) -> None:
        order.collected, order.pay_by = True, None
        if order.state == PAID:
            order.state, order.completed = COMPLETED, self.now

    def refund(self, order: Order, amount: int) -> None:
        whole = amount == order.paid
        self.gives(order, amount)
        if whole:
            order.state, order.pay_by = REFUNDED, None
            self.own_back(order, kindly=False)
            if not order.collected:
                self.deals[order.deal].frees(order.person)
                self.deals[order.deal].released.add(order.person)

    def gives(self, order: Order, amount: int) -> int:
        """Cash first, how much of it; the rest into the wallet."""
        cash = min(amount, order.cash)
        order.cash -= cash
        order.wallet -= amount - cash
        self.move(("shop", 0), ("wallet", order.person), amount - cash)
        return cash

    def ends(self, order: Order, state: str, *, kindly: bool) -> None:
        """Dropped, lapsed or called off: everything goes back."""
        order.state, order.pay_by = state, None
        self.own_back(order, kindly=kindly)
        order.back += self.gives(order, order.paid)
        self.deals[order.deal].frees(order.person)

    def own_back(self, order: Order, *, kindly: bool) -> None:
        """The voucher is good again, the points are back; the order keeps its lines as a record."""
        self.move(("shop points", 0), ("points", order.person), order.points)
        self.voucher_back(order, kindly=kindly)

    def voucher_back(self, order: Order, *, kindly: bool) -> None:
        if order.voucher is not None:
            voucher = self.vouchers[order.voucher]
            voucher.state, voucher.order = "granted", None
            voucher.until = max(voucher.until, self.now + GRACE) if kindly else voucher.until

    def rewrites(self, order: Order, price: int, pieces: int, *, strict: bool) -> None:
        """It is for so much now: its voucher and its points follow, and what does not fit goes back."""
        order.price, order.pieces = price, pieces
        if order.voucher is not None:
            voucher = self.vouchers[order.voucher]
            order.off = 0 if strict and order.goods < voucher.least else voucher.off(order.goods)
            if not order.off:
                self.voucher_back(order, kindly=False)
                order.voucher = None
        stay = min(order.points, order.goods - order.off)
        self.move(("shop points", 0), ("points", order.person), order.points - stay)
        order.points = stay

    # A group buy

    def resizes(self, order: Order, price: int, pieces: int) -> None:
        """Paid upfront and still open: the order follows its seat; what is too much is to be given back, in one sum."""
        self.rewrites(order, price, pieces, strict=True)
        excess = max(0, order.paid + order.change - order.total)
        if excess != order.change:
            order.cash, order.change = order.cash + order.change, 0
            order.change = self.gives(order, excess)
        if order.state == PAID and order.due:
            order.state, order.pay_by = AWAITING, self.now + PAY_WITHIN
        elif order.state == AWAITING:
            self.paid_up(order)

    def locks(self, number: int) -> list[int]:
        """The deadline; who has to get an order now, in the order of joining."""
        deal = self.deals[number]
        if not deal.told:
            deal.state = "failed"
            return []
        final, deal.state = deal.price(len(deal.told)), "locked"
        if not deal.upfront:
            return list(deal.told)
        for order in self.of(number):
            self.settles(order, final)
        return []

    def settles(self, order: Order, final: int) -> None:
        """Paid upfront, and the price may have fallen: the difference goes into the wallet."""
        self.rewrites(order, final, order.pieces, strict=False)
        if order.due:
            order.state, order.pay_by = AWAITING, self.now + PAY_WITHIN
            return
        self.paid_up(order)
        self.credit(order)

    def of(self, number: int) -> list[Order]:
        """The orders of a group buy that stand and were not handed over."""
        return [one for one in self.orders.values() if one.deal == number and one.under_way and not one.collected]

    def recallable(self, number: int) -> bool:
        standing = any(one.deal == number and one.under_way for one in self.orders.values())
        return self.deals[number].state == "open" or (self.deals[number].state == "locked" and standing)

    def recalls(self, number: int) -> None:
        deal = self.deals[number]
        for order in self.of(number):
            self.ends(order, CANCELLED, kindly=True)
        kept = {one.person for one in self.orders.values() if one.deal == number and one.collected}
        for person in set(deal.told) - kept:
            deal.frees(person)
        deal.state = "cancelled"

    def lapses(self) -> None:
        for order in self.orders.values():
            if order.state == AWAITING and not order.collected and order.pay_by is not None and order.pay_by <= self.now:
                self.ends(order, LAPSED, kindly=False)

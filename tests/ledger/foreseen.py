"""What balances, vouchers and orders must be after each step of machine_of_deals: dictionaries, and no code of the bot's.

Invariants: it never reads the database; what is drawn by lot is told to it (who, how much), what follows from that it foresees.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

PRICE, STEP_AT, STEP = 3990, 2, 3600  # honey oranges, and what they cost from two people on
PAY_WITHIN, OPEN_FOR, GRACE = timedelta(hours=48), timedelta(hours=1), timedelta(days=3)
AWAITING, PAID, COMPLETED, LAPSED, CANCELLED, REFUNDED = "awaiting", "paid", "completed", "lapsed", "cancelled", "refunded"
ENDED = (LAPSED, CANCELLED, REFUNDED)


@dataclass
class Voucher:
    """A voucher by what it was given for."""

    person: int
    value: int
    until: datetime
    state: str = "granted"
    order: int | None = None


@dataclass
class Order:
    """An order of one piece, and what has come for it."""

    person: int
    deal: int
    price: int
    pay_by: datetime | None
    made: datetime
    state: str = AWAITING
    voucher: str | None = None
    off: int = 0
    points: int = 0
    wallet: int = 0
    cash: int = 0
    credited: int = 0
    collected: bool = False

    @property
    def total(self) -> int:
        return self.price - self.off - self.points

    @property
    def paid(self) -> int:
        return self.wallet + self.cash - self.credited

    @property
    def due(self) -> int:
        return max(0, self.total - self.paid)


@dataclass
class GroupBuy:
    """A group buy: who holds a seat, and the price they were told."""

    upfront: bool
    closes: datetime
    state: str = "open"
    told: dict[int, int] = field(default_factory=dict)
    came: set[int] = field(default_factory=set)

    def price(self, members: int) -> int:
        return min([PRICE if members < STEP_AT else STEP, *self.told.values()])


class Foreseen:
    """Accounts by a word and a number, vouchers by their reason, orders and group buys by their number."""

    def __init__(self) -> None:
        self.balances: dict[tuple[str, int], int] = defaultdict(int)
        self.vouchers: dict[str, Voucher] = {}
        self.orders: dict[int, Order] = {}
        self.deals: dict[int, GroupBuy] = {}

    def move(self, source: tuple[str, int], to: tuple[str, int], amount: int) -> None:
        self.balances[source] -= amount
        self.balances[to] += amount

    # An order and what a member puts onto it

    def refusal(self, order: Order) -> str | None:
        return "order_ended" if order.state in ENDED else None if order.state == AWAITING else "already_paid"

    def voucher_refusal(self, order: Order, mine: int, reason: str, now: datetime) -> str | None:
        voucher = self.vouchers[reason]
        if (no := self.refusal(order)) is not None:
            return no
        if order.voucher is not None:
            return "voucher_one_an_order"
        if voucher.person != mine:
            return "not_yours"
        if voucher.state != "granted":
            return "voucher_used"
        if voucher.until <= now:
            return "voucher_expired"
        return None if min(voucher.value, order.price - order.points) > 0 else "voucher_nothing"

    def puts_voucher(self, number: int, reason: str) -> None:
        order, voucher = self.orders[number], self.vouchers[reason]
        order.voucher, order.off = reason, min(voucher.value, order.price, order.price - order.points)
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

    def credit(self, order: Order) -> None:
        """What was paid above the total goes into the wallet."""
        excess = max(0, order.paid - order.total)
        self.move(("shop", 0), ("wallet", order.person), excess)
        order.credited += excess

    def collects(self, order: Order) -> None:
        order.collected, order.pay_by = True, None
        order.state = COMPLETED if order.state == PAID else order.state

    def refund(self, order: Order, amount: int, now: datetime) -> None:
        whole = amount == order.paid
        self.gives(order, amount)
        if whole:
            order.state, order.pay_by = REFUNDED, None
            self.own_back(order, now, kindly=False)
            if not order.collected:
                self.deals[order.deal].told.pop(order.person)

    def gives(self, order: Order, amount: int) -> None:
        """Cash first, the rest into the wallet."""
        cash = min(amount, order.cash)
        order.cash -= cash
        order.wallet -= amount - cash
        self.move(("shop", 0), ("wallet", order.person), amount - cash)

    def ends(self, order: Order, state: str, now: datetime, *, kindly: bool) -> None:
        """Dropped, lapsed or called off: everything goes back."""
        order.state, order.pay_by = state, None
        self.own_back(order, now, kindly=kindly)
        self.gives(order, order.paid)
        self.deals[order.deal].told.pop(order.person)

    def own_back(self, order: Order, now: datetime, *, kindly: bool) -> None:
        """The voucher is good again, the points are back; the order keeps its lines as a record."""
        self.move(("shop points", 0), ("points", order.person), order.points)
        if order.voucher is not None:
            voucher = self.vouchers[order.voucher]
            voucher.state, voucher.order = "granted", None
            voucher.until = max(voucher.until, now + GRACE) if kindly else voucher.until

    # A group buy

    def locks(self, number: int, now: datetime) -> list[int]:
        """The deadline; who has to get an order now, in the order of joining."""
        deal = self.deals[number]
        if not deal.told:
            deal.state = "failed"
            return []
        final, deal.state = deal.price(len(deal.told)), "locked"
        if not deal.upfront:
            return list(deal.told)
        for order in self.of(number):
            self.settles(order, final, now)
        return []

    def settles(self, order: Order, final: int, now: datetime) -> None:
        """Paid upfront, and the price may have fallen: the difference goes into the wallet."""
        order.price = final
        order.off = min(self.vouchers[order.voucher].value, final) if order.voucher else 0
        stay = min(order.points, final - order.off)
        self.move(("shop points", 0), ("points", order.person), order.points - stay)
        order.points = stay
        if order.due:
            order.state, order.pay_by = AWAITING, now + PAY_WITHIN
            return
        self.paid_up(order)
        self.credit(order)

    def of(self, number: int) -> list[Order]:
        """The orders of a group buy that stand and were not handed over."""
        return [one for one in self.orders.values() if one.deal == number and one.state in (AWAITING, PAID) and not one.collected]

    def under_way(self, number: int) -> bool:
        return any(one.deal == number and one.state in (AWAITING, PAID) for one in self.orders.values())

    def recalls(self, number: int, now: datetime) -> None:
        deal = self.deals[number]
        for order in self.of(number):
            self.ends(order, CANCELLED, now, kindly=True)
        kept = {one.person for one in self.orders.values() if one.deal == number and one.collected}
        deal.told = {person: told for person, told in deal.told.items() if person in kept}
        deal.state = "cancelled"

    def lapses(self, now: datetime) -> None:
        for order in self.orders.values():
            if order.state == AWAITING and not order.collected and order.pay_by is not None and order.pay_by <= now:
                self.ends(order, LAPSED, now, kindly=False)

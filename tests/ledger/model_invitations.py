"""What invitations must come to, for machine_of_deals: who is bound to whom, what is promised, pending, paid, owed or void.

Invariant: it follows from the state of orders in the model, never from what the code told.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.ledger.foreseen import CANCELLED, COMPLETED, ENDED, LAPSED, REFUNDED, Foreseen, Order

BOUND, ORDERED, PENDING, FLAGGED, GOOD, VOID = "bound", "ordered", "pending", "flagged", "paid", "void"
PROMISED, SET_ASIDE, UNPAID = (ORDERED, PENDING, FLAGGED, GOOD), (PENDING, FLAGGED), (BOUND, ORDERED, PENDING, FLAGGED)
ZONE = ZoneInfo("Asia/Shanghai")


@dataclass
class Offer:
    """What one campaign gives."""

    campaign: int
    reward: int
    friend_reward: int
    window: timedelta
    hold: timedelta
    per_day: int
    per_month: int
    budget: int
    ends: datetime
    promised: int = 0
    closed: bool = False

    @property
    def both(self) -> int:
        return self.reward + self.friend_reward


@dataclass
class Bond:
    """One friend who came."""

    number: int
    offer: int
    inviter: int
    friend: int
    reward: int
    friend_reward: int
    at: datetime
    until: datetime
    due: datetime | None
    state: str = BOUND
    order: int | None = None
    why: str | None = None

    @property
    def both(self) -> int:
        return self.reward + self.friend_reward

    @property
    def sides(self) -> list[tuple[int, int]]:
        return [(who, amount) for who, amount in ((self.inviter, self.reward), (self.friend, self.friend_reward)) if amount]


class Invitations:
    """Every offer and every bond by its number."""

    def __init__(self, model: Foreseen) -> None:
        self.model = model
        self.offers: dict[int, Offer] = {}
        self.links: list[tuple[int, int]] = []  # offer, whose
        self.bonds: dict[int, Bond] = {}
        self.brought: Counter[tuple[int, int, str]] = Counter()

    # Coming

    def live(self) -> int | None:
        """The offer that a new link is for."""
        there = [(one.ends, number) for number, one in self.offers.items() if one.ends > self.model.now and not one.closed]
        return max(there)[1] if there else None

    def link_refusal(self, person: int) -> str | None:
        if person not in self.model.there:
            return "not_a_member"
        return "invite_none" if self.live() is None else "invite_own_shop" if person == self.model.owner else None

    def standing(self, friend: int) -> Bond | None:
        return next((one for one in self.bonds.values() if one.friend == friend and one.state != VOID), None)

    def again(self, offer: int, inviter: int, friend: int) -> bool:
        """By the same link once more: nothing happens."""
        known = self.standing(friend)
        return known is not None and (known.inviter, known.offer) == (inviter, offer)

    def refusal(self, number: int, inviter: int, friend: int) -> str | None:
        """Why this friend is not bound."""
        offer, bonds = self.offers[number], self.bonds.values()
        why = {
            "invite_over": offer.ends <= self.model.now or offer.closed, "invite_self": inviter == friend,
            "invite_own_shop": friend == self.model.owner,
            "invite_mutual": any((one.inviter, one.friend) == (friend, inviter) for one in bonds),
            "invite_buyer": self._bought(friend),
            "invite_again": any(one.friend == friend and one.state == VOID and one.why not in ("late", "gone") for one in bonds),
            "invite_taken": self.standing(friend) is not None, "invite_gone": inviter not in self.model.there,
        }  # fmt: skip
        return next((code for code, so in why.items() if so), None) or self._no_room(number, inviter)

    def _bought(self, friend: int) -> bool:
        orders = [one for one in self.model.orders.values() if one.person == friend and one.state not in (LAPSED, CANCELLED)]
        return bool(orders) or any(friend in deal.told for deal in self.model.deals.values())

    def _no_room(self, number: int, inviter: int) -> str | None:
        offer, (day, month) = self.offers[number], self._periods()
        if offer.budget - offer.promised < offer.both:
            return "invite_spent"
        if self.brought[number, inviter, month] >= offer.per_month:
            return "invite_full_month"
        return "invite_full_day" if self.brought[number, inviter, day] >= offer.per_day else None

    def _periods(self) -> tuple[str, str]:
        today = self.model.now.astimezone(ZONE).date().isoformat()
        return today, today[:7]

    def binds(self, bond: int, number: int, inviter: int, friend: int) -> None:
        offer, until = self.offers[number], self.model.now + self.offers[number].window
        for period in self._periods():
            self.brought[number, inviter, period] += 1
        self.bonds[bond] = Bond(
            bond, number, inviter, friend, offer.reward, offer.friend_reward, self.model.now, until, until
        )

    # Orders

    def follows(self) -> None:
        """What has become of orders is what becomes of the invitations of those who ordered."""
        for bond in self.bonds.values():
            if bond.state == BOUND:
                self._takes(bond)
            if bond.order is not None and bond.state != VOID:
                self._moves(bond, self.model.orders[bond.order])

    def _takes(self, bond: Bond) -> None:
        """The friend's first order, made in time."""
        mine = [
            (one.made, number) for number, one in self.model.orders.items()
            if one.person == bond.friend and one.state not in ENDED and bond.at <= one.made < bond.until
        ]  # fmt: skip
        if not mine:
            return
        number = min(mine)[1]
        offer = self.offers[bond.offer]
        if offer.promised + bond.both > offer.budget:
            self.void(bond, "spent")
            return
        offer.promised += bond.both
        bond.state, bond.order, bond.due = ORDERED, number, None

    def _moves(self, bond: Bond, order: Order) -> None:
        if order.state == REFUNDED or (order.state == COMPLETED and order.total and order.paid * 2 < order.total):
            self.void(bond, "refunded")
        elif bond.state == ORDERED and order.state in (LAPSED, CANCELLED):
            self.offers[bond.offer].promised -= bond.both
            bond.state, bond.order, bond.due = BOUND, None, max(bond.until, self.model.now)
            self._takes(bond)
        elif bond.state == ORDERED and order.state == COMPLETED:
            offer = self.offers[bond.offer]
            bond.state, bond.due = PENDING, (order.completed or self.model.now) + offer.hold
            for who, amount in bond.sides:
                self.model.move(("campaign", offer.campaign), ("pending", who), amount)

    # Time and the owner's word

    def due(self) -> list[Bond]:
        waits = [(one.due, one.number) for one in self.bonds.values() if one.due is not None and one.due <= self.model.now]
        return [self.bonds[number] for _, number in sorted(waits)]

    def comes_due(self, bond: Bond) -> None:
        if bond.state == BOUND:
            self.void(bond, "late")
        elif len(self.signals(bond)) < 3:
            self.pays(bond)
        else:
            bond.state, bond.due = FLAGGED, None

    def ends(self) -> None:
        """Offers whose time is over: what they never promised is the shop's."""
        for offer in self.offers.values():
            if not offer.closed and offer.ends <= self.model.now:
                offer.closed = True
        self._settles()

    def _settles(self) -> None:
        """After its end an offer keeps what is promised and what friends who came in time may still order for."""
        for number, offer in self.offers.items():
            waits = sum(one.both for one in self.bonds.values() if one.offer == number and one.state == BOUND)
            left = offer.budget - offer.promised - waits
            if offer.closed and left > 0:
                self.model.move(("campaign", offer.campaign), ("shop", 0), left)
                offer.budget -= left

    def pays(self, bond: Bond) -> None:
        bond.state, bond.due = GOOD, None
        for who, amount in bond.sides:
            self.model.move(("pending", who), ("wallet", who), amount)
            owed = min(amount, -self.model.balances["debt", who])
            self.model.move(("wallet", who), ("debt", who), owed)

    def void(self, bond: Bond, why: str) -> None:
        before, campaign = bond.state, ("campaign", self.offers[bond.offer].campaign)
        bond.state, bond.why, bond.due = VOID, why, None
        for who, amount in bond.sides:
            if before in SET_ASIDE:
                self.model.move(("pending", who), campaign, amount)
            elif before == GOOD:
                short = max(0, amount - self.model.balances["wallet", who])
                self.model.move(("debt", who), ("wallet", who), short)
                self.model.move(("wallet", who), campaign, amount)
        if before in PROMISED:
            self.offers[bond.offer].promised -= bond.both
        self._settles()

    def forgets(self, person: int) -> None:
        """Who is erased gets nothing more; the other side keeps what it was promised."""
        for bond in [one for one in self.bonds.values() if one.state in UNPAID and person in (one.inviter, one.friend)]:
            part = bond.reward if person == bond.inviter else bond.friend_reward
            if person == bond.inviter:
                bond.reward = 0
            else:
                bond.friend_reward = 0
            if bond.state in SET_ASIDE:
                self.model.move(("pending", person), ("campaign", self.offers[bond.offer].campaign), part)
            if bond.state in PROMISED:
                self.offers[bond.offer].promised -= part
            if not bond.both:
                self.void(bond, "gone")
        self._settles()

    # What stands out

    def signals(self, bond: Bond) -> list[str]:
        order, joined = self.model.orders[bond.order or 0], self.model.joined.get(bond.friend)
        near = [
            one for one in self.bonds.values()
            if one.inviter == bond.inviter and abs(one.at - bond.at) < timedelta(days=1)
        ]  # fmt: skip
        shown = {
            "newcomer": joined is None or order.made - joined < timedelta(days=7), "left": bond.friend not in self.model.there,
            "hasty": order.made - bond.at < timedelta(minutes=1), "many": len(near) >= 5, "ring": self._ring(bond),
            "refunds": any(self._refunds(who) for who in (bond.friend, bond.inviter)),
        }  # fmt: skip
        return [name for name, shows in shown.items() if shows]

    def _ring(self, bond: Bond) -> bool:
        known, edge = {bond.friend}, {bond.friend}
        for _ in range(6):
            edge = {one.friend for one in self.bonds.values() if one.inviter in edge and one.state != VOID} - known
            if bond.inviter in edge:
                return True
            known |= edge
        return False

    def _refunds(self, person: int) -> bool:
        states = [one.state for one in self.model.orders.values() if one.person == person]
        return states.count(REFUNDED) >= 2 and states.count(REFUNDED) * 3 >= len(states)

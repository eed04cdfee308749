"""What happened to a group buy, its seats, orders, offers and gifts."""

from dataclasses import dataclass
from datetime import datetime

from models.facts.base import Fact, OrderFact


@dataclass(frozen=True)
class RoundOpened(Fact):
    """The card is to be posted."""


@dataclass(frozen=True)
class SeatTaken(Fact):
    """A member joined or changed; what the tap's answer or the acknowledgement says."""

    person_id: int
    quantity: int
    price: int  # of one piece now
    missing: int | None  # to the next step; None when the ladder is at its end
    next_price: int | None  # that step's price; None for a gift or free delivery
    count_by: str  # what `missing` counts: "members" or "pieces"
    below_minimum: int  # how many are still missing to the minimum; 0 when reached
    leads: bool
    pay_by: datetime | None = None  # upfront: until when to pay
    sold_out: bool = False


@dataclass(frozen=True)
class SeatLeft(Fact):
    """A member gave up the seat before the lock."""

    person_id: int
    last_time: bool  # they left twice: they cannot join this one again


@dataclass(frozen=True)
class StepReached(Fact):
    """A step of the ladder fell for the first time: one line in the circle that links to the card."""

    at: int
    price: int


@dataclass(frozen=True)
class LeaderChanged(Fact):
    """The leader left and the next to have joined leads; None when nobody is left."""

    person_id: int | None


@dataclass(frozen=True)
class RoundShort(Fact):
    """Too few at the deadline, yet enough for the owner to accept openly until `decide_by`."""

    count: int
    minimum: int
    decide_by: datetime


@dataclass(frozen=True)
class RoundLocked(Fact):
    """The price is fixed; orders stand."""

    price: int
    members: int
    pieces: int
    accepted_short: bool


@dataclass(frozen=True)
class RoundFailed(Fact):
    """It did not come about; nobody owes anything."""

    count: int
    minimum: int


@dataclass(frozen=True)
class RoundRecalled(Fact):
    """The owner stopped the offer; every buyer is told and gets back what was paid."""


@dataclass(frozen=True)
class RoundEnded(Fact):
    """Every order is completed or ended."""


@dataclass(frozen=True)
class PaymentAsked(OrderFact):
    """After the lock, an accepted offer, or upfront at joining: what is owed, until when."""

    unit_price: int
    quantity: int
    due: int
    pay_by: datetime
    reason: str  # "lock" | "offer" | "upfront" | "change" | "rejected"


@dataclass(frozen=True)
class OrderSettledAtLock(OrderFact):
    """Upfront: the final price against what was paid; `back` is in the wallet now."""

    unit_price: int
    quantity: int
    total: int
    paid: int
    back: int


@dataclass(frozen=True)
class PaymentClaimed(OrderFact):
    """A member says they have paid; the owner is asked."""

    amount: int


@dataclass(frozen=True)
class PaymentConfirmed(OrderFact):
    """The owner says it arrived."""

    amount: int


@dataclass(frozen=True)
class PaymentDenied(OrderFact):
    """The owner says it has not arrived; the timer runs again."""

    pay_by: datetime


@dataclass(frozen=True)
class MoneyBackDue(OrderFact):
    """Money is to be given back; the owner sees to it. `kind` is "refund"."""

    amount: int
    kind: str
    why: str  # "failed" | "recalled" | "lock_difference" | "dropped" | "complaint" | "owner" | "change"


@dataclass(frozen=True)
class MoneyBackDone(OrderFact):
    """The owner says it was given back."""

    amount: int
    kind: str


@dataclass(frozen=True)
class OrderLapsed(OrderFact):
    """Not paid in time; the pieces go to the waitlist."""

    quantity: int


@dataclass(frozen=True)
class OrderDropped(OrderFact):
    """The member said "I cannot" after the lock."""

    quantity: int


@dataclass(frozen=True)
class PaymentReminder(OrderFact):
    """The pay window ends soon; said once."""

    due: int
    pay_by: datetime


@dataclass(frozen=True)
class OfferMade(Fact):
    """A freed seat is offered to the next on the waitlist until `until`."""

    person_id: int
    waiting_id: int
    quantity: int
    price: int
    until: datetime
    options: tuple[str, ...] = ()  # to choose from when taking it; empty when there are none or one was named already


@dataclass(frozen=True)
class OfferEnded(Fact):
    """The offer expired or was passed on."""

    person_id: int
    waiting_id: int


@dataclass(frozen=True)
class WaitlistClosed(Fact):
    """The group buy ended before this member's turn came."""

    person_id: int


@dataclass(frozen=True)
class GoodsArrived(OrderFact):
    """Come and collect."""

    quantity: int


@dataclass(frozen=True)
class CollectReminder(OrderFact):
    """The goods still wait; said once."""


@dataclass(frozen=True)
class OrderCollected(OrderFact):
    """Handed over; the member is asked again / not again, or what is wrong."""

    completed: bool


@dataclass(frozen=True)
class ComplaintRaised(OrderFact):
    """Something is wrong; the owner decides by a tap."""

    complaint_id: int


@dataclass(frozen=True)
class ComplaintResolved(OrderFact):
    """What the owner does about it: refunded, replaced or credited."""

    complaint_id: int
    resolution: str
    amount: int


@dataclass(frozen=True)
class GiftAccepted(Fact):
    """A friend took the gift; the giver is told. No price in it."""

    gift_id: int
    giver_id: int
    friend_id: int


@dataclass(frozen=True)
class GiftArrived(Fact):
    """The goods of a gift are here: the friend is told to come, without a price. `chosen`: the place they picked."""

    gift_id: int
    giver_id: int
    friend_id: int
    chosen: str | None


@dataclass(frozen=True)
class BuyersThanked(OrderFact):
    """The shop thanks a buyer, one tap for all."""

"""Every state machine of the house as a table, and the one gate that moves a row from one state to the next.

Invariant: a state changes only through `advance()`; a move that no table names raises and nothing is kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from models.errors import DomainError


class RoundState(StrEnum):
    """A group buy's life."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    OPEN = "open"
    DECIDING = "deciding"  # too few at the deadline, yet enough for the owner to accept the short group
    LOCKED = "locked"  # the price is fixed, members pay
    SETTLING = "settling"  # every seat is paid, lapsed or handed over; goods are on their way to their people
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class SeatState(StrEnum):
    """One member's place. Only a held seat counts for the ladder and keeps stock."""

    HELD = "held"
    LEFT = "left"  # by the member, before the lock
    LAPSED = "lapsed"  # not paid in time
    DROPPED = "dropped"  # the member said "I cannot" after the lock
    RELEASED = "released"  # the group buy failed, was recalled, or the order was refunded before handover


class OrderState(StrEnum):
    """What one member owes and gets. Collected is a time on the order, since goods may be handed over before they are paid."""

    AWAITING = "awaiting"
    CLAIMED = "claimed"  # "I have paid": the timer stands until the owner says
    PAID = "paid"
    COMPLETED = "completed"  # paid and collected
    LAPSED = "lapsed"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


class WaitingState(StrEnum):
    """A place on the waitlist."""

    WAITING = "waiting"
    OFFERED = "offered"
    TAKEN = "taken"
    PASSED = "passed"  # declined, or withdrawn by the member
    EXPIRED = "expired"
    CLOSED = "closed"  # the group buy ended before their turn came


class PaymentState(StrEnum):
    """Money of an order that is owed, or that a person says has moved."""

    DUE = "due"
    CONFIRMED = "confirmed"
    VOID = "void"


class CircleState(StrEnum):
    """Whether a shop sells in a group chat."""

    ASKED = "asked"  # someone else than the owner added the bot; the owner has been asked
    APPROVED = "approved"
    REFUSED = "refused"
    GONE = "gone"  # the bot is no longer in the chat


class ComplaintState(StrEnum):
    """"Something is wrong" until the owner taps what is done about it."""

    OPEN = "open"
    REFUNDED = "refunded"
    REPLACED = "replaced"
    CREDITED = "credited"


class GiftState(StrEnum):
    """A seat given to a friend."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


class QuestionState(StrEnum):
    """A question to those who bought, or to the shop."""

    HELD = "held"  # a link or contact in it, or two reports: a person looks first
    OPEN = "open"  # buyers are being asked
    SHOP = "shop"  # waits for the shop: asked of it, or nobody to ask, or nobody answered
    ANSWERED = "answered"
    CLOSED = "closed"  # withdrawn by its asker, or its asker is gone
    REFUSED = "refused"  # a person looked and took it away


class AskState(StrEnum):
    """A question put to one buyer."""

    PUT = "put"
    ANSWERED = "answered"
    DECLINED = "declined"  # "not me"
    IGNORED = "ignored"
    ENDED = "ended"  # no longer needed, or no longer theirs to answer: counts for nothing


class WordsState(StrEnum):
    """An answer, or a showcase: a person's words in front of others."""

    SHOWN = "shown"
    HELD = "held"  # a link or contact in it: a person looks first
    HIDDEN = "hidden"  # two reports: until a person looks
    REMOVED = "removed"  # a person looked and took it away
    DELETED = "deleted"  # by its author


class VoucherState(StrEnum):
    """A voucher that a person was given. Expired is a time on it, not a state."""

    GRANTED = "granted"
    USED = "used"
    WITHDRAWN = "withdrawn"  # by whoever gave it: what it was given for did not stand


class PollState(StrEnum):
    """A members' poll that opens a group buy when enough want it."""

    OPEN = "open"
    UNSURE = "unsure"  # cut off while it left: open again once somebody votes in it or its owner puts it again
    REACHED = "reached"  # enough want it: the group buy is open
    ENDED = "ended"  # its time was over before, or its shop no longer wants to know


class WantState(StrEnum):
    """A wish of a circle's members."""

    OPEN = "open"
    ASKED = "asked"  # enough voices: the owner knows
    OFFERED = "offered"
    DECLINED = "declined"  # the owner said not now
    ENDED = "ended"  # nobody joined it for long, or nobody is left


class DrawState(StrEnum):
    """A lucky draw's life."""

    SCHEDULED = "scheduled"  # its circle has had its posts of the day
    OPEN = "open"
    CLOSED = "closed"  # the tickets' hash is told, the seed is not
    REVEALED = "revealed"
    VOID = "void"  # nobody took part, or it was not revealed in time


class PacketState(StrEnum):
    """The life of a red packet, a split coupon, a voucher drop."""

    SCHEDULED = "scheduled"  # its circle has had its posts of the day
    COLLECTING = "collecting"  # taps are collected: they are drawn, or open it together
    GIVING = "giving"  # whoever taps gets the next share
    ENDED = "ended"


class ReferralState(StrEnum):
    """A friend who came by a member's link (docs/referrals.md)."""

    CLICK = "click"
    BOUND = "bound"
    ORDERED = "ordered"
    PENDING = "pending"  # the order is completed; goods may still be returned
    APPROVED = "approved"
    PAID = "paid"
    VOID = "void"
    FLAGGED = "flagged"  # a person decides


@dataclass(frozen=True)
class Machine:
    """A named table of moves; `start` are the states a new row may have."""

    name: str
    start: frozenset[str]
    moves: Mapping[str, frozenset[str]]

    @property
    def states(self) -> frozenset[str]:
        return frozenset(self.moves)


def _machine(name: str, start: set[str], moves: dict[str, set[str]]) -> Machine:
    return Machine(name, frozenset(start), {state: frozenset(to) for state, to in moves.items()})


R, S, O, W, P, C, X, G = (  # noqa: E741  # one letter a machine keeps each table readable as a table
    RoundState, SeatState, OrderState, WaitingState, PaymentState, CircleState, ComplaintState, GiftState,
)

ROUND = _machine("round", {R.DRAFT, R.SCHEDULED, R.OPEN}, {
    R.DRAFT: {R.SCHEDULED, R.OPEN, R.CANCELLED},
    R.SCHEDULED: {R.OPEN, R.CANCELLED},
    R.OPEN: {R.LOCKED, R.DECIDING, R.FAILED, R.CANCELLED},
    R.DECIDING: {R.LOCKED, R.FAILED, R.CANCELLED},
    R.LOCKED: {R.SETTLING, R.DONE, R.CANCELLED},
    R.SETTLING: {R.DONE, R.CANCELLED},
    R.DONE: set(),
    R.FAILED: set(),
    R.CANCELLED: set(),
})
SEAT = _machine("seat", {S.HELD}, {
    S.HELD: {S.LEFT, S.LAPSED, S.DROPPED, S.RELEASED},
    S.LEFT: {S.HELD},
    S.LAPSED: {S.HELD},  # by taking an offer from the waitlist
    S.DROPPED: {S.HELD},
    S.RELEASED: set(),
})
ORDER = _machine("order", {O.AWAITING}, {
    O.AWAITING: {O.CLAIMED, O.PAID, O.COMPLETED, O.LAPSED, O.CANCELLED},
    O.CLAIMED: {O.AWAITING, O.PAID, O.COMPLETED, O.CANCELLED},
    O.PAID: {O.COMPLETED, O.REFUNDED, O.AWAITING, O.CANCELLED},
    O.COMPLETED: {O.REFUNDED},
    O.LAPSED: set(),
    O.CANCELLED: set(),
    O.REFUNDED: set(),
})
WAITING = _machine("waiting", {W.WAITING}, {
    W.WAITING: {W.OFFERED, W.PASSED, W.CLOSED},
    W.OFFERED: {W.TAKEN, W.PASSED, W.EXPIRED, W.CLOSED},
    W.TAKEN: {W.WAITING},
    W.PASSED: {W.WAITING},
    W.EXPIRED: {W.WAITING},
    W.CLOSED: set(),
})
PAYMENT = _machine("payment", {P.DUE, P.CONFIRMED}, {P.DUE: {P.CONFIRMED, P.VOID}, P.CONFIRMED: set(), P.VOID: set()})
CIRCLE = _machine("circle", {C.ASKED, C.APPROVED}, {
    C.ASKED: {C.APPROVED, C.REFUSED, C.GONE},
    C.APPROVED: {C.REFUSED, C.GONE},
    C.REFUSED: {C.ASKED, C.APPROVED, C.GONE},
    C.GONE: {C.ASKED, C.APPROVED},
})
COMPLAINT = _machine("complaint", {X.OPEN}, {
    X.OPEN: {X.REFUNDED, X.REPLACED, X.CREDITED}, X.REFUNDED: set(), X.REPLACED: set(), X.CREDITED: set(),
})
GIFT = _machine("gift", {G.OFFERED}, {G.OFFERED: {G.ACCEPTED, G.WITHDRAWN}, G.ACCEPTED: {G.WITHDRAWN}, G.WITHDRAWN: set()})

Q, A, V = QuestionState, AskState, WordsState
QUESTION = _machine("question", {Q.HELD, Q.OPEN, Q.SHOP}, {
    Q.HELD: {Q.OPEN, Q.SHOP, Q.ANSWERED, Q.CLOSED, Q.REFUSED},
    Q.OPEN: {Q.SHOP, Q.ANSWERED, Q.HELD, Q.CLOSED},
    Q.SHOP: {Q.ANSWERED, Q.HELD, Q.CLOSED},
    Q.ANSWERED: {Q.SHOP, Q.HELD, Q.CLOSED},  # to the shop when its only answer is taken back
    Q.CLOSED: set(),
    Q.REFUSED: set(),
})
ASK = _machine("ask", {A.PUT}, {
    A.PUT: {A.ANSWERED, A.DECLINED, A.IGNORED, A.ENDED},
    A.IGNORED: {A.ANSWERED, A.DECLINED, A.ENDED},  # late is welcome
    A.DECLINED: {A.ANSWERED, A.ENDED},
    A.ANSWERED: set(),
    A.ENDED: set(),
})
WORDS = _machine("words", {V.SHOWN, V.HELD}, {
    V.SHOWN: {V.HELD, V.HIDDEN, V.REMOVED, V.DELETED},
    V.HELD: {V.SHOWN, V.HIDDEN, V.REMOVED, V.DELETED},
    V.HIDDEN: {V.SHOWN, V.REMOVED, V.DELETED},
    V.REMOVED: {V.DELETED},
    V.DELETED: set(),
})
U = VoucherState
VOUCHER = _machine("voucher", {U.GRANTED}, {U.GRANTED: {U.USED, U.WITHDRAWN}, U.USED: {U.GRANTED}, U.WITHDRAWN: set()})

POLL = _machine("poll", {PollState.OPEN}, {
    PollState.OPEN: {PollState.UNSURE, PollState.REACHED, PollState.ENDED}, PollState.UNSURE: {PollState.OPEN, PollState.ENDED},
    PollState.REACHED: set(), PollState.ENDED: set(),
})
N = WantState
WANT = _machine("want", {N.OPEN}, {
    N.OPEN: {N.ASKED, N.OFFERED, N.ENDED},
    N.ASKED: {N.OFFERED, N.DECLINED, N.ENDED},
    N.DECLINED: {N.OFFERED, N.ENDED},
    N.OFFERED: set(),
    N.ENDED: set(),
})

D = DrawState
DRAW = _machine("draw", {D.SCHEDULED, D.OPEN}, {
    D.SCHEDULED: {D.OPEN}, D.OPEN: {D.CLOSED, D.VOID}, D.CLOSED: {D.REVEALED, D.VOID}, D.REVEALED: set(), D.VOID: set(),
})

K = PacketState
PACKET = _machine("packet", {K.SCHEDULED}, {
    K.SCHEDULED: {K.COLLECTING, K.GIVING}, K.COLLECTING: {K.GIVING, K.ENDED}, K.GIVING: {K.ENDED}, K.ENDED: set(),
})

F = ReferralState
REFERRAL = _machine("referral", {F.CLICK}, {
    F.CLICK: {F.BOUND}, F.BOUND: {F.ORDERED, F.VOID},
    F.ORDERED: {F.PENDING, F.BOUND, F.VOID},  # back when the order came to nothing
    F.PENDING: {F.APPROVED, F.FLAGGED, F.VOID},
    F.FLAGGED: {F.APPROVED, F.VOID},
    F.APPROVED: {F.PAID},
    F.PAID: {F.VOID}, F.VOID: set(),
})


def advance(machine: Machine, current: str, target: str) -> str:
    """The new state. Raises DomainError("bad_move") for a move the table does not name."""
    if target not in machine.moves[current]:
        raise DomainError("bad_move", machine=machine.name, current=str(current), target=str(target))
    return str(target)

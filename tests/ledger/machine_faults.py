"""Faults that machine_of_deals must find: each makes the code wrong in one place, as a careless change would."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import (
    discounts,
    drawing,
    ledger,
    packets_giving,
    privacy,
    referral_binding,
    referral_budget,
    referral_following,
    referral_rewards,
    voucher_uses,
    wallet,
)
from models.draws import Draw
from models.errors import DomainError
from models.facts import AnyFact
from models.facts.base import OrderFact
from models.referrals import Offer, Referral
from models.rows import load
from models.states import ReferralState
from tests.ledger.machine_run import Planted


def _nothing(*_: object, **__: object) -> None:
    return None


def _no_facts(*_: object, **__: object) -> list[AnyFact]:
    return []


# Orders

def _points() -> Planted:
    """The points of an order that ended stay with it."""
    return Planted((discounts, "_return_points", _nothing))


def _kept() -> Planted:
    """A voucher of an order that ended stays used."""
    return Planted((voucher_uses, "put_back", _nothing))


def _most() -> Planted:
    """A percentage has no maximum."""
    return Planted((voucher_uses.Promise, "off", lambda one, goods: min(
        goods, one.value if one.worth == voucher_uses.Worth.AMOUNT else goods * one.value // 100
    )))  # fmt: skip


def _refused_but(code: str) -> Planted:
    """Vouchers do not refuse for this."""
    right = voucher_uses.refusal

    def wrong(*asked: Any) -> DomainError | None:
        no = right(*asked)
        return None if no is not None and no.code == code else no

    return Planted((voucher_uses, "refusal", wrong))


def _difference() -> Planted:
    """What was paid above the final price stays with the shop."""
    return Planted((wallet, "credit", _no_facts))


def _wallet() -> Planted:
    """What an order had from the wallet does not come back to it."""
    return Planted((wallet, "give_back", _no_facts))


# Invitations

def _twice() -> Planted:
    """A reward is paid twice."""
    right = referral_rewards._paid

    def wrong(session: Session, row: Referral, now: datetime) -> list[AnyFact]:
        facts = right(session, row, now)
        budget = ledger.campaign(load(session, Offer, row.offer_id).campaign_id)
        for side, who in referral_rewards.gets(row):
            ledger.reward(
                session, reason=f"again:{row.id}:{side}", debit=budget, shop_id=row.shop_id, person_id=who, amount=1, now=now
            )
        return facts

    return Planted((referral_rewards, "_paid", wrong))


def _cap() -> Planted:
    """Nobody counts whom a member brings on a day."""
    return Planted((referral_binding, "_counted", lambda *_: True))


def _budget() -> Planted:
    """Nothing is set aside when a friend orders."""
    return Planted((referral_budget, "promise", lambda *_: True))


def _claw() -> Planted:
    """What was paid for an order stays paid when the order is refunded."""
    right = referral_rewards._take_back

    def wrong(session: Session, row: Referral, before: ReferralState, now: datetime) -> None:
        if before != ReferralState.PAID:
            right(session, row, before, now)

    return Planted((referral_rewards, "_take_back", wrong))


def _late() -> Planted:
    """Who did not order in time may still do so."""
    right = referral_rewards.void

    def wrong(session: Session, row: Referral, why: str, now: datetime) -> list[AnyFact]:
        if why == "late":
            row.due_at = None
            return []
        return right(session, row, why, now)

    return Planted((referral_rewards, "void", wrong))


def _forgotten() -> Planted:
    """Who is erased is still promised their reward."""
    return Planted((privacy, "forget_invitations", _nothing))


def _deaf() -> Planted:
    """An invitation hears of orders by facts about them alone: not of one recalled unpaid, nor of one that the wallet paid."""
    return Planted((referral_following, "_touched", lambda _, facts: {
        fact.order_id: fact.person_id for fact in facts if isinstance(fact, OrderFact)
    }))  # fmt: skip


def _unlooked() -> Planted:
    """Nobody looks at what stands out."""
    return Planted((referral_rewards, "ENOUGH", 99))


# Draws and packets

def _in_vain() -> Planted:
    """A draw that came too late gives its prizes all the same."""
    right = drawing._void

    def wrong(session: Session, draw: Draw, why: str, now: datetime) -> list[AnyFact]:
        return [*right(session, draw, why, now), *(drawing._won(session, draw, now) if why == "late" else [])]

    return Planted((drawing, "_void", wrong))


def _struck() -> Planted:
    """Who left before a draw closed may win."""
    return Planted((drawing, "_strike", _nothing))


def _gone() -> Planted:
    """Who left gets a share of a packet."""
    return Planted((packets_giving, "_why_not", _nothing))


FAULTS: dict[str, dict[str, Callable[[], Planted]]] = {
    "orders": {
        "points": _points, "kept": _kept, "most": _most, "least": lambda: _refused_but("voucher_min"),
        "scope": lambda: _refused_but("voucher_scope"), "difference": _difference, "wallet": _wallet,
    },
    "invitations": {
        "twice": _twice, "cap": _cap, "budget": _budget, "claw": _claw, "late": _late, "forgotten": _forgotten,
        "deaf": _deaf,
        "unlooked": _unlooked,
    },
    "draws and packets": {"in vain": _in_vain, "struck": _struck, "gone": _gone},
}  # fmt: skip

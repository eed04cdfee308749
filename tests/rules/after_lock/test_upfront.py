"""Charged at joining: the order follows the seat, the lock gives the difference back, failure gives all of it back."""

import pytest
from sqlalchemy.orm import Session

from models import ledger, payments
from models.facts import MoneyBackDue, OrderLapsed, OrderSettledAtLock, PaymentAsked, WalletCredited
from models.states import OrderState, RoundState, SeatState
from models.waitlist import offers_stand
from tests.rules.after_lock.lock import Locked, of
from tests.rules.scene import FRIDAY, Scene


class Upfront(Locked):
    """Honey oranges at 39.90, 3 people 36.00, charged at joining; still open."""

    def __init__(self, session: Session, **terms: object) -> None:
        Scene.__init__(self, session, collect="upfront", **terms)  # type: ignore[arg-type]


def test_joining_asks_to_pay_and_joining_again_asks_for_the_rest(session: Session) -> None:
    deal = Upfront(session)
    (asked,) = of(deal.joins("Ann"), PaymentAsked)
    assert (asked.due, asked.reason, asked.quantity) == (3990, "upfront", 1)
    deal.pays("Ann")
    (asked,) = of(deal.joins("Ann"), PaymentAsked)
    assert (asked.due, asked.reason, asked.quantity) == (3990, "change", 2)
    assert (deal.order("Ann").state, deal.order("Ann").total) == (OrderState.AWAITING, 7980)


def test_at_the_lock_the_difference_goes_into_the_wallet(session: Session) -> None:
    deal = Upfront(session)
    for name in ("Ann", "Bao", "Chen"):
        deal.joins(name)
        deal.pays(name)
    settled = {fact.person_id: (fact.total, fact.paid, fact.back) for fact in of(deal.lock(), OrderSettledAtLock)}
    assert settled == {
        deal.person("Ann"): (3600, 3990, 390), deal.person("Bao"): (3600, 3990, 390), deal.person("Chen"): (3600, 3600, 0)
    }  # fmt: skip
    assert deal.payments("Ann") == [("charge", "confirmed", 3990), ("credit", "confirmed", 390)]
    assert ledger.balance(session, ledger.wallet(deal.shop, deal.person("Ann"))) == 390
    assert [payments.due_back(session, deal.number(name)) for name in ("Ann", "Bao", "Chen")] == [[], [], []]
    deal.later(seconds=1)
    assert deal.row.state == RoundState.SETTLING


def test_who_has_not_paid_at_the_lock_is_asked_for_the_final_price(session: Session) -> None:
    deal = Upfront(session, pay_within=86_400 * 3)
    for name in ("Ann", "Bao", "Chen"):
        deal.joins(name)
    asked = {fact.person_id: (fact.due, fact.reason) for fact in of(deal.lock(), PaymentAsked)}
    assert asked == {deal.person(name): (3600, "lock") for name in ("Ann", "Bao", "Chen")}


def test_a_claim_from_before_the_lock_is_settled_when_the_owner_answers(session: Session) -> None:
    deal = Upfront(session)
    deal.joins("Ann")
    deal.claims("Ann")
    deal.joins("Bao")
    deal.joins("Chen")
    assert of(deal.lock(), OrderSettledAtLock)[0].paid == 3990
    facts = of(deal.confirms("Ann"), WalletCredited)
    assert [(fact.amount, fact.why) for fact in facts] == [(390, "lock_difference")]
    assert ledger.balance(session, ledger.wallet(deal.shop, deal.person("Ann"))) == 390
    assert (deal.order("Ann").state, payments.balance(session, deal.number("Ann")).paid) == (OrderState.PAID, 3600)


def test_unpaid_in_time_the_seat_lapses_before_the_lock_and_is_not_counted_as_leaving(session: Session) -> None:
    deal = Upfront(session, pay_within=3600, stock=20)
    deal.joins("Ann")
    deal.joins("Bao")
    deal.pays("Bao")
    assert len(of(deal.later(hours=1), OrderLapsed)) == 1
    assert (deal.seat("Ann").state, deal.seat("Ann").leaves, deal.row.members, deal.stock_left) == (SeatState.LAPSED, 0, 1, 19)
    assert deal.row.leader_id == deal.person("Bao")
    deal.joins("Ann")
    assert deal.order("Ann").state == OrderState.AWAITING


def test_leaving_a_paid_seat_gives_all_of_it_back(session: Session) -> None:
    deal = Upfront(session)
    deal.joins("Ann")
    deal.pays("Ann")
    facts = of(deal.leaves("Ann"), MoneyBackDue)
    assert [(fact.amount, fact.kind, fact.why) for fact in facts] == [(3990, "refund", "dropped")]
    assert deal.order("Ann").state == OrderState.CANCELLED


def test_fewer_pieces_give_the_rest_back_and_more_again_take_it_into_account(session: Session) -> None:
    deal = Upfront(session)
    deal.joins("Ann", 3)
    deal.pays("Ann")
    (back,) = of(deal.joins("Ann", -1), MoneyBackDue)
    assert (back.amount, back.why) == (3990, "change")
    assert payments.balance(session, deal.number("Ann")) == payments.Balance(7980, 7980, 0, 3990)
    facts = deal.joins("Ann")
    assert (of(facts, MoneyBackDue), of(facts, PaymentAsked)) == ([], [])
    assert payments.balance(session, deal.number("Ann")) == payments.Balance(11970, 11970, 0, 0)
    assert deal.order("Ann").state == OrderState.PAID


def test_failing_gives_everything_back(session: Session) -> None:
    deal = Upfront(session, minimum=3)
    deal.joins("Ann", 2)
    deal.pays("Ann")
    deal.joins("Bao")
    facts = of(deal.lock(), MoneyBackDue)
    assert [(fact.person_id, fact.amount, fact.why) for fact in facts] == [(deal.person("Ann"), 7980, "failed")]
    assert deal.row.state == RoundState.FAILED
    assert [deal.order(name).state for name in ("Ann", "Bao")] == [OrderState.CANCELLED] * 2
    assert not offers_stand(session, deal.round)


def test_given_back_is_said_once(session: Session) -> None:
    deal = Upfront(session)
    deal.joins("Ann")
    deal.pays("Ann")
    deal.leaves("Ann")
    (due,) = payments.due_back(session, deal.number("Ann"))
    payments.given_back(session, deal.number("Ann"), deal.owner, deal.now)
    assert payments.due_back(session, deal.number("Ann")) == []
    with pytest.raises(Exception, match="already_settled"):
        payments.give_back_done(session, due.id or 0, deal.owner, deal.now)


@pytest.mark.parametrize("taps", [(1, 1, -1, 1), (2, -1, 1), (3, -2, 2, -1)])
def test_whatever_ann_taps_the_books_agree(session: Session, taps: tuple[int, ...]) -> None:
    """Paid = total once everything asked for is paid, and nothing is due back beyond what she overpaid."""
    deal = Upfront(session)
    for delta in taps:
        deal.joins("Ann", delta)
        if deal.order("Ann").state == OrderState.AWAITING:
            deal.pays("Ann")
    balance = payments.balance(session, deal.number("Ann"))
    assert (balance.paid, balance.total) == (sum(taps) * 3990, sum(taps) * 3990)
    assert deal.now == FRIDAY

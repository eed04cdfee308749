"""Paying after the lock, as stories: in time, late, denied, given back."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from models import payments
from models.errors import DomainError
from models.facts import (
    MoneyBackDone,
    MoneyBackDue,
    OrderDropped,
    OrderLapsed,
    PaymentAsked,
    PaymentClaimed,
    PaymentConfirmed,
    PaymentDenied,
    PaymentReminder,
    RoundEnded,
)
from models.states import OrderState, RoundState, SeatState
from tests.rules.after_lock.lock import Locked, of


def test_at_the_lock_each_member_is_asked_to_pay_within_a_day(session: Session) -> None:
    deal = Locked(session, pieces={"Ann": 2})
    asked = {fact.person_id: (fact.due, fact.pay_by, fact.reason) for fact in deal.lock_facts if isinstance(fact, PaymentAsked)}
    until = deal.now + timedelta(hours=24)
    assert asked[deal.person("Ann")] == (7200, until, "lock")
    assert asked[deal.person("Bao")] == (3600, until, "lock")
    assert deal.order("Ann").pay_by == until


def test_ann_says_she_paid_and_the_owner_says_it_arrived(session: Session) -> None:
    deal = Locked(session)
    assert deal.claims("Ann") == [PaymentClaimed(deal.round, deal.number("Ann"), deal.person("Ann"), 3600)]
    assert (deal.order("Ann").state, deal.order("Ann").pay_by) == (OrderState.CLAIMED, None)
    assert deal.confirms("Ann") == [PaymentConfirmed(deal.round, deal.number("Ann"), deal.person("Ann"), 3600)]
    assert deal.order("Ann").state == OrderState.PAID
    assert deal.payments("Ann") == [("charge", "confirmed", 3600)]


def test_the_owner_may_confirm_cash_that_nobody_announced(session: Session) -> None:
    deal = Locked(session)
    deal.confirms("Bao")
    assert deal.order("Bao").state == OrderState.PAID


def test_while_ann_waits_for_the_owners_word_her_order_does_not_lapse(session: Session) -> None:
    deal = Locked(session)
    deal.claims("Ann")
    deal.later(days=3)
    assert deal.order("Ann").state == OrderState.CLAIMED
    assert deal.order("Bao").state == OrderState.LAPSED


def test_saying_it_twice_charges_once(session: Session) -> None:
    deal = Locked(session)
    deal.claims("Ann")
    with pytest.raises(DomainError, match="already_claimed"):
        deal.claims("Ann")
    deal.confirms("Ann")
    for again in (deal.claims, deal.confirms):
        with pytest.raises(DomainError, match="already_paid"):
            again("Ann")
    assert deal.payments("Ann") == [("charge", "confirmed", 3600)]


def test_a_denied_claim_leaves_the_time_that_was_left(session: Session) -> None:
    deal = Locked(session)
    until = deal.order("Ann").pay_by
    deal.claims("Ann")
    deal.passes(hours=1)
    assert deal.denies("Ann") == [PaymentDenied(deal.round, deal.number("Ann"), deal.person("Ann"), until)]
    assert (deal.order("Ann").state, deal.order("Ann").pay_by) == (OrderState.AWAITING, until)
    assert deal.payments("Ann") == [("charge", "void", 3600)]


def test_a_claim_denied_late_leaves_two_hours(session: Session) -> None:
    deal = Locked(session)
    deal.claims("Ann")
    deal.passes(hours=30)
    deal.denies("Ann")
    assert deal.order("Ann").pay_by == deal.now + timedelta(hours=2)
    deal.later(hours=2)
    assert deal.order("Ann").state == OrderState.LAPSED


def test_after_a_denied_claim_ann_can_say_it_again(session: Session) -> None:
    deal = Locked(session)
    deal.claims("Ann")
    deal.denies("Ann")
    deal.claims("Ann")
    deal.confirms("Ann")
    assert deal.payments("Ann") == [("charge", "void", 3600), ("charge", "confirmed", 3600)]


def test_who_does_not_pay_in_time_loses_the_seat_and_the_price_stays(session: Session) -> None:
    deal = Locked(session, stock=20)
    facts = deal.later(hours=24)
    assert len(of(facts, OrderLapsed)) == 3
    assert deal.seat("Ann").state == SeatState.LAPSED
    assert (deal.row.members, deal.row.pieces, deal.row.final_price, deal.stock_left) == (0, 0, 3600, 20)
    assert of(facts, RoundEnded) == [RoundEnded(deal.round)]
    assert deal.row.state == RoundState.DONE


def test_paying_is_reminded_of_once_when_six_hours_are_left(session: Session) -> None:
    deal = Locked(session)
    deal.pays("Bao", "Chen")
    assert deal.later(hours=17.9) == []
    assert deal.later(hours=0.1) == [
        PaymentReminder(deal.round, deal.number("Ann"), deal.person("Ann"), 3600, deal.now + timedelta(hours=6))
    ]
    assert deal.later(hours=1) == []


def test_a_short_window_is_reminded_of_at_its_last_quarter(session: Session) -> None:
    deal = Locked(session, pay_within=7200)
    deal.pays("Bao", "Chen")
    assert deal.later(minutes=89) == []
    assert len(of(deal.later(minutes=1), PaymentReminder)) == 1


def test_i_cannot_ends_the_order_and_raises_nobodys_price(session: Session) -> None:
    deal = Locked(session, stock=20)
    assert deal.cannot("Bao") == [OrderDropped(deal.round, deal.number("Bao"), deal.person("Bao"), 1)]
    assert deal.order("Bao").state == OrderState.CANCELLED
    assert deal.seat("Bao").state == SeatState.DROPPED
    assert (deal.row.members, deal.row.final_price, deal.stock_left) == (2, 3600, 18)
    assert deal.order("Ann").total == 3600


def test_money_that_arrives_after_i_cannot_is_given_back(session: Session) -> None:
    deal = Locked(session)
    deal.claims("Ann")
    deal.cannot("Ann")
    facts = deal.confirms("Ann")
    assert of(facts, MoneyBackDue) == [
        MoneyBackDue(deal.round, deal.number("Ann"), deal.person("Ann"), 3600, "refund", "dropped")
    ]
    assert payments.balance(session, deal.number("Ann")) == payments.Balance(3600, 0, 0, 3600)


def test_who_paid_cannot_drop_out_by_a_tap(session: Session) -> None:
    deal = Locked(session)
    deal.pays("Ann")
    with pytest.raises(DomainError, match="already_paid"):
        deal.cannot("Ann")


def test_nobody_moves_money_of_an_order_that_is_not_theirs(session: Session) -> None:
    deal = Locked(session)
    bao, order = deal.person("Bao"), deal.number("Ann")
    for forged in (
        lambda: payments.claim(session, order, bao, deal.now),
        lambda: payments.confirm(session, order, bao, deal.now),
        lambda: payments.deny(session, order, bao, deal.now),
        lambda: payments.refund(session, order, bao, deal.now),
        lambda: payments.given_back(session, order, bao, deal.now),
    ):
        with pytest.raises(DomainError, match="not_yours"):
            forged()
    assert deal.payments("Ann") == []


def test_a_refund_before_handover_frees_the_pieces(session: Session) -> None:
    deal = Locked(session, stock=20)
    deal.pays("Bao")
    assert deal.refunds("Bao") == [MoneyBackDone(deal.round, deal.number("Bao"), deal.person("Bao"), 3600, "refund")]
    assert (deal.order("Bao").state, deal.seat("Bao").state) == (OrderState.REFUNDED, SeatState.RELEASED)
    assert deal.stock_left == 18


def test_a_refund_after_handover_brings_no_goods_back(session: Session) -> None:
    deal = Locked(session, stock=20)
    deal.pays("Ann")
    deal.collects("Ann")
    deal.refunds("Ann")
    assert (deal.order("Ann").state, deal.seat("Ann").state, deal.stock_left) == (OrderState.REFUNDED, SeatState.HELD, 17)


def test_part_of_the_money_may_go_back_and_never_more_than_was_paid(session: Session) -> None:
    deal = Locked(session)
    deal.pays("Ann")
    deal.refunds("Ann", 1000)
    assert deal.order("Ann").state == OrderState.PAID
    for amount in (2601, 0, -5):
        with pytest.raises(DomainError, match="refund_too_much"):
            deal.refunds("Ann", amount)
    deal.refunds("Ann", 2600)
    assert deal.order("Ann").state == OrderState.REFUNDED


def test_what_was_not_paid_cannot_be_refunded(session: Session) -> None:
    deal = Locked(session)
    with pytest.raises(DomainError, match="not_paid"):
        deal.refunds("Ann")


def test_when_all_have_paid_the_group_buy_settles(session: Session) -> None:
    deal = Locked(session)
    deal.pays("Ann", "Bao")
    assert deal.row.state == RoundState.LOCKED
    deal.pays("Chen")
    assert deal.row.state == RoundState.SETTLING


def test_a_free_order_is_paid_by_itself(session: Session) -> None:
    deal = Locked(session, leader_discount=5000)
    assert (deal.order("Ann").total, deal.order("Ann").state) == (0, OrderState.PAID)
    assert deal.order("Bao").state == OrderState.AWAITING

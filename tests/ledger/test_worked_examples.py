"""Worked examples: what moves where, in whole sentences, on both engines."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from models import ledger
from models.errors import DomainError
from models.ledger import Unit
from tests.ledger.books import CAMPAIGN, PACKET, Books


def test_every_cent_in_a_wallet_is_the_shops_promise(both: Session) -> None:
    """Orchard Lane owes Ann 3.90 back; she has them, and the shop's side says that it promised them."""
    books = Books(both)
    books.gives(books.ann, 390, "lock_difference:1")
    assert (books.has(books.wallet(books.ann)), books.has(ledger.shop(books.shop))) == (390, -390)
    books.spends(books.ann, 300, "order:2:1")
    assert (books.has(books.wallet(books.ann)), books.has(ledger.shop(books.shop))) == (90, -90)
    assert books.wrong() == []


def test_the_same_again_changes_nothing_and_another_thing_under_its_reason_is_refused(both: Session) -> None:
    books = Books(both)
    first = books.gives(books.ann, 390, "lock_difference:1")
    assert books.gives(books.ann, 390, "lock_difference:1") == first
    for person, amount in ((books.ann, 391), (books.bao, 390)):
        with pytest.raises(DomainError, match="reason_taken"):
            books.gives(person, amount, "lock_difference:1")
    with pytest.raises(DomainError, match="reason_taken"):
        ledger.transfer(
            both, reason="lock_difference:1", debit=ledger.shop(books.shop), credit=books.wallet(books.ann), amount=390,
            now=books.now, params={"campaign": 7},
        )  # fmt: skip
    assert (books.rows(), books.has(books.wallet(books.ann)), books.has(books.wallet(books.bao))) == (1, 390, 0)


def test_a_wallet_never_falls_below_zero(both: Session) -> None:
    books = Books(both)
    books.gives(books.ann, 100, "complaint:1")
    with pytest.raises(DomainError) as short:
        books.spends(books.ann, 101, "order:1:1")
    assert (short.value.code, short.value.params) == ("balance_short", {"kind": "wallet", "have": 100, "need": 101})
    assert (books.rows(), books.has(books.wallet(books.ann))) == (1, 100)


def test_a_reward_is_pending_until_it_is_hers(both: Session) -> None:
    """Dora came by Ann's link: 5.00 wait outside the campaign's budget until Dora's order is complete."""
    books = Books(both)
    budget, wallet = ledger.campaign(CAMPAIGN), books.wallet(books.ann)
    books.funds(budget, 1000, "budget:7")
    ledger.hold(both, reason="referral:9", debit=budget, to=wallet, amount=500, now=books.now)
    assert (books.has(budget), books.has(ledger.pending_of(wallet)), books.has(wallet)) == (500, 500, 0)
    ledger.capture(both, "referral:9", "referral:9:paid", books.now)
    ledger.capture(both, "referral:9", "referral:9:paid", books.now)
    assert (books.has(budget), books.has(ledger.pending_of(wallet)), books.has(wallet)) == (500, 0, 500)
    assert books.wrong() == []


def test_a_void_reward_goes_back_into_the_budget_and_no_hold_is_resolved_twice(both: Session) -> None:
    books = Books(both)
    budget, wallet = ledger.campaign(CAMPAIGN), books.wallet(books.ann)
    books.funds(budget, 1000, "budget:7")
    ledger.hold(both, reason="referral:9", debit=budget, to=wallet, amount=500, now=books.now)
    ledger.release(both, "referral:9", "referral:9:void", books.now)
    assert (books.has(budget), books.has(ledger.pending_of(wallet))) == (1000, 0)
    for again in (ledger.capture, ledger.release):
        with pytest.raises(DomainError, match="already_resolved"):
            again(both, "referral:9", "referral:9:again", books.now)
    assert books.wrong() == []


def test_of_a_hold_a_part_may_be_taken_and_the_rest_goes_back(both: Session) -> None:
    books = Books(both)
    books.gives(books.ann, 900, "complaint:1")
    ledger.hold(both, reason="deposit:1", debit=books.wallet(books.ann), amount=800, now=books.now)
    ledger.capture(both, "deposit:1", "deposit:1:taken", books.now, credit=ledger.shop(books.shop), amount=300)
    assert books.has(books.wallet(books.ann)) == 600
    assert books.has(ledger.held_of(books.wallet(books.ann))) == 0
    assert books.wrong() == []


def test_refunds_never_exceed_what_they_refund_and_a_reversal_comes_once(both: Session) -> None:
    books = Books(both)
    books.gives(books.ann, 1000, "complaint:1")
    books.spends(books.ann, 1000, "order:1:1")
    ledger.refund(both, "order:1:1", "order_back:1:1", 400, books.now)
    with pytest.raises(DomainError) as much:
        ledger.refund(both, "order:1:1", "order_back:1:2", 601, books.now)
    assert (much.value.code, much.value.params) == ("refund_too_much", {"asked": 601, "most": 600})
    ledger.reverse(both, "order:1:1", "order_back:1:3", books.now)
    assert books.has(books.wallet(books.ann)) == 1000
    for call in (
        lambda: ledger.reverse(both, "order:1:1", "order_back:1:4", books.now),
        lambda: ledger.refund(both, "order:1:1", "order_back:1:5", 1, books.now),
    ):
        with pytest.raises(DomainError, match="already_reversed"):
            call()
    with pytest.raises(DomainError, match="not_reversible"):
        ledger.reverse(both, "order_back:1:3", "order_back:1:6", books.now)
    assert books.wrong() == []


def test_a_reward_that_was_spent_and_is_taken_back_is_owed_and_paid_from_the_next(both: Session) -> None:
    """Ann had 5.00 for a friend whose order was refunded; 3.00 of it is spent. Her wallet never falls below zero."""
    books = Books(both)
    budget, wallet = ledger.campaign(CAMPAIGN), books.wallet(books.ann)
    books.funds(budget, 2000, "budget:7")
    ledger.reward(
        both, reason="referral:9", debit=budget, shop_id=books.shop, person_id=books.ann, amount=500, now=books.now
    )
    books.spends(books.ann, 300, "order:1:1")
    ledger.claw_back(both, "referral:9", "referral:9:void", books.now)
    ledger.claw_back(both, "referral:9", "referral:9:void", books.now)
    assert (books.has(wallet), ledger.owed(both, books.shop, books.ann), books.has(budget)) == (0, 300, 2000)
    ledger.reward(
        both, reason="referral:10", debit=budget, shop_id=books.shop, person_id=books.ann, amount=500, now=books.now
    )
    assert (books.has(wallet), ledger.owed(both, books.shop, books.ann), books.has(budget)) == (200, 0, 1500)
    assert books.wrong() == []


def test_a_pending_reward_pays_what_is_owed_when_it_arrives(both: Session) -> None:
    books = Books(both)
    budget = ledger.campaign(CAMPAIGN)
    books.funds(budget, 2000, "budget:7")
    ledger.reward(both, reason="r:1", debit=budget, shop_id=books.shop, person_id=books.ann, amount=500, now=books.now)
    books.spends(books.ann, 500, "order:1:1")
    ledger.claw_back(both, "r:1", "r:1:void", books.now)
    ledger.hold(both, reason="r:2", debit=budget, to=books.wallet(books.ann), amount=200, now=books.now)
    ledger.capture(both, "r:2", "r:2:paid", books.now)
    assert (books.has(books.wallet(books.ann)), ledger.owed(both, books.shop, books.ann)) == (0, 300)
    assert books.wrong() == []


def test_a_captured_reward_that_is_taken_back_returns_to_the_budget(both: Session) -> None:
    books = Books(both)
    budget = ledger.campaign(CAMPAIGN)
    books.funds(budget, 2000, "budget:7")
    ledger.hold(both, reason="r:1", debit=budget, to=books.wallet(books.ann), amount=500, now=books.now)
    ledger.capture(both, "r:1", "r:1:paid", books.now)
    ledger.claw_back(both, "r:1:paid", "r:1:void", books.now)
    assert (books.has(books.wallet(books.ann)), books.has(budget)) == (0, 2000)
    assert books.wrong() == []


def test_a_packet_pays_out_what_it_was_funded_with_and_no_more(both: Session) -> None:
    books = Books(both)
    packet = ledger.packet(PACKET, Unit.POINTS)
    books.funds(packet, 100, "packet:3")
    for person, amount in ((books.ann, 60), (books.bao, 30)):
        ledger.transfer(
            both, reason=f"packet:3:{person}", debit=packet, credit=ledger.points(books.shop, person), amount=amount, now=books.now
        )
    with pytest.raises(DomainError, match="balance_short"):
        ledger.transfer(
            both, reason="packet:3:9", debit=packet, credit=ledger.points(books.shop, books.ann), amount=11, now=books.now
        )
    ledger.transfer(
        both, reason="packet:3:rest", debit=packet, credit=ledger.shop(books.shop, Unit.POINTS), amount=10, now=books.now
    )
    assert (books.has(packet), books.has(ledger.shop(books.shop, Unit.POINTS))) == (0, -90)
    assert books.wrong() == []


def test_points_and_money_never_mix_and_a_shop_never_pays_anothers_wallet(both: Session) -> None:
    books = Books(both)
    with pytest.raises(ValueError, match="is not"):
        ledger.transfer(
            both, reason="a:1", debit=ledger.shop(books.shop), credit=ledger.points(books.shop, books.ann), amount=1, now=books.now
        )
    with pytest.raises(DomainError, match="other_shop"):
        ledger.transfer(
            both, reason="a:2", debit=ledger.shop(books.other), credit=books.wallet(books.ann), amount=1, now=books.now
        )
    books.funds(ledger.campaign(CAMPAIGN), 100, "budget:7")
    with pytest.raises(DomainError, match="other_shop"):
        ledger.transfer(
            both, reason="a:3", debit=ledger.campaign(CAMPAIGN), credit=ledger.wallet(books.other, books.ann), amount=1,
            now=books.now,
        )  # fmt: skip
    assert books.rows() == 1


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_and_less_than_nothing_do_not_move(session: Session, amount: int) -> None:
    books = Books(session)
    with pytest.raises(ValueError, match="complaint"):
        books.gives(books.ann, amount, "complaint:1")
    with pytest.raises(ValueError, match="complaint"):
        ledger.transfer(
            session, reason="complaint:2", debit=books.wallet(books.ann), credit=books.wallet(books.ann), amount=5, now=books.now
        )
    with pytest.raises(DomainError, match="gone"):
        ledger.reverse(session, "nothing:1", "nothing:1:back", books.now)
    with pytest.raises(DomainError, match="not_held"):
        books.gives(books.ann, 5, "complaint:3")
        ledger.release(session, "complaint:3", "complaint:3:back", books.now)
    assert books.rows() == 1


def test_a_debt_takes_no_more_than_is_owed(session: Session) -> None:
    books = Books(session)
    books.gives(books.ann, 500, "complaint:1")
    with pytest.raises(DomainError, match="balance_short"):
        ledger.transfer(
            session, reason="x:1", debit=books.wallet(books.ann), credit=ledger.debt(books.shop, books.ann), amount=1,
            now=books.now + timedelta(1),
        )  # fmt: skip
    assert books.has(books.wallet(books.ann)) == 500
    assert books.wrong() == []

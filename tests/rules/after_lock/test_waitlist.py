"""The waitlist, as stories: in order, timed, never more than was freed."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from models import circles, waitlist
from models.errors import DomainError
from models.facts import OfferEnded, OfferMade, PaymentAsked, WaitlistClosed
from models.states import OrderState, RoundState, SeatState, WaitingState
from tests.rules.after_lock.lock import Locked, of


def offers(facts: list) -> dict[int, int]:
    """Person and pieces of every offer."""
    return {fact.person_id: fact.quantity for fact in facts if isinstance(fact, OfferMade)}


def test_who_waits_is_told_their_place(session: Session) -> None:
    deal = Locked(session)
    assert [deal.waits("Dora"), deal.waits("Emil")] == [1, 2]
    assert deal.waits("Dora", 2) == 1, "wishing otherwise keeps the place"


def test_a_dropped_seat_is_offered_to_the_first_in_the_queue(session: Session) -> None:
    deal = Locked(session, stock=3)
    deal.waits("Dora")
    deal.waits("Emil")
    facts = deal.cannot("Bao")
    assert of(facts, OfferMade) == [
        OfferMade(deal.round, deal.person("Dora"), deal.waiting("Dora").id, 1, 3600, deal.now + timedelta(hours=2))
    ]
    assert deal.stock_left == 0, "the offer holds its piece"


def test_dora_takes_the_seat_and_pays_what_all_pay(session: Session) -> None:
    deal = Locked(session, stock=3)
    deal.waits("Dora")
    deal.cannot("Bao")
    asked = of(deal.takes("Dora"), PaymentAsked)
    assert [(fact.person_id, fact.due, fact.reason, fact.pay_by) for fact in asked] == [
        (deal.person("Dora"), 3600, "offer", deal.now + timedelta(hours=24))
    ]
    assert (deal.seat("Dora").state, deal.waiting("Dora").state) == (SeatState.HELD, WaitingState.TAKEN)
    assert (deal.row.members, deal.row.pieces, deal.stock_left) == (3, 3, 0)


def test_an_offer_nobody_takes_goes_to_the_next_then_to_stock(session: Session) -> None:
    deal = Locked(session, stock=3, pay_within=86_400 * 3)
    deal.waits("Dora")
    deal.waits("Emil")
    deal.cannot("Bao")
    facts = deal.later(hours=2)
    assert of(facts, OfferEnded) == [OfferEnded(deal.round, deal.person("Dora"), deal.waiting("Dora").id)]
    assert offers(facts) == {deal.person("Emil"): 1}
    deal.later(hours=2)
    assert [deal.waiting(name).state for name in ("Dora", "Emil")] == [WaitingState.EXPIRED] * 2
    assert deal.stock_left == 1


def test_passing_asks_the_next_at_once(session: Session) -> None:
    deal = Locked(session, stock=3)
    deal.waits("Dora")
    deal.waits("Emil")
    deal.cannot("Bao")
    assert offers(deal.passes_on("Dora")) == {deal.person("Emil"): 1}
    with pytest.raises(DomainError, match="offer_over"):
        deal.takes("Dora")


def test_who_wishes_two_is_offered_the_one_that_is_free(session: Session) -> None:
    deal = Locked(session, stock=3)
    deal.waits("Dora", 2)
    assert offers(deal.cannot("Bao")) == {deal.person("Dora"): 1}
    deal.takes("Dora")
    assert deal.seat("Dora").quantity == 1


def test_no_more_is_offered_than_was_freed(session: Session) -> None:
    deal = Locked(session, pieces={"Bao": 3}, stock=5)
    for name, wish in (("Dora", 2), ("Emil", 2), ("Fang", 1)):
        deal.waits(name, wish)
    assert offers(deal.cannot("Bao")) == {deal.person("Dora"): 2, deal.person("Emil"): 1}


def test_a_seat_taken_from_the_waitlist_must_be_paid_too(session: Session) -> None:
    deal = Locked(session, stock=3, pay_within=7200)
    deal.pays("Ann", "Chen")
    deal.waits("Dora")
    deal.waits("Emil")
    deal.cannot("Bao")
    deal.takes("Dora")
    facts = deal.later(hours=2)
    assert deal.order("Dora").state == OrderState.LAPSED
    assert offers(facts) == {deal.person("Emil"): 1}


def test_an_offer_that_is_over_cannot_be_taken_even_before_the_sweep(session: Session) -> None:
    deal = Locked(session)
    deal.waits("Dora")
    deal.cannot("Bao")
    deal.passes(hours=2)
    with pytest.raises(DomainError, match="offer_over"):
        deal.takes("Dora")


def test_bao_who_could_not_may_come_back_by_the_waitlist(session: Session) -> None:
    deal = Locked(session, stock=3)
    deal.cannot("Bao")
    deal.waits("Bao")
    deal.cannot("Chen")
    seat = deal.seat("Bao").id
    deal.takes("Bao")
    assert (deal.seat("Bao").id, deal.seat("Bao").state, deal.order("Bao").state) == (seat, SeatState.HELD, OrderState.AWAITING)


def test_who_has_a_seat_does_not_wait_for_one(session: Session) -> None:
    deal = Locked(session)
    with pytest.raises(DomainError, match="already_in"):
        deal.waits("Ann")


def test_strangers_do_not_wait_and_an_open_group_buy_is_simply_joined(session: Session) -> None:
    deal = Locked(session)
    deal.person("Zoe", member=False)
    with pytest.raises(DomainError, match="not_a_member"):
        deal.waits("Zoe")
    with pytest.raises(DomainError, match="over_limit"):
        deal.waits("Dora", 6)
    with pytest.raises(DomainError, match="zero"):
        deal.waits("Dora", 0)


def test_who_left_the_circle_is_passed_over(session: Session) -> None:
    deal = Locked(session)
    deal.waits("Dora")
    deal.waits("Emil")
    circles.leave(session, deal.circle, deal.person("Dora"), deal.now)
    assert offers(deal.cannot("Bao")) == {deal.person("Emil"): 1}


def test_an_option_left_open_is_chosen_when_the_offer_is_taken(session: Session) -> None:
    deal = Locked.__new__(Locked)
    super(Locked, deal).__init__(session, options=("small", "large"), stock=3)
    for name in ("Ann", "Bao", "Chen"):
        deal.joins(name, 1, "small")
    deal.lock()
    deal.waits("Dora")
    (offer,) = of(deal.cannot("Bao"), OfferMade)
    assert offer.options == ("small", "large")
    with pytest.raises(DomainError, match="option_needed"):
        deal.takes("Dora")
    with pytest.raises(DomainError, match="unknown_option"):
        deal.takes("Dora", "huge")
    with pytest.raises(DomainError, match="option_needed"):
        waitlist.accept_option(session, deal.waiting("Dora").id or 0, deal.person("Dora"), 2, deal.now)
    waitlist.accept_option(session, deal.waiting("Dora").id or 0, deal.person("Dora"), 1, deal.now)
    assert deal.waiting("Dora").option == "large"


def test_an_offer_keeps_the_group_buy_open_until_it_is_answered(session: Session) -> None:
    deal = Locked(session, stock=3)
    deal.waits("Dora")
    deal.pays("Ann", "Chen")
    deal.collects("Ann")
    deal.collects("Chen")
    deal.cannot("Bao")
    assert deal.row.state == RoundState.LOCKED
    deal.passes_on("Dora")
    assert deal.row.state == RoundState.DONE
    assert deal.stock_left == 1


def test_whoever_still_waits_hears_when_it_is_over(session: Session) -> None:
    deal = Locked(session, stock=3)
    deal.waits("Dora")
    deal.pays("Ann", "Bao", "Chen")
    facts = [fact for name in ("Ann", "Bao", "Chen") for fact in deal.collects(name)]
    assert of(facts, WaitlistClosed) == [WaitlistClosed(deal.round, deal.person("Dora"))]


def test_the_queue_can_be_left(session: Session) -> None:
    deal = Locked(session)
    deal.waits("Dora")
    waitlist.withdraw(session, deal.round, deal.person("Dora"), deal.now)
    assert offers(deal.cannot("Bao")) == {}
    with pytest.raises(DomainError, match="not_waiting"):
        waitlist.withdraw(session, deal.round, deal.person("Dora"), deal.now)


def test_nobody_takes_another_ones_offer(session: Session) -> None:
    deal = Locked(session)
    deal.waits("Dora")
    deal.cannot("Bao")
    with pytest.raises(DomainError, match="not_yours"):
        waitlist.accept(session, deal.waiting("Dora").id or 0, deal.person("Emil"), deal.now)

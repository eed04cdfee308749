"""What an invitation follows of its order when no fact names the order: paid by wallet and given back, recalled, failed, left."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from models import group_buys, handover, joins, ledger, locks, privacy, wallet
from models.group_buys import Terms
from models.orders import order_table
from models.referrals import Offer, referrals
from models.seats import Way as SeatWay
from models.states import OrderState, ReferralState
from models.wishes import Change, How
from tests.referral.bazaar import PRICE, Bazaar


@pytest.fixture
def bazaar(session: Session) -> Bazaar:
    there = Bazaar(session)
    there.person("Ann")
    there.brings("Ann", "Bao")
    return there


def upfront(bazaar: Bazaar, *names: str, minimum: int = 1) -> int:
    """They join a group buy that is paid on joining; nobody has paid yet."""
    terms = Terms(
        shop_id=bazaar.shop, circle_id=bazaar.circle, product_id=bazaar.product, price=PRICE, ladder=(), collect="upfront",
        closes_at=bazaar.now + timedelta(hours=1), minimum=minimum, per_member=5,
    )  # fmt: skip
    round_id, facts = group_buys.open_round(bazaar.session, terms, bazaar.now)
    bazaar.tell(facts)
    for name in names:
        changes(bazaar, round_id, name, Change("add", 1))
    return round_id


def changes(bazaar: Bazaar, round_id: int, name: str, wish: Change) -> None:
    bazaar.tell(joins.change(bazaar.session, round_id, bazaar.person(name), wish, How(SeatWay.TAPPED), bazaar.now))


def waits_for_the_next(bazaar: Bazaar) -> bool:
    """Bao's next order is the first again, nothing is promised, and no check finds anything."""
    row = bazaar.of("Bao")
    return (row.state, row.order_id, bazaar.promised(), bazaar.wrong()) == (ReferralState.BOUND, None, 0, [])


def test_an_order_paid_by_wallet_alone_and_given_back_voids_the_reward(bazaar: Bazaar) -> None:
    bazaar.orders("Bao")
    bao = bazaar.person("Bao")
    mine, number = ledger.wallet(bazaar.shop, bao), bazaar.number("Bao")
    ledger.transfer(
        bazaar.session, reason="given", debit=ledger.shop(bazaar.shop), credit=mine, amount=PRICE, now=bazaar.now
    )
    bazaar.tell(wallet.spend(bazaar.session, number, bao, bazaar.now))
    bazaar.tell(handover.collect(bazaar.session, number, bazaar.owner, bazaar.now))
    bazaar.waits(days=8)
    assert (bazaar.has("Ann"), bazaar.has("Bao")) == ((500, 0, 0), (300, 0, 0))
    bazaar.gives_back("Bao")
    assert (bazaar.of("Bao").state, bazaar.of("Bao").why) == (ReferralState.VOID, "refunded")
    assert (bazaar.has("Ann"), bazaar.has("Bao"), bazaar.left()) == ((0, 0, 0), (PRICE, 0, 0), 100_000)
    assert (bazaar.told("Ann")[-1], bazaar.told("Bao")[-1]) == ("referral_void", "referral_void")
    assert bazaar.wrong() == []


def test_a_recalled_group_buy_that_nobody_paid_leaves_the_next_order_as_the_first(bazaar: Bazaar) -> None:
    bazaar.orders("Bao")
    assert bazaar.promised() == 800
    bazaar.tell(locks.recall(bazaar.session, bazaar.order("Bao").round_id, bazaar.owner, bazaar.now))
    assert bazaar.order("Bao").state == OrderState.CANCELLED
    assert waits_for_the_next(bazaar)
    bazaar.buys("Bao")
    assert bazaar.of("Bao").state == ReferralState.PENDING
    assert bazaar.wrong() == []


@pytest.mark.parametrize("done", [True, False], ids=["completed", "waiting"])
def test_of_two_orders_in_time_the_second_counts_if_the_first_comes_to_nothing(bazaar: Bazaar, *, done: bool) -> None:
    bazaar.orders("Bao")
    first = bazaar.order("Bao")
    bazaar.orders("Bao")
    if done:
        bazaar.completes("Bao")
    assert bazaar.of("Bao").order_id == first.id
    bazaar.tell(locks.recall(bazaar.session, first.round_id, bazaar.owner, bazaar.now))
    row = bazaar.of("Bao")
    assert (row.order_id, row.state) == (bazaar.number("Bao"), ReferralState.PENDING if done else ReferralState.ORDERED)
    assert (bazaar.promised(), bazaar.wrong()) == (800, [])
    bazaar.waits(days=20)
    assert bazaar.of("Bao").state == (ReferralState.PAID if done else ReferralState.VOID)


def test_one_paid_on_joining_that_fails_does_too(bazaar: Bazaar) -> None:
    round_id = upfront(bazaar, "Bao", minimum=3)
    assert bazaar.of("Bao").state == ReferralState.ORDERED
    bazaar.passes(hours=1)
    bazaar.tell(locks.close(bazaar.session, round_id, bazaar.now))
    assert waits_for_the_next(bazaar)


def test_a_seat_left_before_anything_was_paid_does_too_and_may_be_taken_again(bazaar: Bazaar) -> None:
    round_id = upfront(bazaar, "Bao")
    changes(bazaar, round_id, "Bao", Change("leave"))
    assert waits_for_the_next(bazaar)
    changes(bazaar, round_id, "Bao", Change("add", 1))
    assert (bazaar.of("Bao").state, bazaar.of("Bao").order_id) == (ReferralState.ORDERED, bazaar.number("Bao"))
    assert bazaar.wrong() == []


def test_when_others_leave_or_another_group_buy_ends_the_order_stays(bazaar: Bazaar) -> None:
    bazaar.brings("Ann", "Chen")
    round_id, other = upfront(bazaar, "Bao", "Chen"), upfront(bazaar)
    changes(bazaar, round_id, "Chen", Change("leave"))
    bazaar.tell(locks.recall(bazaar.session, other, bazaar.owner, bazaar.now))
    assert [bazaar.of(name).state for name in ("Bao", "Chen")] == [ReferralState.ORDERED, ReferralState.BOUND]
    assert (bazaar.promised(), bazaar.wrong()) == (800, [])


def test_who_is_erased_while_they_sit_unpaid_keeps_no_budget_back(bazaar: Bazaar) -> None:
    upfront(bazaar, "Bao")
    privacy.erase(bazaar.session, bazaar.person("Bao"), bazaar.now)
    assert (bazaar.promised(), bazaar.wrong()) == (0, [])


@pytest.mark.parametrize("over", [OrderState.CANCELLED, OrderState.LAPSED, OrderState.REFUNDED, OrderState.COMPLETED])
def test_the_check_finds_an_invitation_that_stands_on_an_order_that_is_over(bazaar: Bazaar, over: OrderState) -> None:
    bazaar.orders("Bao")
    assert bazaar.wrong() == []
    bazaar.session.execute(update(order_table).where(order_table.c.id == bazaar.number("Bao")).values(state=over))
    assert [one for one in bazaar.wrong() if one.startswith("referral order")] != []


def test_the_check_finds_an_order_of_one_who_has_not_ordered_and_a_promise_that_nobody_holds(bazaar: Bazaar) -> None:
    bazaar.orders("Bao")
    bazaar.session.execute(update(referrals).values(state=ReferralState.BOUND))
    found = bazaar.wrong()
    assert any(one.startswith("referral order") for one in found)
    assert any(one.startswith("referral promises") for one in found)
    bazaar.session.execute(update(referrals).values(state=ReferralState.ORDERED))
    assert bazaar.wrong() == []
    bazaar.session.get_one(Offer, bazaar.offer).promised = 1600
    assert [one for one in bazaar.wrong() if one.startswith("referral promises")] != []

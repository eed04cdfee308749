"""Invitations by the book: who is bound to whom, what is set aside, paid, taken back, capped, and what a person decides."""

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from models import ledger, payments, privacy, referral_binding, referral_rewards
from models.campaigns import campaigns
from models.errors import DomainError
from models.referrals import Offer, Referral, Way, referrals
from models.states import ReferralState
from tests.referral.bazaar import Bazaar


def test_from_the_link_to_both_wallets(bazaar: Bazaar) -> None:
    bazaar.brings("Ann", "Bao")
    assert bazaar.of("Bao").state == ReferralState.BOUND
    bazaar.orders("Bao")
    assert (bazaar.of("Bao").state, bazaar.promised()) == (ReferralState.ORDERED, 800)
    bazaar.completes("Bao")
    assert (bazaar.has("Ann"), bazaar.has("Bao")) == ((0, 500, 0), (0, 300, 0))
    bazaar.waits(days=6, hours=23)
    assert bazaar.of("Bao").state == ReferralState.PENDING
    bazaar.waits(hours=2)
    assert (bazaar.has("Ann"), bazaar.has("Bao"), bazaar.left()) == ((500, 0, 0), (300, 0, 0), 99_200)
    assert bazaar.told("Ann") == ["referral_bound", "referral_ordered", "referral_pending", "referral_paid"]
    assert bazaar.told("Bao") == ["referral_bound", "referral_pending", "referral_paid"]
    assert bazaar.wrong() == []


def test_the_later_of_hold_and_return_window(session: Session) -> None:
    bazaar = Bazaar(session, hold=86_400)
    bazaar.brings("Ann", "Bao")
    bazaar.buys("Bao")
    bazaar.waits(days=2)
    assert bazaar.of("Bao").state == ReferralState.PENDING
    bazaar.waits(days=6)
    assert bazaar.of("Bao").state == ReferralState.PAID


def test_first_touch_wins_and_a_second_press_of_the_same_link_changes_nothing(bazaar: Bazaar) -> None:
    first = bazaar.brings("Ann", "Bao")
    assert bazaar.brings("Ann", "Bao").id == first.id
    bazaar.person("Chen")
    assert bazaar.refused("Chen", "Bao") == "invite_taken"
    assert (bazaar.of("Bao").inviter_id, bazaar.told("Chen")) == (bazaar.person("Ann"), [])


def test_whose_time_is_over_may_come_by_another_link(bazaar: Bazaar) -> None:
    bazaar.brings("Ann", "Bao")
    bazaar.waits(days=15)
    assert (bazaar.of("Bao").state, bazaar.of("Bao").why) == (ReferralState.VOID, "late")
    bazaar.person("Chen")
    bazaar.brings("Chen", "Bao")
    bazaar.buys("Bao")
    bazaar.waits(days=8)
    assert (bazaar.has("Ann"), bazaar.has("Chen")) == ((0, 0, 0), (500, 0, 0))


def test_who_is_refused(bazaar: Bazaar) -> None:
    assert bazaar.refused("Ann", "Ann") == "invite_self"
    assert bazaar.refused("Ann", "Li Wei") == "invite_own_shop"
    assert bazaar.refused("Li Wei", "Bao") == "invite_own_shop"
    bazaar.person("Emil")
    bazaar.buys("Emil")
    assert bazaar.refused("Ann", "Emil") == "invite_buyer"
    bazaar.brings("Ann", "Bao")
    assert bazaar.refused("Bao", "Ann") == "invite_mutual"
    assert bazaar.wrong() == []


def test_links_of_a_finished_and_of_a_paused_campaign(bazaar: Bazaar) -> None:
    link = bazaar.link("Ann")
    bazaar.session.execute(update(campaigns).values(paused_at=bazaar.now))
    with pytest.raises(DomainError, match="invite_none"):
        bazaar.link("Ann")
    bazaar.session.execute(update(campaigns).values(paused_at=None))
    bazaar.waits(days=61)
    assert bazaar.left() == 0, "what was never promised is the shop's again"
    with pytest.raises(DomainError, match="invite_over"):
        referral_binding.bind(bazaar.session, link, bazaar.person("Bao", member=False), Way.LINK, bazaar.now)
    with pytest.raises(DomainError, match="no_such_link"):
        referral_binding.bind(bazaar.session, None, bazaar.person("Bao"), Way.LINK, bazaar.now)


def test_a_refund_before_it_is_paid_frees_what_was_set_aside(bazaar: Bazaar) -> None:
    bazaar.brings("Ann", "Bao")
    bazaar.buys("Bao")
    bazaar.gives_back("Bao")
    assert (bazaar.of("Bao").state, bazaar.of("Bao").why) == (ReferralState.VOID, "refunded")
    assert (bazaar.has("Ann"), bazaar.has("Bao"), bazaar.left(), bazaar.promised()) == ((0, 0, 0), (0, 0, 0), 100_000, 0)
    assert bazaar.refused("Ann", "Bao") in {"invite_again", "invite_buyer"}
    assert bazaar.told("Ann")[-1] == "referral_void"
    assert bazaar.wrong() == []


def test_a_refund_after_it_is_paid_and_spent_is_owed_and_taken_from_the_next(bazaar: Bazaar) -> None:
    bazaar.brings("Ann", "Bao")
    bazaar.buys("Bao")
    bazaar.waits(days=8)
    wallet = ledger.wallet(bazaar.shop, bazaar.person("Ann"))
    ledger.transfer(
        bazaar.session, reason="order:99:1", debit=wallet, credit=ledger.shop(bazaar.shop), amount=400, now=bazaar.now
    )
    bazaar.gives_back("Bao")
    assert (bazaar.has("Ann"), bazaar.has("Bao")) == ((0, 0, 400), (0, 0, 0))
    bazaar.brings("Ann", "Chen")
    bazaar.buys("Chen")
    bazaar.waits(days=8)
    assert bazaar.has("Ann") == (100, 0, 0)
    assert bazaar.wrong() == []


def test_half_of_the_money_back_is_no_purchase(bazaar: Bazaar) -> None:
    bazaar.brings("Ann", "Bao")
    bazaar.buys("Bao")
    bazaar.tell(payments.refund(bazaar.session, bazaar.number("Bao"), bazaar.owner, bazaar.now, 900))
    assert bazaar.of("Bao").state == ReferralState.PENDING
    bazaar.tell(payments.refund(bazaar.session, bazaar.number("Bao"), bazaar.owner, bazaar.now, 200))
    assert bazaar.of("Bao").why == "refunded"


def test_an_order_that_comes_to_nothing_leaves_the_next_one_as_the_first(bazaar: Bazaar) -> None:
    bazaar.brings("Ann", "Bao")
    bazaar.orders("Bao")
    bazaar.waits(days=2)  # never paid
    assert (bazaar.of("Bao").state, bazaar.promised()) == (ReferralState.BOUND, 0)
    bazaar.buys("Bao")
    assert bazaar.of("Bao").state == ReferralState.PENDING
    assert bazaar.wrong() == []


def test_caps_of_a_day_of_a_month_and_of_the_budget(session: Session) -> None:
    bazaar = Bazaar(session, per_day=2, per_month=3, budget=1700)
    for friend in ("Bao", "Chen"):
        bazaar.brings("Ann", friend)
    assert bazaar.refused("Ann", "Dora") == "invite_full_day"
    bazaar.waits(days=1)
    bazaar.brings("Ann", "Dora")
    assert bazaar.refused("Ann", "Emil") == "invite_full_month"
    bazaar.buys("Bao", "Chen", "Dora")
    assert [bazaar.of(name).why for name in ("Bao", "Chen", "Dora")].count("spent") == 1
    assert (bazaar.promised(), bazaar.left()) == (1600, 100)
    bazaar.person("Fang")
    assert bazaar.refused("Fang", "Gus") == "invite_spent"
    assert bazaar.wrong() == []


def test_three_signals_and_a_person_decides(bazaar: Bazaar) -> None:
    for friend in ("Bao", "Chen"):
        bazaar.brings("Ann", friend)
    bazaar.buys("Bao", "Chen")
    for number in range(4):
        bazaar.brings("Ann", f"Friend {number}")
    bazaar.leaves_chat("Bao", "Chen")
    bazaar.waits(days=8)
    for name in ("Bao", "Chen"):
        assert bazaar.of(name).state == ReferralState.FLAGGED
        assert {"newcomer", "left", "many"} <= set(bazaar.of(name).signals)
    assert bazaar.told("Li Wei") == ["referral_flagged", "referral_flagged"]
    assert bazaar.has("Ann") == (0, 1000, 0)
    bao, chen = (bazaar.of(name).id or 0 for name in ("Bao", "Chen"))
    with pytest.raises(DomainError, match="not_yours"):
        referral_rewards.approve(bazaar.session, bao, bazaar.person("Ann"), bazaar.now)
    bazaar.tell(referral_rewards.approve(bazaar.session, bao, bazaar.owner, bazaar.now))
    bazaar.tell(referral_rewards.refuse(bazaar.session, chen, bazaar.owner, bazaar.now))
    with pytest.raises(DomainError, match="referral_decided"):
        referral_rewards.approve(bazaar.session, chen, bazaar.owner, bazaar.now)
    assert (bazaar.has("Ann"), bazaar.has("Bao"), bazaar.has("Chen")) == ((500, 0, 0), (300, 0, 0), (0, 0, 0))
    assert bazaar.wrong() == []


def test_a_ring_is_seen(bazaar: Bazaar) -> None:
    bazaar.brings("Ann", "Bao")
    bazaar.brings("Bao", "Chen")
    bazaar.brings("Chen", "Ann")
    bazaar.buys("Ann", "Bao", "Chen")
    bazaar.waits(days=8)
    assert all("ring" in bazaar.of(name).signals for name in ("Ann", "Bao", "Chen"))


def test_what_is_kept_of_both_is_in_their_export_and_goes_when_they_are_erased(bazaar: Bazaar) -> None:
    bazaar.brings("Ann", "Bao")
    bazaar.buys("Bao")
    bazaar.waits(days=8)
    mine, theirs = (privacy.export(bazaar.session, bazaar.person(name)) for name in ("Ann", "Bao"))
    assert len(mine["invited"]) == 1  # type: ignore[arg-type]  # a list, as the export has it
    assert len(theirs["came_by_invitation"]) == 1  # type: ignore[arg-type]  # as above
    assert "token" not in mine["invite_links"][0]  # type: ignore[index]  # as above
    privacy.erase(bazaar.session, bazaar.person("Bao"), bazaar.now)
    assert bazaar.wrong() == []


def test_the_checks_find_what_does_not_fit(bazaar: Bazaar) -> None:
    bazaar.brings("Ann", "Bao")
    bazaar.buys("Bao")
    assert bazaar.wrong() == []
    bazaar.session.execute(update(referrals).values(state=ReferralState.PAID))
    assert any("referral reward" in one for one in bazaar.wrong())
    bazaar.session.execute(update(referrals).values(state=ReferralState.PENDING, order_id=None))
    assert any("referral order" in one for one in bazaar.wrong())
    chen = bazaar.brings("Ann", "Chen")
    assert not any("referral pair" in one for one in bazaar.wrong())
    chen.inviter_id, chen.friend_id = bazaar.person("Bao"), bazaar.person("Ann")
    assert any("referral pair" in one for one in bazaar.wrong())
    bazaar.session.get_one(Offer, bazaar.offer).promised = 5
    assert any("referral promises" in one for one in bazaar.wrong())
    assert bazaar.session.get_one(Referral, bazaar.of("Bao").id).state == ReferralState.PENDING

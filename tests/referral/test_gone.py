"""Invitations of who is not there any more: an erased person is paid nothing, and a link without its owner binds nobody."""

import pytest
from sqlalchemy.orm import Session

from models import privacy, referral_binding, referral_rewards
from models.errors import DomainError
from models.referrals import Way
from models.states import ReferralState
from tests.referral.bazaar import Bazaar


def erases(bazaar: Bazaar, name: str) -> None:
    privacy.erase(bazaar.session, bazaar.person(name), bazaar.now)


def test_an_erased_inviters_pending_reward_is_not_paid_and_the_friends_is(bazaar: Bazaar) -> None:
    bazaar.brings("Ann", "Bao")
    bazaar.buys("Bao")
    erases(bazaar, "Ann")
    assert (bazaar.has("Ann"), bazaar.has("Bao"), bazaar.promised()) == ((0, 0, 0), (0, 300, 0), 300)
    assert bazaar.wrong() == []
    bazaar.waits(days=8)
    assert (bazaar.has("Ann"), bazaar.has("Bao"), bazaar.left()) == ((0, 0, 0), (300, 0, 0), 99_700)
    assert bazaar.of("Bao").state == ReferralState.PAID
    bazaar.gives_back("Bao")
    assert (bazaar.has("Ann"), bazaar.has("Bao"), bazaar.left()) == ((0, 0, 0), (0, 0, 0), 100_000)
    assert bazaar.wrong() == []


def test_a_friend_who_has_not_ordered_yet_keeps_what_they_were_told(bazaar: Bazaar) -> None:
    bazaar.brings("Ann", "Bao")
    bazaar.brings("Ann", "Chen")
    bazaar.orders("Bao")
    erases(bazaar, "Ann")
    assert bazaar.promised() == 300, "Bao's order is under way"
    bazaar.completes("Bao")
    bazaar.buys("Chen")
    bazaar.waits(days=8)
    assert (bazaar.has("Ann"), bazaar.has("Bao"), bazaar.has("Chen")) == ((0, 0, 0), (300, 0, 0), (300, 0, 0))
    assert bazaar.wrong() == []


def test_where_the_friend_gets_nothing_nothing_is_left_of_the_invitation(session: Session) -> None:
    bazaar = Bazaar(session, friend_reward=0)
    bazaar.brings("Ann", "Bao")
    bazaar.brings("Ann", "Chen")
    bazaar.buys("Bao")
    erases(bazaar, "Ann")
    assert [bazaar.of(name).state for name in ("Bao", "Chen")] == [ReferralState.VOID] * 2
    assert (bazaar.has("Ann"), bazaar.left(), bazaar.promised()) == ((0, 0, 0), 100_000, 0)
    assert "referral_void" not in bazaar.told("Bao")
    bazaar.person("Dora")
    bazaar.brings("Dora", "Chen")
    assert bazaar.of("Chen").state == ReferralState.BOUND, "it was not the friend's doing"
    assert bazaar.wrong() == []


def test_after_the_campaign_the_erased_inviters_part_is_the_shops_again(bazaar: Bazaar) -> None:
    bazaar.waits(days=58)
    bazaar.brings("Ann", "Bao")
    bazaar.buys("Bao")
    bazaar.waits(days=3)
    assert bazaar.left() == 0
    erases(bazaar, "Ann")
    assert (bazaar.left(), bazaar.promised()) == (0, 300)
    bazaar.waits(days=8)
    assert bazaar.has("Bao") == (300, 0, 0)
    assert bazaar.wrong() == []


def test_an_erased_friend_is_paid_nothing_and_the_inviter_is(bazaar: Bazaar) -> None:
    bazaar.brings("Ann", "Bao")
    bazaar.buys("Bao")
    erases(bazaar, "Bao")
    bazaar.waits(days=8)
    assert (bazaar.has("Ann"), bazaar.has("Bao")) == ((500, 0, 0), (0, 0, 0))
    assert bazaar.wrong() == []


def test_an_owner_decides_on_what_is_left_of_one_that_stands_out(bazaar: Bazaar) -> None:
    bazaar.brings("Ann", "Bao")
    bazaar.buys("Bao")
    for number in range(4):
        bazaar.brings("Ann", f"Friend {number}")
    bazaar.leaves_chat("Bao")
    bazaar.waits(days=8)
    assert bazaar.of("Bao").state == ReferralState.FLAGGED
    erases(bazaar, "Ann")
    bazaar.tell(referral_rewards.approve(bazaar.session, bazaar.of("Bao").id or 0, bazaar.owner, bazaar.now))
    assert (bazaar.has("Ann"), bazaar.has("Bao")) == ((0, 0, 0), (300, 0, 0))
    assert bazaar.wrong() == []


@pytest.mark.parametrize("gone", ["erased", "left"])
def test_a_link_whose_owner_is_gone_binds_nobody(bazaar: Bazaar, gone: str) -> None:
    link = bazaar.link("Ann")
    bazaar.brings("Ann", "Bao")
    if gone == "erased":
        erases(bazaar, "Ann")
    else:
        bazaar.leaves_chat("Ann")
    with pytest.raises(DomainError, match="invite_gone"):
        referral_binding.bind(bazaar.session, link, bazaar.person("Chen", member=False), Way.LINK, bazaar.now)
    again, facts = referral_binding.bind(bazaar.session, link, bazaar.person("Bao"), Way.LINK, bazaar.now)
    assert (again.state, facts) == (ReferralState.BOUND, []), "who came before stays bound"
    assert bazaar.wrong() == []


@pytest.mark.parametrize(("gone", "promised"), [("Ann", 500), ("Bao", 300)])
def test_the_check_finds_what_an_erased_person_is_still_promised(bazaar: Bazaar, gone: str, promised: int) -> None:
    bazaar.brings("Ann", "Bao")
    bazaar.named(gone).erased_at = bazaar.now  # and nobody thought of their invitations
    assert [one for one in bazaar.wrong() if one.endswith(f"expected 0, found {promised}")] != []
    bazaar.named(gone).erased_at = None
    erases(bazaar, gone)
    assert bazaar.wrong() == []

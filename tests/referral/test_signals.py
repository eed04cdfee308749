"""Two signals of an invitation that no other story shows: an order within a minute of the link, and orders given back."""

from datetime import timedelta

import pytest

from models import referral_signals
from tests.referral.bazaar import Bazaar


def signals(bazaar: Bazaar, friend: str) -> set[str]:
    return set(referral_signals.of(bazaar.session, bazaar.of(friend), bazaar.order(friend)))


@pytest.mark.parametrize(("seconds", "shows"), [(0, True), (59, True), (60, False), (3600, False)])
def test_hasty_is_an_order_within_a_minute_of_the_link(bazaar: Bazaar, seconds: int, shows: bool) -> None:
    bazaar.brings("Ann", "Bao")
    bazaar.buys("Bao")
    bazaar.order("Bao").created_at = bazaar.of("Bao").bound_at + timedelta(seconds=seconds)
    assert ("hasty" in signals(bazaar, "Bao")) is shows


def test_one_order_given_back_is_no_signal_and_a_third_of_them_is(bazaar: Bazaar) -> None:
    bazaar.buys("Ann")
    bazaar.gives_back("Ann")
    bazaar.brings("Ann", "Bao")
    bazaar.buys("Bao")
    assert "refunds" not in signals(bazaar, "Bao"), "one of one, and two are needed"
    bazaar.buys("Ann")
    bazaar.gives_back("Ann")
    assert "refunds" in signals(bazaar, "Bao"), "the inviter's count as well as the friend's"
    for _ in range(4):
        bazaar.buys("Ann")
    assert "refunds" in signals(bazaar, "Bao"), "two of six"
    bazaar.buys("Ann")
    assert "refunds" not in signals(bazaar, "Bao"), "two of seven"


def test_the_friends_own_orders_given_back_count_too(bazaar: Bazaar) -> None:
    bazaar.brings("Ann", "Bao")
    bazaar.buys("Bao")
    for _ in range(2):
        bazaar.buys("Bao")
        bazaar.gives_back("Bao")
    bazaar.waits(days=8)
    assert "refunds" in bazaar.of("Bao").signals
    assert bazaar.wrong() == []

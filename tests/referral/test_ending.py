"""The end of a campaign: who came in time may still order and is paid, and nothing of the budget is lost or stays behind."""

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from models import privacy
from models.referrals import offers
from models.states import ReferralState
from tests.referral.bazaar import Bazaar


def ended(session: Session, *friends: str, **terms: object) -> Bazaar:
    """Ann brought these friends a day before the campaign ended; none of them has ordered."""
    bazaar = Bazaar(session, **terms)
    bazaar.person("Ann")
    bazaar.waits(days=59)
    for name in friends:
        bazaar.brings("Ann", name)
    bazaar.waits(days=2)
    return bazaar


def test_who_came_in_time_orders_after_the_end_and_both_are_paid(session: Session) -> None:
    bazaar = ended(session, "Bao")
    assert (bazaar.left(), bazaar.promised(), bazaar.wrong()) == (800, 0, [])
    bazaar.buys("Bao")
    assert (bazaar.has("Ann"), bazaar.has("Bao"), bazaar.left()) == ((0, 500, 0), (0, 300, 0), 0)
    bazaar.waits(days=8)
    assert (bazaar.has("Ann"), bazaar.has("Bao"), bazaar.wrong()) == ((500, 0, 0), (300, 0, 0), [])
    bazaar.gives_back("Bao")
    assert (bazaar.has("Ann"), bazaar.has("Bao"), bazaar.left(), bazaar.wrong()) == ((0, 0, 0), (0, 0, 0), 0, [])


def test_who_never_orders_leaves_it_to_the_shop(session: Session) -> None:
    bazaar = ended(session, "Bao", "Chen")
    bazaar.orders("Chen")
    assert (bazaar.left(), bazaar.promised()) == (1600, 800)
    bazaar.waits(days=2)  # Chen never pays
    assert (bazaar.of("Chen").state, bazaar.left(), bazaar.promised()) == (ReferralState.BOUND, 1600, 0)
    bazaar.waits(days=14)
    assert [bazaar.of(name).why for name in ("Bao", "Chen")] == ["late", "late"]
    assert (bazaar.left(), bazaar.wrong()) == (0, [])


def test_of_more_friends_than_the_budget_reaches_the_first_to_order_are_paid(session: Session) -> None:
    bazaar = ended(session, "Bao", "Chen", "Dora", budget=1700)
    assert bazaar.left() == 1700
    bazaar.buys("Dora", "Bao", "Chen")
    assert [bazaar.of(name).why for name in ("Bao", "Chen", "Dora")].count("spent") == 1
    assert (bazaar.promised(), bazaar.left(), bazaar.wrong()) == (1600, 0, [])


@pytest.mark.parametrize(("gone", "left"), [("Ann", 300), ("Bao", 500)])
def test_the_part_of_who_is_erased_is_the_shops(session: Session, gone: str, left: int) -> None:
    bazaar = ended(session, "Bao")
    privacy.erase(bazaar.session, bazaar.person(gone), bazaar.now)
    assert (bazaar.left(), bazaar.wrong()) == (left, [])


def test_the_check_finds_a_budget_that_is_not_there(session: Session) -> None:
    bazaar = ended(session, "Bao")
    bazaar.session.execute(update(offers).values(budget=900))
    assert [one.partition(":")[0] for one in bazaar.wrong()] == ["referral funds"]

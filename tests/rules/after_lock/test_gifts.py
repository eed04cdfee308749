"""A seat for a friend: who picks, what they see, what the pick list shows."""

from dataclasses import asdict

import pytest
from sqlalchemy.orm import Session

from models import gifts, handover, picklist
from models.circles import Circle
from models.errors import DomainError
from models.facts import GiftAccepted, GiftArrived
from models.seats import SeatLine
from tests.roster import roster
from tests.rules.after_lock.lock import Locked, of
from tests.rules.scene import Scene

GATE, LOBBY = "Gate 2, Sat 10:00-12:00", "Lobby, all day"


def opened(session: Session, **terms: object) -> Locked:
    """A group buy that is still open, with two places to collect."""
    deal = Locked.__new__(Locked)
    Scene.__init__(deal, session, **terms)  # type: ignore[arg-type]
    session.get_one(Circle, deal.circle).pickup = [GATE, LOBBY]
    session.flush()
    return deal


def gives(deal: Locked, name: str, quantity: int = 1) -> str:
    return gifts.give(deal.session, deal.round, deal.person(name), quantity, deal.now)


def accepts(deal: Locked, token: str, friend: str, option: str = "", pickup: str | None = None) -> list:
    return gifts.accept(deal.session, token, deal.person(friend), option, pickup, deal.now)


def lines(deal: Locked, name: str) -> dict[str, int]:
    seat = deal.seat(name)
    query = deal.session.query(SeatLine).where(SeatLine.seat_id == seat.id).populate_existing()  # type: ignore[arg-type]
    return {line.option: line.quantity for line in query}


def test_a_friend_outside_the_circle_takes_the_gift_and_the_giver_hears(session: Session) -> None:
    deal = opened(session)
    deal.joins("Ann", 2)
    token = gives(deal, "Ann")
    deal.person("Aunt Wang", member=False)
    facts = accepts(deal, token, "Aunt Wang", pickup=LOBBY)
    assert [(type(fact), fact.giver_id, fact.friend_id) for fact in facts] == [
        (GiftAccepted, deal.person("Ann"), deal.person("Aunt Wang"))
    ]
    assert accepts(deal, token, "Aunt Wang", pickup=GATE) == [], "a changed mind is no second gift"


def test_when_the_goods_arrive_the_friend_is_told_where_to_come(session: Session) -> None:
    deal = opened(session, minimum=1)
    deal.joins("Ann", 2)
    deal.joins("Bao")
    deal.person("Aunt Wang", member=False)
    accepts(deal, gives(deal, "Ann"), "Aunt Wang", pickup=LOBBY)
    gives(deal, "Bao")  # nobody took it
    deal.lock()
    told = of(handover.arrive(session, deal.round, deal.owner, deal.now), GiftArrived)
    assert [(fact.giver_id, fact.friend_id, fact.chosen) for fact in told] == [
        (deal.person("Ann"), deal.person("Aunt Wang"), LOBBY)
    ]


def test_the_friend_sees_no_price(session: Session) -> None:
    deal = opened(session, options=("small", "large"))
    deal.joins("Ann", 2, "small")
    view = gifts.view(session, gives(deal, "Ann", 2), deal.person("Fang"))
    assert (view.giver, view.quantity, view.options, view.pickups) == ("Ann", 2, ("small", "large"), (GATE, LOBBY))
    assert not any("price" in name or "total" in name or "amount" in name for name in asdict(view))
    assert 3990 not in asdict(view).values()


def test_the_friend_picks_the_option_and_the_pieces_move(session: Session) -> None:
    deal = opened(session, options=("small", "large"))
    deal.joins("Ann", 3, "small")
    accepts(deal, gives(deal, "Ann", 2), "Fang", "large")
    assert lines(deal, "Ann") == {"small": 1, "large": 2}
    assert roster(session, deal.round)[0].quantity == 3
    accepts(deal, gives(deal, "Ann"), "Gus", "large")
    assert lines(deal, "Ann") == {"large": 3}


def test_an_option_the_seat_has_already_moves_nothing(session: Session) -> None:
    deal = opened(session, options=("small", "large"))
    deal.joins("Ann", 1, "small")
    deal.joins("Ann", 1, "large")
    accepts(deal, gives(deal, "Ann"), "Fang", "large")
    assert lines(deal, "Ann") == {"small": 1, "large": 1}
    with pytest.raises(DomainError, match="unknown_option"):
        accepts(deal, gives(deal, "Ann"), "Gus", "huge")


def test_after_the_lock_only_the_pickup_is_chosen(session: Session) -> None:
    deal = opened(session, options=("small", "large"))
    for name in ("Ann", "Bao", "Chen"):
        deal.joins(name, 1, "small")
    token = gives(deal, "Ann")
    deal.lock()
    with pytest.raises(DomainError, match="option_fixed"):
        accepts(deal, token, "Fang", "large")
    accepts(deal, token, "Fang", pickup=LOBBY)
    rows = {row.member: (row.option, row.pickup) for row in picklist.rows(session, round_id=deal.round)}
    assert rows["Fang"] == ("small", LOBBY)
    assert "Ann" not in rows


def test_no_more_is_given_than_the_seat_holds(session: Session) -> None:
    deal = opened(session)
    deal.joins("Ann", 2)
    gives(deal, "Ann")
    with pytest.raises(DomainError, match="nothing_to_give"):
        gives(deal, "Ann", 2)
    with pytest.raises(DomainError, match="nothing_to_give"):
        gives(deal, "Bao")
    with pytest.raises(DomainError, match="zero"):
        gives(deal, "Ann", 0)


def test_a_gift_finds_one_friend_who_is_not_the_giver(session: Session) -> None:
    deal = opened(session)
    deal.joins("Ann")
    token = gives(deal, "Ann")
    with pytest.raises(DomainError, match="gift_own"):
        accepts(deal, token, "Ann")
    accepts(deal, token, "Fang")
    with pytest.raises(DomainError, match="gift_taken"):
        accepts(deal, token, "Gus")
    with pytest.raises(DomainError, match="gift_gone"):
        accepts(deal, "guessed", "Gus")


def test_a_place_to_collect_that_is_not_offered_is_refused(session: Session) -> None:
    deal = opened(session)
    deal.joins("Ann")
    with pytest.raises(DomainError, match="unknown_pickup"):
        accepts(deal, gives(deal, "Ann"), "Fang", pickup="Moon")


def test_when_ann_leaves_there_is_nothing_to_take(session: Session) -> None:
    deal = opened(session)
    deal.joins("Ann", 2)
    token = gives(deal, "Ann", 2)
    deal.joins("Ann", -1)  # what is given shrinks with the seat
    assert gifts.view(session, token, deal.person("Fang")).quantity == 1
    deal.joins("Ann", -1)
    with pytest.raises(DomainError, match="gift_gone"):
        accepts(deal, token, "Fang")


def test_a_seat_that_lapses_takes_its_gifts_along(session: Session) -> None:
    deal = opened(session)
    for name in ("Ann", "Bao", "Chen"):
        deal.joins(name)
    token = gives(deal, "Ann")
    deal.lock()
    deal.later(hours=24)
    with pytest.raises(DomainError, match="gift_gone"):
        gifts.view(session, token, deal.person("Fang"))


def test_a_gift_nobody_took_can_be_taken_back(session: Session) -> None:
    deal = opened(session)
    deal.joins("Ann")
    gives(deal, "Ann")
    gifts.withdraw(session, 1, deal.person("Ann"), deal.now)
    gives(deal, "Ann")


def test_the_gift_of_an_upfront_seat_changes_its_order_too(session: Session) -> None:
    deal = opened(session, options=("small", "large"), collect="upfront")
    deal.joins("Ann", 2, "small")
    accepts(deal, gives(deal, "Ann"), "Fang", "large")
    rows = {(row.member, row.option): row.quantity for row in picklist.rows(session, round_id=deal.round)}
    assert rows == {("Fang", "large"): 1, ("Ann", "small"): 1}

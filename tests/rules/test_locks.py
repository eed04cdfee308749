"""The deadline, the short group, the last piece, the recall, as stories."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from models import locks
from models.errors import DomainError
from models.facts import AnyFact, PaymentAsked, RoundFailed, RoundLocked, RoundRecalled, RoundShort
from models.states import RoundState
from tests.rules.scene import Scene

EIGHT = ("Ann", "Bao", "Chen", "Dora", "Emil", "Fang", "Gus", "Hana")


def all_join(scene: Scene, *names: str) -> None:
    for name in names:
        scene.joins(name)


def deadline(scene: Scene) -> list[AnyFact]:
    scene.now = max(scene.now, scene.row.closes_at)
    return locks.close(scene.session, scene.round, scene.now)


def owed(facts: list[AnyFact]) -> dict[int, int]:
    return {fact.person_id: fact.due for fact in facts if isinstance(fact, PaymentAsked)}


def test_before_the_deadline_nothing_locks(session: Session) -> None:
    scene = Scene(session)
    all_join(scene, *EIGHT)
    assert locks.close(session, scene.round, scene.now) == []
    assert scene.row.state == RoundState.OPEN


def test_the_deadline_locks_one_price_for_all_and_each_owes_their_pieces(session: Session) -> None:
    scene = Scene(session)
    scene.joins("Ann", 2)
    all_join(scene, *EIGHT[1:])
    facts = deadline(scene)
    assert facts[0] == RoundLocked(scene.round, 3200, 8, 9, accepted_short=False)
    assert owed(facts) == {scene.person("Ann"): 6400} | {scene.person(name): 3200 for name in EIGHT[1:]}
    assert (scene.row.state, scene.row.final_price) == (RoundState.LOCKED, 3200)


def test_locking_again_changes_nothing(session: Session) -> None:
    scene = Scene(session)
    all_join(scene, "Ann", "Bao", "Chen")
    deadline(scene)
    assert deadline(scene) == []


def test_the_leaders_discount_is_a_line_of_its_own(session: Session) -> None:
    scene = Scene(session, leader_discount=200)
    all_join(scene, "Ann", "Bao", "Chen")
    assert owed(deadline(scene)) == {
        scene.person("Ann"): 3400, scene.person("Bao"): 3600, scene.person("Chen"): 3600
    }


def test_the_lock_takes_the_lowest_price_told_to_a_seat_still_held(session: Session) -> None:
    scene = Scene(session, minimum=1)
    all_join(scene, "Ann", "Bao", "Chen")
    scene.leaves("Ann")
    deadline(scene)
    assert scene.row.final_price == 3600  # Chen was told so


def test_too_few_fail_and_every_piece_comes_back(session: Session) -> None:
    scene = Scene(session, stock=10)
    scene.joins("Ann", 2)
    scene.joins("Bao")
    assert deadline(scene)[0] == RoundFailed(scene.round, 2, 3)
    assert (scene.stock_left, scene.row.state, scene.row.members) == (10, RoundState.FAILED, 0)


def test_nobody_at_all_fails_even_where_short_groups_may_be_accepted(session: Session) -> None:
    scene = Scene(session, accept_from=0.1)
    assert isinstance(deadline(scene)[0], RoundFailed)


def test_a_short_group_waits_for_the_owner_and_is_accepted_openly(session: Session) -> None:
    scene = Scene(session, minimum=5, accept_from=0.8)
    all_join(scene, "Ann", "Bao", "Chen", "Dora")
    until = scene.row.closes_at + timedelta(hours=12)
    assert deadline(scene) == [RoundShort(scene.round, 4, 5, until)]
    with pytest.raises(DomainError, match="not_yours"):
        locks.accept_short(session, scene.round, scene.person("Ann"), scene.now)
    facts = locks.accept_short(session, scene.round, scene.owner, scene.now)
    assert facts[0] == RoundLocked(scene.round, 3600, 4, 4, accepted_short=True)


def test_below_the_share_it_fails_at_once(session: Session) -> None:
    scene = Scene(session, minimum=5, accept_from=0.8)
    all_join(scene, "Ann", "Bao", "Chen")
    assert isinstance(deadline(scene)[0], RoundFailed)


def test_an_owner_who_says_nothing_for_twelve_hours_lets_it_fail(session: Session) -> None:
    scene = Scene(session, minimum=4, accept_from=0.7)
    all_join(scene, "Ann", "Bao", "Chen")
    deadline(scene)
    scene.passes(hours=11, minutes=59)
    assert locks.close(session, scene.round, scene.now) == []
    scene.passes(minutes=1)
    assert isinstance(locks.close(session, scene.round, scene.now)[0], RoundFailed)
    with pytest.raises(DomainError, match="not_deciding"):
        locks.accept_short(session, scene.round, scene.owner, scene.now)


def test_the_last_piece_locks_at_once(session: Session) -> None:
    scene = Scene(session, stock=4)
    scene.joins("Ann", 2)
    scene.joins("Bao")
    facts = scene.joins("Chen")
    assert facts[0].sold_out  # type: ignore[union-attr]
    assert any(isinstance(fact, RoundLocked) for fact in facts)
    assert scene.row.state == RoundState.LOCKED


def test_the_last_piece_below_the_minimum_cannot_come_about(session: Session) -> None:
    scene = Scene(session, stock=4)
    facts = scene.joins("Ann", 4)
    assert any(isinstance(fact, RoundFailed) for fact in facts)
    assert scene.stock_left == 4


def test_the_owner_recalls_an_offer_and_nobody_owes_anything(session: Session) -> None:
    scene = Scene(session, stock=10)
    all_join(scene, "Ann", "Bao", "Chen")
    deadline(scene)
    with pytest.raises(DomainError, match="not_yours"):
        locks.recall(session, scene.round, scene.person("Ann"), scene.now)
    facts = locks.recall(session, scene.round, scene.owner, scene.now)
    assert RoundRecalled(scene.round) in facts
    assert (scene.stock_left, scene.row.state, scene.row.pieces) == (10, RoundState.CANCELLED, 0)
    with pytest.raises(DomainError, match="bad_move"):
        locks.recall(session, scene.round, scene.owner, scene.now)

"""Joining, adding, leaving and the price that follows, as stories."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.columns import table_of
from models.errors import DomainError
from models.facts import LeaderChanged, SeatLeft, SeatTaken, StepReached
from models.seats import SeatEvent, Way
from models.states import SeatState
from models.wishes import Change, How
from tests.roster import roster
from tests.rules.scene import Scene


def refused(code: str):  # a context manager of pytest
    return pytest.raises(DomainError, match=f"'{code}'")


def test_the_first_to_join_is_told_seat_price_and_what_is_missing_and_leads(session: Session) -> None:
    scene = Scene(session)
    assert scene.joins("Ann", 2) == [
        SeatTaken(scene.round, scene.person("Ann"), 2, 3990, 2, 3600, "members", 2, leads=True)
    ]
    assert scene.row.leader_id == scene.person("Ann")


def test_the_price_falls_for_all_as_the_circle_grows(session: Session) -> None:
    scene = Scene(session)
    scene.joins("Ann", 2)
    scene.joins("Bao")
    facts = scene.joins("Chen")
    assert facts[0] == SeatTaken(scene.round, scene.person("Chen"), 1, 3600, 5, 3200, "members", 0, leads=False)
    assert facts[1] == StepReached(scene.round, 3, 3600)
    assert scene.price == 3600


def test_a_ladder_of_pieces_counts_pieces(session: Session) -> None:
    scene = Scene(session, count_by="pieces")
    scene.joins("Ann", 2)
    assert scene.joins("Bao")[0].price == 3600  # type: ignore[union-attr]


def test_a_step_is_announced_once_even_when_it_is_lost_and_reached_again(session: Session) -> None:
    scene = Scene(session)
    for name in ("Ann", "Bao", "Chen"):
        scene.joins(name)
    scene.leaves("Ann")
    assert [fact for fact in scene.joins("Dora") if isinstance(fact, StepReached)] == []


def test_a_price_told_to_a_seat_still_held_stays_for_all(session: Session) -> None:
    scene = Scene(session)
    for name in ("Ann", "Bao", "Chen"):
        scene.joins(name)
    scene.leaves("Ann")
    assert scene.row.members == 2
    assert scene.price == 3600  # Chen was told 36.00 and still holds the seat


def test_who_joins_and_leaves_does_not_move_the_price(session: Session) -> None:
    scene = Scene(session)
    for name in ("Ann", "Bao", "Chen"):
        scene.joins(name)
    scene.leaves("Chen")
    assert scene.price == 3990  # nobody who stays was told 36.00


def test_leaving_twice_ends_joining(session: Session) -> None:
    scene = Scene(session)
    scene.joins("Ann")
    assert scene.leaves("Ann")[0] == SeatLeft(scene.round, scene.person("Ann"), last_time=False)
    scene.joins("Ann")
    assert scene.leaves("Ann")[0] == SeatLeft(scene.round, scene.person("Ann"), last_time=True)
    with refused("left_twice"):
        scene.joins("Ann")
    assert scene.row.members == 0


def test_the_next_to_have_joined_leads_when_the_leader_leaves(session: Session) -> None:
    scene = Scene(session)
    for name in ("Ann", "Bao", "Chen"):
        scene.joins(name)
    assert LeaderChanged(scene.round, scene.person("Bao")) in scene.leaves("Ann")
    scene.joins("Ann")
    assert LeaderChanged(scene.round, scene.person("Chen")) in scene.leaves("Bao")  # Ann came back behind Chen


def test_adding_taking_and_setting_pieces(session: Session) -> None:
    scene = Scene(session)
    scene.joins("Ann", 2)
    assert scene.joins("Ann", 2)[0].quantity == 4  # type: ignore[union-attr]
    assert scene.joins("Ann", -1)[0].quantity == 3  # type: ignore[union-attr]
    assert scene.sets("Ann", 2)[0].quantity == 2  # type: ignore[union-attr]
    assert isinstance(scene.joins("Ann", -5)[0], SeatLeft)
    assert scene.row.pieces == 0


def test_over_the_limit_says_what_works_and_changes_nothing(session: Session) -> None:
    scene = Scene(session)
    scene.joins("Ann", 2)
    with pytest.raises(DomainError) as caught:
        scene.joins("Ann", 4)
    assert (caught.value.code, caught.value.params) == ("over_limit", {"asked": 6, "limit": 5, "reply": 3})
    assert scene.row.pieces == 2


@pytest.mark.parametrize(("wish", "code"), [
    (Change("add", 0), "zero"),
    (Change("add", -1), "nothing_to_take"),
    (Change("leave"), "nothing_to_take"),
    (Change("set", 0), "nothing_to_take"),
    (Change("add", 999), "over_limit"),
    (Change("add", 1, "blue"), "unknown_option"),
])
def test_a_wish_that_cannot_be_meant_is_refused(session: Session, wish: Change, code: str) -> None:
    scene = Scene(session)
    with refused(code):
        scene.changes("Ann", wish)
    assert (scene.row.members, scene.seat("Ann")) == (0, None)


def test_without_a_limit_a_slip_of_the_finger_is_still_caught(session: Session) -> None:
    scene = Scene(session, per_member=None)
    with refused("over_limit"):
        scene.joins("Ann", 999)


def test_options_are_lines_of_one_seat(session: Session) -> None:
    scene = Scene(session, options=("small", "large"))
    with refused("option_needed"):
        scene.joins("Ann", 1)
    scene.joins("Ann", 1, "large")
    scene.joins("Ann", 1)  # she has only large: one more of it
    scene.joins("Ann", 1, "small", note="less ripe")
    assert roster(session, scene.round)[0].options == (("large", 2), ("small", 1))
    scene.joins("Ann", -1, "large")
    assert roster(session, scene.round)[0].options == (("large", 1), ("small", 1))
    with refused("unknown_option"):
        scene.joins("Ann", 1, "medium")


def test_a_note_keeps_its_own_line_and_is_taken_away_last_in_first_out(session: Session) -> None:
    scene = Scene(session)
    scene.joins("Ann", 1)
    scene.joins("Ann", 1, note="for Aunt Wang")
    scene.joins("Ann", -1)
    seat = scene.seat("Ann")
    assert seat is not None
    assert seat.quantity == 1


def test_the_last_five_are_not_sold_six_times(session: Session) -> None:
    scene = Scene(session, stock=5, minimum=9)
    scene.joins("Ann", 4)
    with pytest.raises(DomainError) as caught:
        scene.joins("Bao", 2)
    assert (caught.value.code, caught.value.params) == ("no_seats_left", {"left": 1})
    scene.leaves("Ann")
    assert scene.stock_left == 5
    scene.joins("Bao", 2)
    assert scene.stock_left == 3


def test_strangers_to_the_circle_and_those_who_left_it_do_not_join(session: Session) -> None:
    scene = Scene(session)
    scene.person("Mallory", member=False)
    with refused("not_a_member"):
        scene.joins("Mallory")


def test_after_the_deadline_a_tap_is_refused_even_before_the_sweep(session: Session) -> None:
    scene = Scene(session)
    scene.passes(hours=24)
    with refused("not_open"):
        scene.joins("Ann")


def test_an_edited_message_replaces_its_own_effect(session: Session) -> None:
    scene = Scene(session)
    scene.joins("Ann", 1)
    scene.joins("Ann", 2, message=77)
    assert scene.edits("Ann", 77, Change("add", 1))[0].quantity == 2  # type: ignore[union-attr]
    assert scene.edits("Ann", 77, Change("add", 3, note="less ripe"))[0].quantity == 4  # type: ignore[union-attr]
    assert scene.edits("Ann", 77, None)[0].quantity == 1  # type: ignore[union-attr]
    assert scene.edits("Ann", 78, None) == []  # a message that never counted


def test_an_edit_that_asks_too_much_changes_nothing(session: Session) -> None:
    scene = Scene(session)
    scene.joins("Ann", 2, message=77)
    with refused("over_limit"):
        scene.edits("Ann", 77, Change("add", 6))
    seat = scene.seat("Ann")
    assert seat is not None
    assert (seat.quantity, seat.state) == (2, SeatState.HELD)


def test_every_change_keeps_how_it_came_about(session: Session) -> None:
    scene = Scene(session)
    scene.joins("Ann", 2)
    scene.changes("Bao", Change("add", 1), How(Way.SHARE, via_person_id=scene.person("Ann")))
    scene.joins("Chen", 1, message=80)
    events = table_of(SeatEvent)
    columns = (events.c.way, events.c.via_person_id, events.c.names_on_card, events.c.price_told, events.c.message_id)
    rows = [tuple(row) for row in session.execute(select(*columns).order_by(events.c.id))]
    assert rows == [
        ("tapped", None, 0, 3990, None), ("share", scene.person("Ann"), 1, 3990, None), ("typed", None, 2, 3600, 80)
    ]

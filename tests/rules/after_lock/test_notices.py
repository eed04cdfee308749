"""Every fact reaches exactly the people it concerns, once, and the circle never hears of money."""

from dataclasses import fields

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import circles, facts, locks, notices
from models.circles import Chat
from models.facts import CircleApproved
from models.hearers import Audience
from models.outbox import OUTBOX, Route
from tests.rules.after_lock.lock import Locked
from tests.rules.scene import Scene


def all_facts() -> list[type]:
    """Every fact class that means something by itself: the leaves."""
    classes = [value for value in vars(facts).values() if isinstance(value, type)]
    found = [value for value in classes if value.__module__.startswith(f"{facts.__name__}.")]
    return [kind for kind in found if not any(issubclass(other, kind) and other is not kind for other in found)]


@pytest.mark.parametrize("kind", all_facts(), ids=lambda kind: kind.__name__)
def test_every_fact_has_its_row(kind: type) -> None:
    assert kind in notices.NOTICES, "a fact is told to somebody or silent on purpose: add its row"


@pytest.mark.parametrize("kind", all_facts(), ids=lambda kind: kind.__name__)
def test_every_key_and_button_speaks_of_what_the_fact_carries(kind: type) -> None:
    names = {field.name: "x" for field in fields(kind)}
    for notice in notices.NOTICES[kind]:
        notice.key.format(**names, now="x")


def test_dedup_keys_are_never_shared_by_two_messages() -> None:
    """Two facts may share one message on purpose: whichever comes first, it is said once."""
    said = {(notice.key, notice.template) for rows in notices.NOTICES.values() for notice in rows}
    assert len(said) == len({key for key, _ in said})


def test_the_circle_hears_of_steps_and_nothing_that_costs_a_member_money() -> None:
    to_circle = {
        notice.template for rows in notices.NOTICES.values() for notice in rows if notice.to is Audience.CIRCLE
    }
    assert to_circle == {
        "step_reached", "circle_asked", "poll_reached", "poll_ended", "draw_closed", "draw_void",
    }


def said(session: Session, *columns: str) -> list[tuple]:
    query = select(*(OUTBOX.c[column] for column in columns)).where(OUTBOX.c.route != Route.CARD).order_by(OUTBOX.c.id)
    return [tuple(row) for row in session.execute(query)]


def test_the_lock_tells_each_member_in_private_and_gives_owner_and_leader_the_pick_list(session: Session) -> None:
    deal = Locked(session)
    notices.notify(session, deal.lock_facts, deal.now)
    told = said(session, "template", "person_id", "route")
    members = [("payment_asked", deal.person(name), "private") for name in ("Ann", "Bao", "Chen")]
    lists = [("round_locked_owner", deal.owner, "private"), ("round_locked_leader", deal.person("Ann"), "private")]
    assert sorted(told[-5:]) == sorted(members + lists)


def test_telling_it_twice_says_it_once(session: Session) -> None:
    deal = Locked(session)
    for _ in range(2):
        notices.notify(session, deal.lock_facts, deal.now)
    assert len(said(session, "id")) == len(set(said(session, "dedup")))
    assert len([row for row in said(session, "template") if row == ("payment_asked",)]) == 3


def test_a_member_who_never_pressed_start_has_the_circle_as_the_way_round_but_an_owner_has_not(session: Session) -> None:
    deal = Locked(session)
    notices.notify(session, deal.lock_facts, deal.now)
    for template, circle in said(session, "template", "circle_id"):
        assert circle == (None if template == "round_locked_owner" else deal.circle)


def test_a_thousand_taps_leave_one_mark_on_the_card(session: Session) -> None:
    scene = Scene(session)
    notices.notify(session, scene.opened, scene.now)
    for _ in range(4):
        notices.notify(session, scene.joins("Ann"), scene.now)
    marks = session.execute(select(OUTBOX.c.id).where(OUTBOX.c.route == Route.CARD)).all()
    assert len(marks) == 1


def test_a_step_that_falls_is_one_line_below_the_card(session: Session) -> None:
    scene = Scene(session)
    for name in ("Ann", "Bao", "Chen"):
        notices.notify(session, scene.joins(name), scene.now)
    notices.notify(session, scene.leaves("Chen"), scene.now)
    notices.notify(session, scene.joins("Chen"), scene.now)
    assert said(session, "template", "route", "person_id") == [("step_reached", "circle", None)]


def test_what_a_message_says_is_plain_json(session: Session) -> None:
    deal = Locked(session)
    notices.notify(session, deal.lock_facts, deal.now)
    (params,) = next(iter(said(session, "params")[-1:]))
    assert params["pay_by"].startswith("2026-11-22T")
    assert params["buttons"] == "pay"


def test_owners_hear_of_a_recall_by_their_own_doing_and_every_buyer_by_a_message(session: Session) -> None:
    deal = Locked(session)
    notices.notify(session, locks.recall(session, deal.round, deal.owner, deal.now), deal.now)
    assert said(session, "template", "person_id") == [
        ("round_recalled", deal.person(name)) for name in ("Ann", "Bao", "Chen")
    ]


def test_somebody_else_adds_the_bot_and_the_owners_are_asked(session: Session) -> None:
    scene = Scene(session)
    circle, added = circles.added(session, Chat(-1002, "Stairwell 5"), scene.person("Ann"), scene.now)
    notices.notify(session, added, scene.now)
    assert said(session, "template", "person_id", "circle_id") == [
        ("circle_asked_owner", scene.owner, None), ("circle_asked", None, circle)
    ]  # fmt: skip


def test_a_fact_of_a_leader_who_is_nobody_tells_nobody(session: Session) -> None:
    scene = Scene(session)
    scene.joins("Ann")
    notices.notify(session, scene.leaves("Ann"), scene.now)
    assert said(session, "template") == []


def test_a_circle_without_a_shop_is_every_owners_business(session: Session) -> None:
    scene = Scene(session)
    circle = circles.ask(session, Chat(-1003, "Parents"), scene.person("Ann"), scene.now)
    notices.notify(session, [CircleApproved(circle, ("admin",))], scene.now)
    assert said(session, "person_id") == [(scene.owner,)]

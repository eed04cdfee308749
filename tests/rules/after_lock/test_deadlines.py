"""What falls due is done once, in small batches, and one thing that fails holds nobody else back."""

import logging
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from models import deadlines, handover
from models.facts import OrderLapsed, RoundFailed, RoundLocked, RoundOpened, RoundShort
from models.group_buys import rounds
from models.states import OrderState, RoundState
from tests.rules.after_lock.lock import Locked, of
from tests.rules.scene import FRIDAY, Scene


def sweep(scene: Scene, **time: float) -> list:
    scene.passes(**time)
    return deadlines.sweep(scene.session, scene.now)


def test_a_scheduled_group_buy_opens_at_its_time(session: Session) -> None:
    scene = Scene(session, opens_at=FRIDAY + timedelta(hours=2))
    assert deadlines.next_due(session) == FRIDAY + timedelta(hours=2)
    assert sweep(scene, hours=1) == []
    assert sweep(scene, hours=1) == [RoundOpened(scene.round)]
    assert scene.row.state == RoundState.OPEN


def test_the_deadline_locks_without_anybody_looking(session: Session) -> None:
    scene = Scene(session)
    for name in ("Ann", "Bao", "Chen"):
        scene.joins(name)
    assert deadlines.next_due(session) == scene.row.closes_at
    assert len(of(sweep(scene, hours=24), RoundLocked)) == 1
    assert sweep(scene) == []


def test_an_undecided_short_group_fails_after_twelve_hours(session: Session) -> None:
    scene = Scene(session, minimum=5, accept_from=0.4)
    for name in ("Ann", "Bao"):
        scene.joins(name)
    assert len(of(sweep(scene, hours=24), RoundShort)) == 1
    assert sweep(scene, hours=11) == []
    assert len(of(sweep(scene, hours=1), RoundFailed)) == 1
    assert deadlines.next_due(session) is None


def test_an_order_falls_due_at_its_reminder_then_at_its_end(session: Session) -> None:
    deal = Locked(session)
    assert deadlines.next_due(session) == deal.now + timedelta(hours=18)
    deal.later(hours=18)
    assert deadlines.next_due(session) == deal.now + timedelta(hours=6)
    deal.pays("Ann", "Bao", "Chen")
    assert deadlines.next_due(session) is None
    handover.arrive(session, deal.round, deal.owner, deal.now)
    assert deadlines.next_due(session) is not None


def test_a_batch_is_never_larger_than_asked(session: Session) -> None:
    deal = Locked(session)
    deal.passes(hours=24)
    assert len(of(deadlines.sweep(session, deal.now, limit=2), OrderLapsed)) == 2
    assert len(of(deadlines.sweep(session, deal.now, limit=2), OrderLapsed)) == 1


def test_one_that_fails_is_logged_and_the_rest_goes_on(session: Session, caplog: pytest.LogCaptureFixture) -> None:
    deal = Locked(session, pay_within=3600)
    session.flush()
    broken = deal.number("Ann")

    def break_anns(session: Session, order_id: int, now: object) -> list:
        if order_id == broken:
            session.execute(update(rounds).values(members=99))
            raise RuntimeError("planted")
        return deadlines.orders.lapse(session, order_id, now)

    kinds = tuple(
        deadlines.Deadline(kind.due, kind.of, kind.where, break_anns) if kind.do is deadlines.orders.lapse else kind
        for kind in deadlines.KINDS
    )
    with pytest.MonkeyPatch.context() as patch, caplog.at_level(logging.ERROR):
        patch.setattr(deadlines, "KINDS", kinds)
        deal.later(hours=1)
    states = [deal.order(name).state for name in ("Ann", "Bao", "Chen")]
    assert states == [OrderState.AWAITING, OrderState.LAPSED, OrderState.LAPSED]
    assert deal.row.members == 1, "what the broken one had written is gone"
    assert "a deadline could not be met" in caplog.text


def test_who_waited_for_the_sweep_can_still_pay(session: Session) -> None:
    deal = Locked(session)
    deal.passes(hours=25)
    deal.claims("Ann")
    deal.later()
    assert deal.order("Ann").state == OrderState.CLAIMED
    assert deal.order("Bao").state == OrderState.LAPSED

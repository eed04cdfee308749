"""A run finds everybody once: batches, consent, mutes, hold-outs, a limit, pauses, cancels, removals; its record counts each."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.gateway.verdicts import Fate, Verdict
from campaigns import fanout, holdout
from campaigns.desk import CampaignDesk
from models import alarms, halts, mutes
from models.campaigns import RunState
from models.circles import circle_table, leave
from models.errors import DomainError
from models.outbox import OUTBOX
from models.recipients import Arm, recipients
from tests.campaigns.quarter import DAY, HOUR, MINUTE, NOON, OFFICE, PAGE, Quarter, hello


def test_everybody_is_written_to_once_and_the_record_says_so(quarter: Quarter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fanout, "PAGE", 7)
    quarter.loads(hello()).crowd(40)
    quarter.at(NOON).all_at_once()
    assert sorted(target for _, target, _ in quarter.left) == sorted(f"person:{n}" for n in quarter.people.values())
    run = quarter.run()
    assert (run.state, run.decided, run.planned, run.sent, run.waiting) == (RunState.DONE, 40, 40, 40, 0)
    assert run.counts == {"delivered": 40}
    quarter.goes_on(NOON + 2 * HOUR)
    assert len(quarter.left) == 40
    assert quarter.verified() == []


def test_whom_it_does_not_reach_and_why(quarter: Quarter) -> None:
    quarter.loads(hello()).moves_in("Ann", "Bao", "Chen", "Dora", "Emil")
    quarter.moves_in("Fang", started=False)
    quarter.changes("Bao", unreachable_at=quarter.now)
    quarter.changes("Dora", telegram_id=None, erased_at=quarter.now)
    with quarter.writing() as session:
        mutes.mute(session, quarter.people["Chen"], mutes.ALL, quarter.now)
    quarter.fate = lambda row: Verdict(Fate.DEAD if row.person_id == quarter.people["Emil"] else Fate.DELIVERED)
    quarter.at(NOON).all_at_once()
    assert quarter.outcomes() | {"Dora": "no_consent"} == {
        "Ann": "delivered", "Bao": "unreachable", "Chen": "muted", "Dora": "no_consent", "Emil": "dead", "Fang": "no_consent",
    }  # fmt: skip
    assert quarter.run().state is RunState.DONE
    assert quarter.verified() == []


def test_consent_and_mutes_are_asked_again_when_it_leaves(quarter: Quarter) -> None:
    quarter.loads(hello()).moves_in("Ann", "Bao", "Chen", "Dora")
    quarter.at(NOON).fires()
    quarter.fans_out()
    with quarter.writing() as session:
        office = session.scalar(select(circle_table.c.id).where(circle_table.c.chat_id == OFFICE))
        mutes.mute(session, quarter.people["Ann"], mutes.ALL, quarter.now)
        leave(session, office or 0, quarter.people["Bao"], quarter.now)
    quarter.changes("Chen", telegram_id=None, erased_at=quarter.now)
    quarter.delivers()
    quarter.closes()
    assert quarter.outcomes() == {"Ann": "muted", "Bao": "left", "Chen": "no_consent", "Dora": "delivered"}
    assert quarter.run().counts == {"muted": 1, "left": 1, "no_consent": 1, "delivered": 1}
    assert quarter.verified() == []


def test_a_batch_that_was_overtaken_changes_nothing(quarter: Quarter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fanout, "PAGE", 5)
    quarter.loads(hello()).crowd(12)
    quarter.at(NOON).fires()
    seen = quarter.batch()
    assert seen is not None
    assert quarter.writes(seen)
    assert not quarter.writes(seen)  # another process had the same page in its hands
    quarter.all_at_once()
    assert len(quarter.left) == 12
    assert quarter.verified() == []


def test_only_as_much_is_queued_as_leaves_in_the_next_seconds(village: Quarter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three a second, and ten seconds of it."""
    monkeypatch.setattr(fanout, "PAGE", 20)
    monkeypatch.setattr("tests.campaigns.quarter.PAGE", PAGE.replace("per_second = 30", "per_second = 3"))
    village.loads(hello()).crowd(70)
    village.at(NOON).fires()
    village.fans_out()
    first = village.run()
    assert 30 <= first.planned <= 50
    assert not first.all_decided
    village.delivers(25)
    village.fans_out()
    assert village.run().planned > first.planned
    while village.delivers():
        village.fans_out()
    assert village.run().counts == {"delivered": 70}


def test_a_hold_out_is_by_person_recorded_and_the_same_in_every_run(village: Quarter) -> None:
    village.loads(hello(schedule='{ cron = "0 12 * * *" }', more="holdout = 0.25"), member="9/7d").crowd(100)
    village.at(NOON).all_at_once()
    village.goes_on(NOON + DAY, 12 * HOUR)
    with Session(village.engine) as session:
        rows = session.execute(select(recipients.c.run_id, recipients.c.person_id, recipients.c.arm, recipients.c.probability))
        arms = [tuple(row) for row in rows]
    held = [{person for run, person, arm, _ in arms if run == one and arm == "held_out"} for one in {row[0] for row in arms}]
    assert held[0] == held[1]
    assert 13 < len(held[0]) < 37
    assert {(arm, probability) for *_, arm, probability in arms} == {("held_out", 0.25), ("written_to", 0.75)}
    assert village.run().counts == {"held_out": len(held[0]), "delivered": 100 - len(held[0])}
    assert village.verified() == []


def test_a_hold_out_has_the_share_it_says() -> None:
    drawn = [holdout.arm("spring", f"p{n}", 0.1)[0] for n in range(20_000)]
    assert 0.09 < drawn.count(Arm.HELD_OUT) / len(drawn) < 0.11
    assert all(holdout.arm("spring", f"p{n}", 0.0)[0] is Arm.WRITTEN_TO for n in range(1000))


def test_at_most_so_many(quarter: Quarter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fanout, "PAGE", 4)
    quarter.loads(hello(more="at_most = 10")).crowd(30)
    quarter.at(NOON).all_at_once()
    assert quarter.run().counts == {"delivered": 10}
    assert quarter.run().state is RunState.DONE


def test_a_paused_run_holds_what_waits_and_goes_on(quarter: Quarter) -> None:
    quarter.loads(hello()).crowd(20)
    quarter.at(NOON).fires()
    quarter.fans_out()
    quarter.delivers(5)
    desk = CampaignDesk(lambda: quarter.config)
    run_id = quarter.run().id
    with quarter.writing() as session:
        desk.pause_run(session, run_id, quarter.now)
    quarter.all_at_once()
    assert quarter.run().counts == {"delivered": 5, "held": 15}
    assert quarter.verified() == []
    with quarter.writing() as session:
        desk.resume_run(session, run_id, quarter.now)
    quarter.all_at_once()
    assert quarter.run().counts == {"delivered": 20}
    with quarter.writing() as session, pytest.raises(DomainError, match="run_over"):
        desk.pause_run(session, run_id, quarter.now)


def test_a_message_in_hand_when_its_run_pauses_waits_too(quarter: Quarter) -> None:
    quarter.loads(hello()).crowd(1)
    quarter.at(NOON).fires()
    quarter.fans_out()
    (row,) = quarter._claimed(1)
    with quarter.writing() as session:
        halts.pause(session, quarter.run().id, halts.BY_PERSON)
    quarter.hands_over(row)
    assert quarter.left == []
    with quarter.writing() as session:
        halts.resume(session, quarter.run().id)
    quarter.goes_on(NOON + MINUTE, MINUTE)
    assert quarter.run().counts == {"delivered": 1}


def test_a_cancelled_run_drops_what_waits(quarter: Quarter) -> None:
    quarter.loads(hello()).crowd(20)
    quarter.at(NOON).fires()
    quarter.fans_out()
    quarter.delivers(5)
    (row,) = quarter._claimed(1)
    with quarter.writing() as session:
        CampaignDesk(lambda: quarter.config).cancel_run(session, quarter.run().id, quarter.now)
    quarter.hands_over(row)
    quarter.all_at_once()
    assert quarter.run().state is RunState.CANCELLED
    assert quarter.run().counts == {"delivered": 5, "cancelled": 15}
    assert quarter.verified() == []


def test_a_campaign_taken_out_of_the_file_stops(quarter: Quarter) -> None:
    quarter.loads(hello(), hello("other", '{ at = "2026-11-20T12:00" }')).crowd(3)
    quarter.at(NOON).fires()
    quarter.fans_out()
    quarter.loads(hello("other"))
    quarter.all_at_once()
    assert quarter.run().counts == {"cancelled": 3}
    assert quarter.run("other").counts == {"delivered": 3}
    assert quarter.verified() == []


def test_too_many_failures_pause_a_run_and_the_operators_hear_of_it_once(quarter: Quarter) -> None:
    quarter.loads(hello()).crowd(100)
    quarter.moves_in("Olga", telegram_id=9)
    quarter.fate = lambda row: Verdict(Fate.PARKED, "Bad Request: wrong file") if row.id % 3 == 0 else Verdict(Fate.DELIVERED)
    quarter.at(NOON).fires()
    quarter.fans_out()
    quarter.delivers(45)
    assert _tended(quarter) == []
    quarter.delivers(20)
    assert _tended(quarter) == [quarter.run().id]
    assert (quarter.run().state, quarter.run().paused_why) == (RunState.PAUSED, "failures")
    assert _tended(quarter) == []
    with Session(quarter.engine) as session:
        told = session.execute(select(OUTBOX.c.person_id, OUTBOX.c.params).where(OUTBOX.c.template == "run_stopped")).all()
    assert [row.person_id for row in told] == [quarter.people["Olga"]]
    assert told[0].params["failed"] == quarter.run().counts["parked"]
    with quarter.writing() as session:
        halts.resume(session, quarter.run().id)
    assert _tended(quarter) == []  # what failed before is known
    quarter.fate = lambda row: Verdict(Fate.DELIVERED)
    quarter.all_at_once()
    assert quarter.run().state is RunState.DONE
    assert quarter.verified() == []


def _tended(quarter: Quarter) -> list[int]:
    with quarter.writing() as session:
        failing = halts.failing(session)
        for run_id in failing:
            alarms.stop(session, run_id, quarter.config.bot.operators, quarter.now)
        return failing


def test_blocked_people_are_no_failure_of_the_run(quarter: Quarter) -> None:
    quarter.loads(hello()).crowd(60)
    quarter.fate = lambda row: Verdict(Fate.DEAD)
    quarter.at(NOON).all_at_once()
    assert _tended(quarter) == []
    assert quarter.run().counts == {"dead": 60}


def test_the_next_slot_is_not_held_back_by_one_who_must_wait(quarter: Quarter) -> None:
    quarter.loads(hello(schedule='{ cron = "0 12 * * *" }'), member="1/2d").crowd(2)
    quarter.at(NOON).all_at_once()
    quarter.goes_on(NOON + DAY, 6 * HOUR)
    assert [run.state for run in quarter.runs()] == [RunState.DONE, RunState.RUNNING]
    quarter.goes_on(NOON + 2 * DAY, 6 * HOUR)
    assert len(quarter.runs()) == 3
    assert quarter.verified() == []


def test_overlap_cancel_ends_what_still_waits(quarter: Quarter) -> None:
    more = 'overlap = "cancel"'
    quarter.loads(hello(schedule='{ cron = "0 12 * * *" }', more=more), member="1/2d").crowd(2)
    quarter.at(NOON).all_at_once()
    quarter.goes_on(NOON + 2 * DAY, 6 * HOUR)
    assert [run.state for run in quarter.runs()] == [RunState.DONE, RunState.CANCELLED, RunState.DONE]
    assert [run.counts for run in quarter.runs()] == [{"delivered": 2}, {"cancelled": 2}, {"delivered": 2}]


def test_two_runs_take_turns(village: Quarter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fanout, "PAGE", 10)
    village.loads(hello(), hello("other"), member="9/7d").crowd(30)
    village.at(NOON).fires()
    found = village.batch()
    assert found is not None
    village.writes(found)
    then = village.batch(last=found.run.run_id)
    assert then is not None
    assert then.run.key != found.run.key
    again = village.batch(last=then.run.run_id)
    assert again is not None
    assert again.run.key == found.run.key

"""`tuan verify` on campaigns: each fault it is there for is planted once and found."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from bot.gateway.verdicts import Fate, Verdict
from models import halts, spent
from models.campaigns import runs
from models.event_slots import event_slots
from models.outbox import OUTBOX
from models.recipients import recipients
from tests.campaigns.quarter import DAY, HOUR, NOON, Quarter, hello

Plant = Callable[[Session, Quarter], None]


@pytest.fixture
def mended(village: Quarter) -> Quarter:
    """A run that is done, one that is paused with messages held, and one in which somebody was held out."""
    half = "holdout = 0.5"
    village.loads(hello(), hello("paused"), hello("measured", more=half), member="9/7d").crowd(12)
    village.fate = lambda row: Verdict(Fate.UNKNOWN if row.id % 5 == 0 else Fate.DELIVERED)
    village.at(NOON).fires()
    village.fans_out()
    with village.writing() as session:
        halts.pause(session, village.run("paused").id, halts.BY_PERSON)
    village.all_at_once()
    assert village.verified() == []
    return village


def _lost(session: Session, there: Quarter) -> None:
    waiting = select(OUTBOX.c.id).where(OUTBOX.c.state == "held").limit(1).scalar_subquery()
    session.execute(delete(OUTBOX).where(OUTBOX.c.id == waiting))


def _nobodys(session: Session, there: Quarter) -> None:
    session.execute(delete(recipients).where(recipients.c.run_id == there.run("paused").id, recipients.c.person_id == 3))


def _two(session: Session, there: Quarter) -> None:
    row = dict(session.execute(select(OUTBOX).where(OUTBOX.c.state == "held").limit(1)).mappings().one())
    session.execute(insert(OUTBOX).values(row | {"id": None, "dedup": "another"}))


def _written_though_held_out(session: Session, there: Quarter) -> None:
    out = select(recipients.c.id).where(recipients.c.outcome == "held_out").limit(1).scalar_subquery()
    session.execute(update(recipients).where(recipients.c.id == out).values(outcome="queued"))


def _cursor_behind(session: Session, there: Quarter) -> None:
    session.execute(update(runs).where(runs.c.id == there.run().id).values(cursor=1))


def _done_early(session: Session, there: Quarter) -> None:
    session.execute(update(runs).where(runs.c.id == there.run().id).values(all_decided=False))


def _done_with_messages_waiting(session: Session, there: Quarter) -> None:
    session.execute(update(runs).where(runs.c.id == there.run("paused").id).values(state="done", all_decided=True))


def _held_for_nothing(session: Session, there: Quarter) -> None:
    session.execute(update(runs).where(runs.c.id == there.run("paused").id).values(state="running"))


def _miscounted(session: Session, there: Quarter) -> None:
    run = there.run()
    session.execute(update(runs).where(runs.c.id == run.id).values(record={"counts": {"delivered": 11}}))


def _dropped_in_silence(session: Session, there: Quarter) -> None:
    session.execute(update(OUTBOX).where(OUTBOX.c.state == "held").values(state="dropped"))


def _too_many(session: Session, there: Quarter) -> None:
    record = {"limits": {"member": [1, 604800]}, "counts": {"delivered": 12}}
    session.execute(update(runs).values(record=record))


def _foreign_event(session: Session, there: Quarter) -> None:
    other = there.run("paused")
    slot = {"campaign_id": other.campaign_id, "person_id": 1, "subject": "x", "due_at": there.now, "run_id": there.run().id}
    session.execute(insert(event_slots).values(slot))


def _event_both_ways(session: Session, there: Quarter) -> None:
    run = there.run()
    slot = {"campaign_id": run.campaign_id, "person_id": 1, "subject": "x", "due_at": there.now}
    session.execute(insert(event_slots).values(slot | {"run_id": run.id, "passed_at": there.now}))


@pytest.mark.parametrize(
    ("plant", "found"),
    [
        (_lost, "whoever is written to has one message"),
        (_two, "whoever is written to has one message"),
        (_nobodys, "a message of a run stands for its recipient"),
        (_dropped_in_silence, "a message of a run stands for its recipient"),
        (_written_though_held_out, "who is held out gets nothing"),
        (_cursor_behind, "the cursor is where the run has come"),
        (_done_early, "a run that is done decided on all"),
        (_done_with_messages_waiting, "nothing of a run that ended waits"),
        (_held_for_nothing, "messages are held while their run is paused"),
        (_miscounted, "a run's record counts everybody"),
        (_too_many, "nobody gets more than they are asked to bear"),
        (_foreign_event, "an event is taken by its own campaign"),
        (_event_both_ways, "an event is taken or passed over"),
    ],
)
def test_a_planted_fault_is_found(mended: Quarter, plant: Plant, found: str) -> None:
    with mended.writing() as session:
        plant(session, mended)
    assert any(line.startswith(found) for line in mended.verified()), mended.verified()


def test_old_messages_are_forgotten_a_run_at_once_and_its_record_stays(mended: Quarter) -> None:
    mended.now = NOON + 91 * DAY
    with mended.writing() as session:
        spent.prune(session, mended.now)
    assert mended.verified() == []
    assert mended.run().sent == 12
    assert mended.run("paused").counts == {"held": 12}


def test_what_waits_for_an_erased_person_is_dropped_and_counted(mended: Quarter) -> None:
    with mended.writing() as session:
        spent.forget(session, mended.people["P3"])
    assert mended.run("paused").counts == {"held": 11, "no_consent": 1}
    assert mended.verified() == []
    with Session(mended.engine) as session:
        assert session.scalars(select(recipients.c.why).where(recipients.c.person_id == mended.people["P3"])).all() == [{}] * 3


def test_a_message_in_hand_when_its_run_is_looked_at_is_counted(village: Quarter) -> None:
    village.loads(hello()).crowd(3)
    village.at(NOON).fires()
    village.fans_out()
    village._claimed(1)
    assert village.run().counts == {"sending": 1, "queued": 2}
    assert (village.run().waiting, village.run().sent) == (3, 0)
    village.now += HOUR + timedelta(minutes=2)
    assert village.verified() == []

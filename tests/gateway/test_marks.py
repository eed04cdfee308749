"""A card's one mark, when several come back at once: two processes died in mid-send, a tap marks it in the same moment."""

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.core.database import Database
from models import deliveries, outbox
from models.deliveries import Settlement
from models.outbox import OUTBOX, OutboxState
from tests.gateway.house import rows
from tests.gateway.test_cards import card, mark  # noqa: F401  # the fixture

LEASE = timedelta(seconds=60)
pytestmark = pytest.mark.usefixtures("card")


def _claimed(database: Database) -> deliveries.OutboxRow:
    """The card's mark in somebody's hands."""
    mark(database)
    (row,) = database.write_sync(deliveries.claim, database.clock.now(), 10, LEASE)
    return row


def _expire(database: Database) -> int:
    return database.write_sync(deliveries.expire, database.clock.now() + LEASE * 2)


def _states(database: Database) -> list[str]:
    return [state for _, state in rows(database)]


async def test_two_cut_off_marks_become_one(database: Database) -> None:
    _claimed(database)
    _claimed(database)
    assert _expire(database) == 2
    assert _states(database) == ["superseded", "queued"]


async def test_a_try_that_a_kill_cut_off_is_not_held_against_the_message(database: Database) -> None:
    _claimed(database)
    _expire(database)
    assert database.read_sync(lambda session: session.scalars(select(OUTBOX.c.attempts)).all()) == [0]


async def test_parked_marks_of_one_card_are_retried_as_one(database: Database) -> None:
    for _ in range(2):
        _claimed(database)
        database.write_sync(lambda session: session.execute(update(OUTBOX).values(state="parked", lease_until=None)))
    assert database.write_sync(outbox.retry, database.clock.now()) == 1
    assert _states(database) == ["parked", "queued"]


@pytest.mark.parametrize("by", ["expired", "settled"])
async def test_a_tap_marks_the_card_while_an_old_mark_comes_back(database: Database, by: str) -> None:
    row = _claimed(database)
    marked, commit = threading.Event(), threading.Event()

    def tap(session: Session) -> None:
        outbox.mark_card(session, 1, database.clock.now())
        marked.set()
        commit.wait(0.0 if database.alone else 5.0)  # one writer alone: nobody comes between

    tapping = threading.Thread(target=database.write_sync, args=(tap,))
    tapping.start()
    marked.wait()
    threading.Timer(0.3, commit.set).start()
    begun = time.monotonic()
    if by == "expired":
        assert _expire(database) == 1
    else:
        again = Settlement(state=OutboxState.QUEUED, error="no answer in time")
        assert database.write_sync(deliveries.settle, row, again, database.clock.now())
    assert database.alone or time.monotonic() - begun > 0.1  # it did meet the tap
    tapping.join()
    assert _states(database) == ["superseded", "queued"]

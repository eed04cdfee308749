"""Twelve people vote in the same moment, on both engines: the group buy opens once, and every vote is counted."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.core.database import Database
from campaigns import polling
from campaigns.demand_poll import DemandPoll as Keys
from campaigns.kinds import Receiver, RunOf
from models import invariants, notices, polls
from models.group_buys import rounds
from models.outbox import OUTBOX
from tests.campaigns.square import NOON, Square, a_square

POLL = """
[[campaign]]
id = "who-wants"
kind = "demand_poll"
product = "oranges"
needed = 5
closes_after = "48h"
schedule = { cron = "0 18 * * mon" }
"""


def _posted(there: Square) -> int:
    """The office's poll stands; twelve are there."""
    for number in range(12):
        there.comes(f"P{number}")
    there.runs(hours=6)
    there.hears()
    office = there.circles["office"]
    found = there.session.scalars(select(polls.polls.c.id).where(polls.polls.c.circle_id == office)).one()
    there.session.commit()
    return int(found)


def _votes(session: Session, poll_id: int, person_id: int) -> None:
    notices.notify(session, polls.vote(session, poll_id, person_id, True, NOON), NOON)


def test_a_poll_opens_its_group_buy_once(database_url: str, tmp_path: Path) -> None:
    with a_square(database_url, tmp_path, POLL) as there:
        poll_id, voters = _posted(there), list(there.people.values())
    database = Database.open(database_url)
    try:
        with ThreadPoolExecutor(12) as pool:
            list(pool.map(lambda person: database.write_sync(_votes, poll_id, person), voters))
        assert database.read_sync(_opened) == (1, 1, 1)
        assert database.read_sync(_differences) == []
    finally:
        database.close_sync()


def _opened(session: Session) -> tuple[int, int, int]:
    """Group buys, lines that say so, polls that were stopped."""
    said = func.count().filter(OUTBOX.c.template == "poll_reached"), func.count().filter(OUTBOX.c.template == "stop_poll")
    found = session.scalar(select(func.count()).select_from(rounds))
    return (int(found or 0), *session.execute(select(*said)).one())


def _differences(session: Session) -> list[str]:
    return [str(difference) for check in invariants.polls.CHECKS for difference in check(session)]


def test_the_same_page_twice_makes_one_poll(database_url: str, tmp_path: Path) -> None:
    with a_square(database_url, tmp_path, POLL) as there:
        there.runs(hours=6)
        keys, run = there.config.campaigns["who-wants"], RunOf(1, 1, "who-wants", there.now)
        assert isinstance(keys, Keys)
        office = Receiver(there.circles["office"], {}, circle=True)
        first, second = (polling.letter(there.session, office, run, keys, there.now + timedelta(seconds=n)) for n in (0, 1))
        assert first is not None
        assert second is not None
        assert first.params == second.params

"""A bot that dies between waves, and two that route at the same moment: no ask twice, none lost."""

import multiprocessing
import os
import signal
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlalchemy import create_engine, event
from sqlalchemy.orm import Session

from models import asks_waves, deadlines, notices
from models.asks import Ask
from models.outbox import OUTBOX
from tests.questions.test_waves import EIGHT, buyers
from tests.questions.town import NOON, Town
from tests.rules.scene import engine_of


def begun(url: str):  # tests only
    """An engine whose transactions begin where they should, as the bot's do: the driver's own begin after a savepoint."""
    engine = create_engine(url, connect_args={"isolation_level": None})
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def sweep_and_die(url: str, hours: int, when: str) -> None:
    """The sweep of a bot that is killed before its commit, or right after it."""
    with Session(begun(url)) as session:
        now = NOON + timedelta(hours=hours)
        notices.notify(session, deadlines.sweep(session, now), now)
        session.flush()
        if when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        session.commit()
        os.kill(os.getpid(), signal.SIGKILL)


def test_killed_between_waves_nobody_is_asked_twice_and_nobody_forgotten(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'tuan.db'}"
    engine = engine_of(url)
    with Session(engine, expire_on_commit=False) as session:
        town = Town(session)
        buyers(town, *EIGHT)
        town.asks("Chen")
        session.commit()
    engine.dispose()
    warm = multiprocessing.get_context("forkserver")  # imports once; each that is killed is a fork
    warm.set_forkserver_preload([__name__])
    for hours, when in ((3, "before"), (3, "before"), (3, "after"), (3, "after"), (22, "before"), (22, "after")):
        killed = warm.Process(target=sweep_and_die, args=(url, hours, when))
        killed.start()
        killed.join(60)
        assert killed.exitcode == -signal.SIGKILL
    with Session(engine_of(url)) as session:
        put = session.query(Ask).all()
        told = session.query(OUTBOX.c.dedup).where(OUTBOX.c.template == "ask_put").all()
    assert sorted(ask.wave for ask in put) == [1, 1, 1, 2, 2, 2, 3, 3]
    assert len({ask.person_id for ask in put}) == len(told) == 8


def test_two_questions_at_the_same_moment_share_nobody(postgres_url: str) -> None:
    """On PostgreSQL two writers route side by side: the same people are the best for both, each is asked once."""
    engine = engine_of(postgres_url)
    with Session(engine, expire_on_commit=False) as session:
        town = Town(session, tells=False)
        buyers(town, *EIGHT)
        questions = [town.asks(name, of="shop") for name in ("Chen", "Kim")]
        for question in questions:
            row = town.question(question)
            row.asked_of, row.state = "buyers", "open"
        session.commit()
    barrier, errors = Barrier(2), list[Exception]()

    def route(question: int) -> None:
        with Session(engine) as mine:
            barrier.wait()
            try:
                asks_waves.send(mine, question, NOON)
                mine.commit()
            except Exception as error:
                errors.append(error)

    threads = [Thread(target=route, args=(question,)) for question in questions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    with Session(engine) as session:
        put = session.query(Ask).all()
    engine.dispose()
    assert len(put) >= 3
    assert len({ask.person_id for ask in put}) == len(put)


@pytest.mark.parametrize("seeds", [400])
def test_a_fifth_of_the_places_goes_to_people_not_tried_yet(tmp_path: Path, seeds: int) -> None:
    engine = engine_of(f"sqlite:///{tmp_path / 'tuan.db'}")
    with Session(engine, expire_on_commit=False) as session:
        town = Town(session, tells=False)
        buyers(town, *EIGHT, *(f"Buyer {number}" for number in range(20)))
        question = town.question(town.asks("Chen"))
        found = asks_waves.asks_candidates.find_all(session, question, town.now)
        explored = 0
        for seed in range(seeds):
            question.seed = seed
            places = asks_waves.choose(question, found.candidates, found, 3, town.now)
            explored += sum(place.explored for place in places)
        session.rollback()
    engine.dispose()
    assert 0.16 <= explored / (3 * seeds) <= 0.24

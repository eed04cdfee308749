"""No limit is ever broken, whatever happens in whatever order, in several zones; and the judge catches planted faults."""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models import answers, asks, asks_candidates, asks_limits, asks_waves, circles, questions, questions_asking
from models.asks import Ask
from models.asks_limits import Night, asleep, wakes
from models.errors import DomainError
from models.people import Person
from models.states import AskState
from tests.questions.limits import Put, Sleep, broken
from tests.questions.town import Town
from tests.rules.scene import engine_of

ZONES = ("Asia/Shanghai", "Europe/Helsinki", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "America/Santiago")
MOVES = (*("ask",) * 10, *("pass",) * 10, *("answer", "decline", "leave") * 2, "shop", "withdraw")
PASSES = (90, 600, 1450, 1500, 1600, 1600)  # minutes: most lead to the edge of a day's rest, where a limit breaks if it does
LENGTH = 50  # moves: some three weeks


@dataclass
class Circle:
    """Five who bought before. Three of them let everything pass, so that their pace falls, again and again."""

    sleeps: dict[int, Sleep] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    silent: set[int] = field(default_factory=set)

    def settle(self, town: Town, chance: random.Random, number: int) -> None:
        name = f"Buyer {number}"
        person = town.session.get_one(Person, town.person(name, timezone=chance.choice(ZONES)))
        town.received(name, chance.choice(("oranges", "pears")), chance.randint(1, 3), days=chance.uniform(1, 90))
        if chance.random() < 0.5:
            person.quiet_from, person.quiet_to = chance.randrange(0, 1440, 15), chance.randrange(0, 1440, 15)
        start = 1320 if person.quiet_from is None else person.quiet_from
        end = 480 if person.quiet_to is None else person.quiet_to
        self.sleeps[person.id or 0] = Sleep(person.timezone or "", start, end)
        self.names.append(name)
        if number % 2 == 0:
            self.silent.add(person.id or 0)


def history(town: Town, seed: int, moves: int) -> dict[int, Sleep]:
    """A random history: everybody's quiet hours, by person."""
    chance, circle = random.Random(seed), Circle()
    for number in range(5):
        circle.settle(town, chance, number)
    for number in range(moves):
        _move(town, chance, number, circle)
    return circle.sleeps


def _move(town: Town, chance: random.Random, number: int, circle: Circle) -> None:
    move = chance.choice(MOVES)
    if move == "ask":
        asker = f"Asker {chance.randrange(3)}" if chance.random() < 0.3 else f"Asker {number}"
        try:
            town.asks(asker, f"Question {number}?", chance.choice(("oranges", "pears")))
        except DomainError as error:
            if error.code != "questions_enough":
                raise
    elif move == "pass":
        town.passes(minutes=chance.choice(PASSES))
    elif move == "leave":
        circles.leave(town.session, town.circle, town.person(circle.names[-1]), town.now)
        circle.names.insert(0, circle.names.pop())
        circles.join(town.session, town.circle, town.person(circle.names[-1]), town.now)
    else:
        _answer(town, chance, move, circle.silent)


def _answer(town: Town, chance: random.Random, move: str, silent: set[int]) -> None:
    town.session.flush()
    put = town.session.query(Ask).where(asks.ask_table.c.state == AskState.PUT).populate_existing().all()
    waiting = [ask for ask in put if ask.person_id not in silent]
    if not waiting:
        return
    ask = chance.choice(waiting)
    try:
        if move == "answer":
            town.told(answers.give(town.session, ask.id or 0, ask.person_id, "Very sweet.", None, town.now)[1])
        elif move == "decline":
            town.told(asks.decline(town.session, ask.id or 0, ask.person_id, town.now))
        elif move == "withdraw" and (asker := questions.by_id(town.session, ask.question_id).asker_id) is not None:
            town.told(questions_asking.withdraw(town.session, ask.question_id, asker, town.now))
        elif move == "shop":
            town.told(answers.give_as_shop(town.session, ask.question_id, town.owner, "Ours are.", None, town.now)[1])
    except DomainError as error:
        if error.code not in {"ask_over", "shop_waits", "answered_already", "question_closed"}:
            raise


def puts(session: Session) -> list[Put]:
    session.flush()
    rows = session.query(Ask).populate_existing()
    return [Put(a.question_id, a.person_id, a.asker_id, a.put_at, a.state, a.settled_at) for a in rows]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One database for all histories: each is rolled back."""
    engine = engine_of(f"sqlite:///{tmp_path_factory.mktemp('histories') / 'tuan.db'}")
    yield engine
    engine.dispose()


def judged(engine: Engine, seed: int, moves: int = LENGTH) -> tuple[int, list[str]]:
    """How many asks a random history made, and what it broke."""
    with Session(engine, expire_on_commit=False) as session:
        town = Town(session, now=datetime(2026, 10, 20, 4, 0, tzinfo=UTC) + timedelta(hours=seed % 48), tells=False)
        sleeps = history(town, seed, moves)
        made = puts(session)
        found = broken(made, sleeps)
        session.rollback()
    return len(made), found


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(seed=st.integers(0, 10_000))
def test_no_history_breaks_a_limit(engine: Engine, seed: int) -> None:
    made, found = judged(engine, seed)
    assert made > 0
    assert found == []


def unpaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asks_limits, "slowness", lambda past: 1)


def unrested(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asks_waves, "rested", lambda past, now: True)
    monkeypatch.setattr(asks_candidates, "DAY", timedelta(minutes=1))


def awake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asks_waves, "asleep", lambda night, now: False)


def unweekly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asks_limits, "A_WEEK", 99)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (unrested, "within 1 days of another ask"), (unweekly, "more than three asks in 1 weeks"), (awake, "quiet hours"),
        (unpaced, "within [248] days of another ask"),
    ],
)  # fmt: skip
def test_the_judge_catches_a_planted_fault(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, fault: Callable[[pytest.MonkeyPatch], None], said: str
) -> None:
    """Each limit taken out in turn: the judge must see it in some history; most show it, so chance has little say."""
    fault(monkeypatch)
    assert any(re.search(said, line) for seed in range(12) for line in judged(engine, seed)[1])


@given(
    st.sampled_from(ZONES), st.integers(0, 1439), st.integers(0, 1439),
    st.integers(0, 730 * 24 * 60),
)  # fmt: skip
def test_whoever_sleeps_wakes_within_a_day_and_not_before_the_end(zone: str, start: int, end: int, minutes: int) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    night = Night(zone, start, end)
    at = wakes(night, now)
    assert not asleep(night, at)
    assert now - timedelta(minutes=1) < at <= now + timedelta(hours=25)
    if asleep(night, now):
        assert asleep(night, at - timedelta(minutes=1))
    else:
        assert at == now


def test_a_zone_nobody_knows_is_utc() -> None:
    assert asleep(Night("Mars/Olympus", 0, 60), datetime(2026, 11, 20, 0, 30, tzinfo=UTC))

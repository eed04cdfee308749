"""Sixty taps at once on the last five pieces, and eight processes on one hot deal; nothing is sold twice."""

import asyncio

import pytest
from sqlalchemy.orm import Session

from bot.core.database import Database
from models import joins
from models.errors import DomainError
from models.seats import Way
from models.wishes import Change, How
from tests.concurrency import race
from tests.rules.scene import FRIDAY, Scene, engine_of


def circle_of(url: str, people: int, **terms: object) -> tuple[int, list[int]]:
    """A round on a fresh database and the ids of its circle's members."""
    engine = engine_of(url)
    with Session(engine) as session, session.begin():
        scene = Scene(session, **terms)  # type: ignore[arg-type]
        members = [scene.person(f"P{number}") for number in range(people)]
        round_id = scene.round
    engine.dispose()
    return round_id, members


async def tap(database: Database, round_id: int, person_id: int) -> str:
    try:
        await database.write(joins.change, round_id, person_id, Change("add", 1), How(Way.TAPPED), FRIDAY)
    except DomainError as refusal:
        return refusal.code
    return "seated"


async def test_sixty_taps_at_once_on_the_last_five(database_url: str) -> None:
    round_id, members = circle_of(database_url, 60, stock=5, minimum=5)
    database = Database.open(database_url)
    answers = await asyncio.gather(*(tap(database, round_id, person) for person in members))
    await database.close()
    assert answers.count("seated") == 5
    assert set(answers) <= {"seated", "no_seats_left", "not_open"}  # the fifth locked it


async def test_one_member_who_taps_sixty_times_at_once_stays_within_the_limit(database_url: str) -> None:
    round_id, members = circle_of(database_url, 1, stock=100, per_member=5)
    database = Database.open(database_url)
    answers = await asyncio.gather(*(tap(database, round_id, members[0]) for _ in range(60)))
    await database.close()
    assert sorted(set(answers)) == ["over_limit", "seated"]
    assert answers.count("seated") == 5


def test_eight_processes_on_one_hot_deal_keep_the_books(database_url: str) -> None:
    assert race.run(database_url, attempts=1_600, seed=20261121).wrong == ()


@pytest.mark.parametrize("seed", [1])
def test_the_race_catches_a_stock_that_is_read_before_it_is_written(database_url: str, seed: int) -> None:
    assert race.run(database_url, attempts=1_600, seed=seed, planted=True).wrong != ()

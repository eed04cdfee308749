"""A virtual year of slots, small: the whole is `python -m tests.campaigns.virtual_year`."""

from pathlib import Path

import pytest

from tests.campaigns.virtual_year import PLANTS, World, run
from tests.campaigns.wall_clocks import EASTER, Plan

DAY_LONG = 24 * 3600.0  # weekly slots need no closer look
LOST = ("Pacific/Apia", "America/Sao_Paulo", "Australia/Lord_Howe")


def world(folder: Path, plan: Plan, url: str | None = None) -> World:
    return World(url or f"sqlite:///{folder / 'year.db'}", folder / "shop", plan)


def test_eight_processes_run_each_slot_of_a_year_once(tmp_path: Path) -> None:
    found = run([world(tmp_path, Plan(365, step=DAY_LONG))], seed=1)
    assert found.slots > 1500
    assert (found.missing, found.strange, found.twice) == (0, 0, 0)


def test_on_postgresql_too(postgres_url: str, tmp_path: Path) -> None:
    found = run([world(tmp_path, Plan(95, zones=EASTER), postgres_url)], seed=2)
    assert (found.missing, found.strange, found.twice) == (0, 0, 0)


def test_the_year_in_which_a_town_lost_a_day(tmp_path: Path) -> None:
    """Samoa went over the date line: there was no 30th of December."""
    found = run([world(tmp_path, Plan(365, 2011, LOST, step=DAY_LONG))], seed=4)
    assert (found.missing, found.strange, found.twice) == (0, 0, 0)


@pytest.mark.parametrize("planted", PLANTS)
def test_what_is_taken_out_is_noticed(planted: str, tmp_path: Path) -> None:
    found = run([world(tmp_path, PLANTS[planted])], seed=3, planted=planted)
    assert found.wrong

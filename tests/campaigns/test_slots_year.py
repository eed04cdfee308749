"""A virtual year of slots, small: the whole is `python -m tests.campaigns.virtual_year`."""

from pathlib import Path

import pytest

from tests.campaigns.virtual_year import PLANTS, Plan, run

EASTER = ("America/New_York", "Africa/Casablanca", "Antarctica/Troll", "Asia/Kolkata")  # changes on three days of spring
LOST = ("Pacific/Apia", "America/Sao_Paulo", "Australia/Lord_Howe")


def test_eight_processes_run_each_slot_of_a_year_once(tmp_path: Path) -> None:
    found = run(f"sqlite:///{tmp_path / 'year.db'}", tmp_path / "shop", Plan(365), seed=1)
    assert found.slots > 1500
    assert (found.missing, found.strange, found.twice) == (0, 0, 0)


def test_on_postgresql_too(postgres_url: str, tmp_path: Path) -> None:
    found = run(postgres_url, tmp_path / "shop", Plan(95, zones=EASTER), seed=2)
    assert (found.missing, found.strange, found.twice) == (0, 0, 0)


def test_the_year_in_which_a_town_lost_a_day(tmp_path: Path) -> None:
    """Samoa went over the date line: there was no 30th of December."""
    found = run(f"sqlite:///{tmp_path / 'year.db'}", tmp_path / "shop", Plan(365, 2011, LOST), seed=4)
    assert (found.missing, found.strange, found.twice) == (0, 0, 0)


@pytest.mark.parametrize(("planted", "days"), [("utc", 15), ("gaps", 95), ("no key", 40), ("not moved", 15)])
def test_what_is_taken_out_is_noticed(planted: str, days: int, tmp_path: Path) -> None:
    assert planted in PLANTS
    plan = Plan(days, zones=EASTER)
    found = run(f"sqlite:///{tmp_path / 'year.db'}", tmp_path / "shop", plan, seed=3, planted=planted)
    assert found.wrong

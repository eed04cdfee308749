"""A virtual year of slots, small: the whole is `python -m tests.campaigns.virtual_year`."""

from pathlib import Path

import pytest

from tests.campaigns.virtual_year import PLANTS, run


def test_eight_processes_run_each_slot_of_a_year_once(tmp_path: Path) -> None:
    found = run(f"sqlite:///{tmp_path / 'year.db'}", tmp_path / "shop", days=365, seed=1)
    assert found.slots > 1500
    assert (found.missing, found.strange, found.twice) == (0, 0, 0)


def test_on_postgresql_too(postgres_url: str, tmp_path: Path) -> None:
    found = run(postgres_url, tmp_path / "shop", days=120, seed=2)
    assert (found.missing, found.strange, found.twice) == (0, 0, 0)


@pytest.mark.parametrize(("planted", "days"), [("utc", 15), ("gaps", 100), ("no key", 40), ("not moved", 15)])
def test_what_is_taken_out_is_noticed(planted: str, days: int, tmp_path: Path) -> None:
    assert planted in PLANTS
    found = run(f"sqlite:///{tmp_path / 'year.db'}", tmp_path / "shop", days=days, seed=3, planted=planted)
    assert found.wrong

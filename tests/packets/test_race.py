"""Eight processes on one packet: exactly its shares are paid, each once, on either engine."""

from pathlib import Path

from tests.packets import race


def test_a_hundred_shares_are_paid_to_a_hundred(database_url: str) -> None:
    outcome = race.run(database_url, 160, 1)
    assert outcome.wrong == ()  # the books count the shares that were paid
    assert outcome.broken == 0


def test_a_share_given_past_the_count_is_found(tmp_path: Path) -> None:
    outcome = race.run(f"sqlite:///{tmp_path / 'tuan.db'}", 160, 1, planted=True)
    assert any("packet" in line for line in outcome.wrong)

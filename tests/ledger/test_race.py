"""Eight processes on the same vouchers, wallets and budgets: nothing is used or paid twice, on either engine."""

from pathlib import Path

from tests.ledger import race


def test_nothing_is_used_or_paid_twice(database_url: str) -> None:
    outcome = race.run(database_url, 800, 1)
    assert outcome.wrong == ()
    assert outcome.accepted > 30
    assert outcome.refused > 30


def test_a_voucher_used_without_looking_is_found(tmp_path: Path) -> None:
    outcome = race.run(f"sqlite:///{tmp_path / 'tuan.db'}", 800, 1, planted=True)
    assert any(line.startswith("voucher use") for line in outcome.wrong)

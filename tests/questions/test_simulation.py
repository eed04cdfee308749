"""A smaller circle for fewer days than `python -m tests.questions.simulation` has: the same promises."""

from pathlib import Path

from tests.questions.simulation import simulate


def test_most_questions_are_answered_and_nobody_is_nagged(tmp_path: Path) -> None:
    outcome = simulate(tmp_path, members=150, days=8, seed=1)
    assert outcome.broken == []
    assert outcome.answerable >= 10
    assert outcome.share >= 0.8

"""The clock goes on and never back."""

from datetime import UTC, timedelta

import pytest

from bot.core.clock import Clock


def test_a_clock_is_moved_on_by_hand() -> None:
    clock = Clock()
    before = clock.now()
    clock.advance(timedelta(hours=3))
    assert timedelta(hours=3) <= clock.now() - before < timedelta(hours=3, seconds=5)
    assert before.tzinfo is UTC


def test_no_clock_goes_back() -> None:
    with pytest.raises(ValueError, match="does not go back"):
        Clock().advance(timedelta(seconds=-1))

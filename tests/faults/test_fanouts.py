"""kill -9 during fan-out, as `make test` runs it; and the proof that the harness would notice a broken promise."""

import pytest

from tests.faults.bots import Warm
from tests.faults.fanouts import run

SEED = 20261121
pytestmark = pytest.mark.xdist_group("kills")  # one warm parent, and one bot at a time on a machine of few cores


async def test_nobody_is_missing_and_nobody_hears_it_twice(warm: Warm) -> None:
    outcome = await run(warm, 10, SEED)
    assert not outcome.wrong
    assert outcome.only_claimed > 0


async def test_the_same_beside_postgresql(warm: Warm, postgres_url: str) -> None:
    outcome = await run(warm, 5, SEED, database=postgres_url)
    assert not outcome.wrong


async def test_a_cursor_that_moves_by_itself_is_noticed(warm: Warm) -> None:
    outcome = await run(warm, 8, SEED, plant="cursor-apart", patience=4.0)
    assert any("nobody decided on them" in line for line in outcome.wrong), outcome.wrong


async def test_what_begins_long_before_it_leaves_is_noticed(warm: Warm) -> None:
    outcome = await run(warm, 8, SEED, plant="begun-early")
    assert any("of unknown fate never came" in line for line in outcome.wrong), outcome.wrong

"""kill -9 under load, as `make test` runs it; and the proof that the harness would notice a broken promise."""

import pytest

from tests.faults.bots import Warm
from tests.faults.kills import run

SEED = 20261121
pytestmark = pytest.mark.xdist_group("kills")  # one warm parent, and one bot at a time on a machine of few cores


async def test_kills_lose_nothing_and_double_nothing(warm: Warm) -> None:
    outcome = await run(warm, 20, SEED, cold_every=16)
    assert not outcome.wrong
    assert outcome.deeds > 50


async def test_kills_beside_postgresql(warm: Warm, postgres_url: str) -> None:
    outcome = await run(warm, 10, SEED, cold_every=0, database=postgres_url)
    assert not outcome.wrong
    assert outcome.deeds > 10


@pytest.mark.parametrize("plant", ["no-inbox", "done-apart", "told-first"])
async def test_a_broken_promise_is_noticed(warm: Warm, plant: str) -> None:
    outcome = await run(warm, 8, SEED, plant=plant, cold_every=0, patience=4.0)
    assert any("pieces were asked for" in line for line in outcome.wrong), outcome.wrong

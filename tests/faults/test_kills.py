"""kill -9 under load, as `make test` runs it; and the proof that the harness would notice a broken promise."""

import pytest

from tests.faults.bots import Warm
from tests.faults.kills import run

SEED = 20261121
pytestmark = pytest.mark.xdist_group("kills")  # one warm parent, and one bot at a time on a machine of few cores


async def test_a_hundred_kills_lose_nothing_and_double_nothing(warm: Warm) -> None:
    outcome = await run(warm, 100, SEED)
    assert not outcome.wrong
    assert outcome.deeds > 100


async def test_kills_beside_postgresql(warm: Warm, postgres_url: str) -> None:
    outcome = await run(warm, 20, SEED, cold_every=0, database=postgres_url)
    assert not outcome.wrong
    assert outcome.deeds > 20


@pytest.mark.parametrize(("plant", "patience"), [("no-inbox", 10.0), ("done-apart", 3.0), ("told-first", 20.0)])
async def test_a_broken_promise_is_noticed(warm: Warm, plant: str, patience: float) -> None:
    outcome = await run(warm, 12, SEED, plant=plant, cold_every=0, patience=patience)
    assert any("pieces were asked for" in line for line in outcome.wrong), outcome.wrong

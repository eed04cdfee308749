"""A run through the real app while Telegram misbehaves: it ends, its record is true, and nobody hears it twice."""

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.gateway import http
from models import invariants, runs
from models.campaigns import RunState
from models.campaigns import runs as run_table
from models.outbox import OUTBOX
from models.people import person_table
from models.runs import RunLine
from tests.conversations.town import NAMES, Town, a_town

SEED = 20261121
WORDS = "The first oranges are in"
BROADCAST = f"""
[attention]
quiet_hours = "00:00-00:00"

[[campaign]]
id = "first"
kind = "broadcast"
schedule = {{ every = "1d" }}
circles = ["Office 3F"]
text = {{ en = "{WORDS}, {{name}}." }}
"""
READERS = tuple(name for name, number in NAMES.items() if 1003 <= number <= 1012)  # who is in the office from the start


@pytest.fixture
async def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    monkeypatch.setattr(http, "LIMIT", aiohttp.ClientTimeout(total=1.0))
    async with a_town(tmp_path, monkeypatch, more=BROADCAST) as town:
        for name in READERS:
            await town.post("start", person_id=NAMES[name], payload="")
            await town.post("say", chat_id=-1001000000001, person_id=NAMES[name], text="hello")
        await town.settled()
        yield town


async def a_day_later(town: Town) -> RunLine:
    """The slot comes, and everything that follows from it; limits that Telegram named pass."""
    await town.later(days=1, minutes=1)
    for _ in range(6):
        await town.app.fired()
        await town.settled(40)
        await town.later(seconds=61)
    await town.app.fired()
    run: RunLine = await town.count(_run)
    return run


def _run(session: Session) -> RunLine:
    return runs.run(session, session.execute(select(run_table.c.id).order_by(run_table.c.id)).scalars().first() or 0)


def _fates(session: Session) -> dict[int, str]:
    rows = select(person_table.c.telegram_id, OUTBOX.c.state).join(OUTBOX, OUTBOX.c.person_id == person_table.c.id)
    return {row.telegram_id: row.state for row in session.execute(rows.where(OUTBOX.c.run_id.is_not(None)))}


async def heard(town: Town) -> Counter[int]:
    """How often each person has it on their screen."""
    found: Counter[int] = Counter()
    for name in READERS:
        found[NAMES[name]] = sum(WORDS in seen.text for seen in await getattr(town, name).private())
    return found


@pytest.mark.parametrize(
    ("kind", "more"),
    [("429", {"seconds": 1}), ("5xx", {}), ("reset-after-accept", {}), ("stall", {"seconds": 2})],
)
async def test_a_run_ends_and_nobody_hears_it_twice(town: Town, kind: str, more: dict[str, Any]) -> None:
    await town.post("faults", method="sendMessage", kind=kind, rate=0.4, seed=SEED, **more)
    run = await a_day_later(town)
    assert run.state is RunState.DONE
    assert run.decided == len(READERS)
    screens, fates = await heard(town), await town.count(_fates)
    assert max(screens.values()) == 1
    for person, fate in fates.items():
        assert fate in {"delivered", "unknown"}
        assert screens[person] == 1 or fate == "unknown"
    if kind == "429":
        assert run.counts == {"delivered": len(READERS)}
    assert run.counts == Counter(fates.values())
    assert await town.count(invariants.check) == []


async def test_who_blocked_the_bot_is_counted_and_not_asked_again(town: Town) -> None:
    for name in ("ann", "bao"):
        await town.post("block", person_id=NAMES[name], blocked=True)
    await town.settled()
    run = await a_day_later(town)
    told = run.counts.get("dead", 0) + run.counts.get("unreachable", 0)
    assert (run.state, told, run.counts["delivered"]) == (RunState.DONE, 2, len(READERS) - 2)
    await town.later(days=1)
    await town.app.fired()
    await town.settled()
    later: list[RunLine] = await town.count(runs.latest, run.campaign_id, 1)
    assert later[0].counts["unreachable"] == 2
    assert await town.count(invariants.check) == []

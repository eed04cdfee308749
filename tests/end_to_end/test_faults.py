"""Telegram misbehaves: lost replies, 5xx, 429, repeats, reordering. All flows end right, nothing is lost or counted twice."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from models import invariants
from tests.conversations.town import OFFICE, Refused, Town, a_town, seats_of

PEOPLE = ("ann", "bao", "chen", "dora", "emil", "fang", "gus", "hana")
SEED = 20261121


@pytest.fixture
async def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    async with a_town(tmp_path, monkeypatch) as town:
        yield town


async def _tap(town: Town, name: str, card: int) -> str:
    """A tap whose answer may get lost on the way; "" then."""
    ask = {"chat_id": OFFICE, "person_id": getattr(town, name).id, "message_id": card, "button": "+1", "wait": 1.5}
    answer = await town.post("tap", **ask)
    return str(answer.get("text") or "")


@pytest.mark.parametrize(
    ("kind", "method"),
    [
        ("429", "sendMessage"), ("429", "editMessageText"), ("5xx", "sendMessage"), ("5xx", "editMessageText"),
        ("reset-after-accept", "editMessageText"), ("duplicate", "getUpdates"), ("reorder", "getUpdates"),
        ("reset-after-accept", "getUpdates"), ("5xx", "answerCallbackQuery"),
    ],
)  # fmt: skip
async def test_a_circle_joins_while_telegram_misbehaves(town: Town, kind: str, method: str) -> None:
    deal = await town.offer()
    card = await town.card()
    seconds = {"seconds": 1} if kind == "429" else {}  # how long the platform says to wait
    await town.post("faults", method=method, kind=kind, rate=0.3, seed=SEED, **seconds)
    answers = await asyncio.gather(*(_tap(town, name, card.id) for name in PEOPLE))
    await town.post("say", chat_id=OFFICE, person_id=town.ann.id, text="+1", reply_to=card.id)
    await town.settled(40)
    async with town.http.delete(f"{town.sandbox.url}/faults"):
        pass
    await town.later(seconds=61)  # whatever had to wait for its limit leaves now
    seats = await town.count(seats_of, deal)
    assert sum(seats.values()) == len(PEOPLE) + 1
    assert all(answer.startswith("You: ") for answer in answers if answer)
    shown = (await town.card()).text
    assert all(f"{name.capitalize()} ×" in shown for name in PEOPLE)
    assert await town.count(invariants.check) == []


async def test_a_forged_burst_moves_nothing(town: Town) -> None:
    deal = await town.offer()
    card = await town.card()
    for data in (f"j:{deal}", f"w:{deal}.abcdef", "rec!:1.aaaaaa", "ok:1.bbbbbb"):
        with_answer = await town.ann.tap(card, data, forge=True)
        assert "another time" in with_answer
    with pytest.raises(Refused):
        await town.ann.tap(card, "no such button")
    assert await town.count(seats_of, deal) == {}
    assert await town.count(invariants.check) == []

"""Many who type at once, at the platform's pace: the card does not wait behind what each of them is told."""

import asyncio
import time
from pathlib import Path

import pytest

from bot.gateway.throttle import Rates
from tests.conversations.town import OFFICE, Town, a_town, seats_of

PATIENCE = 6.0  # seconds until the card shows all who typed


async def _people(town: Town, count: int) -> list[int]:
    made = [await town.post("people", name=f"Guest {number}") for number in range(count)]
    for person in made:
        await town.post("join", chat_id=OFFICE, person_id=person["id"])
    return [int(person["id"]) for person in made]


async def _until_the_card_says(town: Town, words: str) -> float:
    began = time.monotonic()
    async with asyncio.timeout(30):
        for _ in iter(int, 1):
            if words in (await town.card()).text:
                break
            await asyncio.sleep(0.05)
    return time.monotonic() - began


async def test_thirty_type_within_seconds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_town(tmp_path, monkeypatch, rates=Rates()) as town:
        deal = await town.offer(per_member=None)
        people = await _people(town, 30)
        typed = {}
        for person in people:
            said = await town.post("say", chat_id=OFFICE, person_id=person, text="+1")
            typed[person] = int(said["message_id"])
        took = await _until_the_card_says(town, "… and 18 more")
        assert took < PATIENCE
        assert len(await town.count(seats_of, deal)) == 30
        await town.settled(40)
        for person, message in typed.items():
            page = await town.get(f"chats/{OFFICE}", person_id=person)
            mine = next(seen for seen in page["messages"] if seen["message_id"] == message)
            whispered = any(seen["sandbox"].get("ephemeral_for") is not None for seen in page["messages"])
            assert whispered or mine["sandbox"]["reactions"], person

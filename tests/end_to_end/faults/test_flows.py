"""Telegram and people at their worst, one trouble at a time: each flow ends right, and nobody waits for another's trouble."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.gateway import http, verdicts
from models import invariants
from models.circles import circle_table
from models.columns import table_of
from models.people import Person
from tests.conversations.town import BOT, OFFICE, PLAIN, Town, seats_of

NEIGHBOURS = ("ann", "bao", "chen", "dora")


async def calls(town: Town, method: str) -> list[dict[str, Any]]:
    """What the bot asked Telegram for, refused calls included."""
    found: list[dict[str, Any]] = await town.get("calls", method=method, all=1)
    return found


async def faults_left(town: Town) -> int:
    """How many calls the faults that are on will still strike."""
    return sum(fault["left"] for fault in await town.get("faults"))


async def _struck(town: Town) -> bool:
    return not await faults_left(town)


async def press(town: Town, name: str, card: int, chat: int = OFFICE) -> None:
    """A tap that nobody waits for."""
    person: int = getattr(town, name).id
    await town.post("tap", chat_id=chat, person_id=person, message_id=card, button="+1", wait=False)


async def until(look: Callable[[], Awaitable[object]], seconds: float = 15.0) -> None:
    """Looks until there is something to see."""
    async with asyncio.timeout(seconds):
        while not await look():  # noqa: ASYNC110  # it is seen over HTTP
            await asyncio.sleep(0.02)


async def shown(town: Town, words: str) -> None:
    """Waits until the card says so."""

    async def look() -> bool:
        return words in (await town.card()).text

    await until(look)


async def test_a_limited_circle_holds_back_nobody_else(town: Town) -> None:
    await town.offer()
    card = await town.card()
    await town.bao.start()
    await town.post("faults", method="editMessageText", kind="429", rate=1, count=1, seconds=2)
    begun = time.monotonic()
    await press(town, "ann", card.id)

    async def told() -> bool:
        return len(await town.bao.private()) == 2

    await until(lambda: _struck(town))
    await town.post("say", chat_id=BOT, person_id=town.bao.id, text="/my")
    await until(told)
    assert time.monotonic() - begun < 1.8
    assert "Ann" not in (await town.card()).text
    await shown(town, "Ann ×")
    assert time.monotonic() - begun >= 2.0


async def test_a_call_that_stalls_is_made_again_and_nobody_waits_for_it(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "LIMIT", aiohttp.ClientTimeout(total=1.0))
    monkeypatch.setattr(verdicts, "_SHORTEST", 0.2)
    await town.offer()
    card = await town.card()
    await town.ann.start()
    await town.post("faults", method="sendMessage", kind="stall", rate=1, count=1, seconds=2)
    await town.post("say", chat_id=BOT, person_id=town.ann.id, text="/my")
    await until(lambda: _struck(town))  # hers is on its way when Bao taps
    begun = time.monotonic()
    await press(town, "bao", card.id)
    await shown(town, "Bao ×")
    assert time.monotonic() - begun < 0.9

    async def told_her() -> bool:
        return len(await town.ann.private()) > 1

    await until(told_her)
    told = [seen.text for seen in await town.ann.private()][1:]
    assert len(told) in (1, 2), told  # better twice than never: the stalled call may arrive after all
    assert len(set(told)) == 1


async def test_a_group_becomes_a_supergroup_while_its_neighbours_join(town: Town) -> None:
    deal = await town.offer(chat=PLAIN)
    card = await town.card(PLAIN)
    for name in NEIGHBOURS[:2]:
        await press(town, name, card.id, PLAIN)
    moved = (await town.post("upgrade", chat_id=PLAIN))["to"]
    await town.settled(30)
    assert await town.count(_chat_of, "Stairwell") == moved
    new = await town.card(moved)
    for name in NEIGHBOURS[2:]:
        await press(town, name, new.id, moved)
    await town.settled(30)
    assert set(await town.count(seats_of, deal)) == {name.capitalize() for name in NEIGHBOURS}
    roster = (await town.card(moved)).text
    assert [name for name in NEIGHBOURS if f"{name.capitalize()} ×1" not in roster] == []
    assert await town.count(invariants.check) == []


def _chat_of(session: Session, title: str) -> int:
    circle = select(circle_table.c.chat_id).where(circle_table.c.title == title)
    return int(session.execute(circle).scalar_one())


async def test_who_blocked_the_bot_is_told_in_the_circle_unseen_by_others(town: Town) -> None:
    await town.offer()
    await town.ann.start()
    for name in ("ann", "bao", "chen"):
        await getattr(town, name).press("+1")
    await town.post("block", person_id=town.ann.id, blocked=True)
    await town.later(hours=25)
    await town.settled(30)
    asked = [words for words in await town.ann.whispers() if "36.00" in words]
    assert asked, await town.ann.whispers()
    assert not [words for words in await town.bao.whispers() if words in asked]
    assert (await town.count(_person, town.ann.id)).unreachable_at is not None
    await town.post("block", person_id=town.ann.id, blocked=False)
    await town.ann.start()
    assert (await town.count(_person, town.ann.id)).unreachable_at is None


def _person(session: Session, telegram_id: int) -> Any:
    people = table_of(Person)
    return session.execute(select(people).where(people.c.telegram_id == telegram_id)).one()


async def test_a_bot_put_out_of_its_circle_goes_on_elsewhere(town: Town) -> None:
    await town.offer()
    card = await town.card()
    await press(town, "ann", card.id)
    await town.post("kick_bot", chat_id=OFFICE)
    await town.settled(30)
    assert await town.count(_state_of, "Office 3F") == "gone"
    elsewhere = await town.offer(chat=PLAIN)
    await town.bao.press("+1", PLAIN)
    assert await town.count(seats_of, elsewhere) == {"Bao": 1}
    assert await town.count(invariants.check) == []


def _state_of(session: Session, title: str) -> str:
    return str(session.execute(select(circle_table.c.state).where(circle_table.c.title == title)).scalar_one())


async def test_a_deleted_card_is_sent_anew_and_pinned_again(town: Town) -> None:
    deal = await town.offer()
    first = await town.card()
    await town.post("delete", chat_id=OFFICE, person_id=town.li.id, message_id=first.id)
    await town.ann.say("+2")
    new = await town.card()
    assert new.id != first.id
    assert "Ann ×2" in new.text
    assert (await calls(town, "pinChatMessage"))[-1]["params"]["message_id"] == new.id
    await town.bao.press("+1")
    assert await town.count(seats_of, deal) == {"Ann": 2, "Bao": 1}
    assert len([seen for seen in await town.ann.sees() if seen.text.startswith("🛒")]) == 1

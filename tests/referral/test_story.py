"""Invitations through the sandbox: who brings a friend, what both hear, and what is in both wallets at the end."""

import os
import re
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from models import invariants
from tests.conversations.town import BOT, Person, Town, a_town, order_number

REFERRAL = """
[[campaign]]
id = "friends"
kind = "referral"
schedule = { every = "1h" }
overlap = "skip"
circles = ["#office"]
reward = "5.00"
friend_reward = "3.00"
window = "14d"
hold = "7d"
per_day = 5
budget = "100.00"
lasts = "60d"
"""


async def begun(town: Town) -> None:
    """The invitation runs, and Ann is in the circle."""
    await town.ann.start()
    await town.ann.say("hello")
    await town.later(hours=1, seconds=2)


async def token(person: Person) -> str:
    """The payload of their own link, as /invite shows it."""
    await person.whisper("/invite")
    shown = [seen.text for seen in await person.private() if "start=inv_" in seen.text]
    found = re.search(r"start=(inv_[\w-]+)", shown[-1])
    assert found is not None
    return found[1]


async def buys(town: Town, who: Person, name: str) -> int:
    """They join a group buy alone, it locks, they pay and collect; the order's number."""
    await town.offer("pears", minimum=1)
    card = await town.card()
    await who.say("hello")
    await who.tap(card, next(button for button in card.buttons if "+1" in button))
    await town.later(hours=25)
    number = order_number(await who.private())
    await town.li.whisper(f"/paid {number}")
    await town.li.press(f"{number} {name} has paid", BOT)
    await town.li.whisper(f"/handover {number}")
    await town.li.press("handed over", BOT)
    return number


async def hears(person: Person) -> str:
    return "\n".join(seen.text for seen in await person.private())


async def last(person: Person, typed: str) -> str:
    """What a command is answered with."""
    await person.whisper(typed)
    return (await person.private())[-1].text


async def test_a_friend_comes_by_a_link_and_both_are_paid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_town(tmp_path, monkeypatch, more=REFERRAL) as town:
        await begun(town)
        await town.bao.start(await token(town.ann))
        told = await hears(town.bao)
        assert "Ann invites you" in told
        assert "you get 3.00 CNY and Ann gets 5.00" in told
        assert "A friend came by your link" in await hears(town.ann)
        await town.bao.press("Show my first name", BOT)
        await buys(town, town.bao, "Bao")
        assert "Bao, who came by your link, has ordered: 5.00 CNY is kept" in await hears(town.ann)
        assert "Bao's order is complete: 5.00 CNY is pending" in await hears(town.ann)
        assert "Pending: 5.00" in await last(town.ann, "/wallet")
        assert "Bao · 5.00 pending until" in await last(town.ann, "/invite")
        await town.later(days=6, hours=23)
        assert "Pending: 5.00" in await last(town.ann, "/wallet")
        await town.later(hours=2)
        assert "Bao came by your link and the order is complete: 5.00 CNY is in your wallet" in await hears(town.ann)
        mine, theirs = await last(town.ann, "/wallet"), await last(town.bao, "/wallet")
        assert mine.startswith("5.00 CNY in your wallet")
        assert theirs.startswith("3.00 CNY in your wallet")
        assert "a friend came by your link" in mine
        assert "you came by a friend's link" in theirs
        assert "Bao · 5.00 in your wallet" in await last(town.ann, "/invite")
        assert await town.count(invariants.check) == []


async def test_the_poster_and_the_statement_come_as_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_town(tmp_path, monkeypatch, more=REFERRAL) as town:
        await begun(town)
        await town.offer("oranges")
        link = await token(town.ann)
        await town.ann.press("QR code", BOT)
        sent = (await town.ann.private())[-1]
        assert link in sent.text
        keep(await content(town, sent.raw["photo"][-1]), "poster-en.png")
        await town.bao.start(link)
        await town.bao.press("Show my first name", BOT)
        await buys(town, town.bao, "Bao")
        await town.later(days=7, hours=2)
        await town.ann.whisper("/wallet")
        await town.ann.press("as a picture", BOT)
        sent = (await town.ann.private())[-1]
        assert sent.text == "Your wallet at Orchard Lane, for yourself."
        keep(await content(town, sent.raw["photo"][-1]), "statement-en.png")
        await town.ann.whisper("/language")
        await town.ann.press("中文", BOT)
        await town.offer("oranges")
        await town.ann.whisper("/invite")
        await town.ann.press("二维码", BOT)
        keep(await content(town, (await town.ann.private())[-1].raw["photo"][-1]), "poster-zh.png")
        await town.ann.whisper("/wallet")
        await town.ann.press("图", BOT)
        keep(await content(town, (await town.ann.private())[-1].raw["photo"][-1]), "statement-zh.png")


async def content(town: Town, photo: dict[str, Any]) -> bytes:
    """A picture as the page downloads it."""
    async with aiohttp.ClientSession() as http, http.get(f"{town.sandbox.url}{photo['url']}") as response:
        return await response.read()


def keep(png: bytes, name: str) -> None:
    assert png.startswith(b"\x89PNG")
    if folder := os.environ.get("TUAN_TEST_PICTURES"):  # to look at them
        (Path(folder) / name).write_bytes(png)

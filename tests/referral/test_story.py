"""Invitations through the sandbox: who brings a friend, what both hear, and what is in both wallets at the end."""

import os
import re
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from models import invariants
from tests.conversations.town import BOT, OFFICE, Person, Refused, Town, a_town, order_number

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


async def test_a_friend_asks_to_be_let_in_by_a_members_own_invite_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_town(tmp_path, monkeypatch, more=REFERRAL) as town:
        await begun(town)
        shown = await last(town.ann, "/invite")
        url = next(word for word in shown.split() if "t.me/+" in word)
        stranger = town.who((await town.post("people", name="Zoe Zhang"))["id"])
        assert (await town.post("join", person_id=stranger.id, invite_link=url))["status"] == "requested"
        await town.settled()
        assert await stranger.sees(), "the bot made the link, so it lets them in"
        assert "A friend came by your link" in await hears(town.ann)
        await stranger.start()
        assert "Ann invites you" in await hears(stranger)
        assert "One friend came" in await last(town.ann, "/invite")
        foreign = await town.post("links", chat_id=OFFICE, person_id=1001, creates_join_request=True)
        other = town.who((await town.post("people", name="Yan"))["id"])
        await town.post("join", person_id=other.id, invite_link=foreign["invite_link"])
        await town.settled()
        with pytest.raises(Refused):
            await other.say("hello")  # an admin's own link is the admin's to answer
        assert "One friend came" in await last(town.ann, "/invite")
        assert await town.count(invariants.check) == []


async def test_what_leads_nowhere_is_told_in_one_sentence_and_moves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_town(tmp_path, monkeypatch, more=REFERRAL) as town:
        await begun(town)
        link = await token(town.ann)
        for person, payload, said in (
            (town.bao, "inv_guessed-token-xyz", "leads nowhere"), (town.bao, "inv_", "leads nowhere"),
            (town.ann, link, "your own link"), (town.li, link, "your own shop's"),
        ):  # fmt: skip
            await person.start(payload)
            assert said in (await person.private())[-1].text
        await town.later(days=61)
        await town.bao.start(link)
        assert "This invitation is over" in (await town.bao.private())[-1].text
        assert "No invitation is running" in await last(town.bao, "/invite")
        assert "No invitation waits" in await last(town.ann, "/referrals")
        assert "A friend came" not in await hears(town.ann)
        assert await town.count(invariants.check) == []


async def test_one_that_stands_out_waits_for_the_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_town(tmp_path, monkeypatch, more=REFERRAL) as town:
        await begun(town)
        link = await token(town.ann)
        for person in (town.bao, town.chen, town.dora, town.emil, town.fang):
            await person.start(link)
        await town.gus.start(link)
        assert "5 friends today" in (await town.gus.private())[-1].text
        await buys(town, town.bao, "Bao")
        await town.post("leave", chat_id=OFFICE, person_id=town.bao.id)
        await town.settled()
        await town.later(days=7, hours=2)
        told = await hears(town.li)
        assert "Ann brought Bao" in told
        assert "five friends or more within a day" in told
        assert "the shop looks at this invitation itself" in await hears(town.ann)
        assert "Ann brought Bao" in await last(town.li, "/referrals")
        await town.ann.tap((await town.ann.private())[-1], "rfy:1", BOT, forge=True)
        assert "Paid to both" in await town.li.press("Pay it", BOT)
        assert "decided already" in await town.li.press("Refuse it", BOT)
        assert (await last(town.ann, "/wallet")).startswith("5.00 CNY in your wallet")
        assert await town.count(invariants.check) == []


async def test_refunded_after_it_was_paid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_town(tmp_path, monkeypatch, more=REFERRAL) as town:
        await begun(town)
        await town.bao.start(await token(town.ann))
        number = await buys(town, town.bao, "Bao")
        await town.later(days=7, hours=2)
        await town.li.whisper(f"/refund {number}")
        await town.li.press("give money back", BOT)
        await town.li.press("Yes, give it all back", BOT)
        assert "was given back, so the 5.00 CNY for it goes back too" in await hears(town.ann)
        assert (await last(town.ann, "/wallet")).startswith("0.00 CNY in your wallet")
        assert "the friend's order was given back" in await last(town.ann, "/wallet")
        assert await town.count(invariants.check) == []


async def test_a_card_shared_inline_brings_a_friend_from_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_town(tmp_path, monkeypatch, more=REFERRAL) as town:
        await begun(town)
        await town.offer("oranges")
        found = await town.post("inline", person_id=town.ann.id, bot_id=BOT, query="ORANGES")
        assert [one["title"] for one in found["results"]] == ["Honey oranges, 5 kg"]
        none = await town.post("inline", person_id=town.kim.id, bot_id=BOT, query="")
        assert none["results"] == [], "nobody is offered what other circles buy"
        link = found["results"][0]["reply_markup"]["inline_keyboard"][0][0]["url"]
        await last(town.ann, "/invite")
        stranger = town.who((await town.post("people", name="Zoe"))["id"])
        await stranger.start(link.partition("start=")[2])
        told = await hears(stranger)
        assert "Ann invites you" in told
        assert "t.me/+" in str((await stranger.private())[-1].raw), "the way in"
        assert "A friend came by your link" in await hears(town.ann)
        assert await town.count(invariants.check) == []


async def test_a_shared_card_binds_who_is_in_the_circle_and_never_bought(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_town(tmp_path, monkeypatch, more=REFERRAL) as town:
        await begun(town)
        await town.offer("oranges")
        url = await town.ann.press("Share")
        shown = [seen.text for seen in await town.ann.private() if "share_" in seen.text]
        payload = re.search(r"share_[\w-]+", url + " ".join(shown))
        assert payload is not None
        await town.chen.say("hello")
        await town.chen.start(payload[0])
        told = await hears(town.chen)
        assert "Honey oranges" in told
        assert "Ann invites you" in told

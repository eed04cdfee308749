"""/invite in a circle: answered in private with the circle's own link, and at most one line stands in the circle."""

from pathlib import Path

import pytest

from tests.conversations.town import BOT, OFFICE, PLAIN, Person, Seen, Town, a_town
from tests.referral.test_story import REFERRAL, hears

HERE = REFERRAL.replace('circles = ["#office"]', 'circles = ["#office", "#quay"]') + f"""
[[circle]]
chat_id = {PLAIN}
name = "Quay 5"
tags = ["quay"]
"""


async def begun(town: Town) -> None:
    for circle in (OFFICE, PLAIN):
        await town.ann.say("hello", circle)
    await town.later(hours=1, seconds=2)


async def lines(town: Town, chat: int = OFFICE) -> list[Seen]:
    """What the bot said in a circle for all to see."""
    return [seen for seen in await town.hana.sees(chat) if seen.by_bot and not seen.only_me]


async def asks(person: Person, chat: int = OFFICE) -> None:
    await person.say("/invite", chat)


async def test_who_pressed_start_has_it_in_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_town(tmp_path, monkeypatch, more=HERE) as town:
        await begun(town)
        await town.ann.start()
        before = await lines(town)
        await asks(town.ann)
        told = (await town.ann.private())[-1].text
        assert "Invite friends to Office 3F" in told
        assert "start=inv_" in told
        assert "t.me/+" in told, "the circle's own way in, made when it was asked for"
        assert await town.ann.whispers() == ["Your link is in our private chat."]
        assert await lines(town) == before
        await asks(town.ann, PLAIN)
        assert "Invite friends to Quay 5" in (await town.ann.private())[-1].text


async def test_who_never_did_sees_it_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_town(tmp_path, monkeypatch, more=HERE) as town:
        await begun(town)
        before = await lines(town)
        await asks(town.bao)
        told = (await town.bao.whispers())[-1]
        assert "start=inv_" in told
        assert "t.me/+" in told
        assert "friend came" not in told, "who came is private"
        assert await lines(town) == before


async def test_where_only_all_could_see_it_one_line_a_day_leads_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_town(tmp_path, monkeypatch, more=HERE) as town:
        await begun(town)
        await town.post("rights", chat_id=PLAIN, admin=False)
        await town.settled()
        before = await lines(town, PLAIN)
        await asks(town.bao, PLAIN)
        await asks(town.bao, PLAIN)
        line = (await lines(town, PLAIN))[len(before) :]
        assert [seen.text for seen in line] == ["Bao, there is something for you. Open the private chat to read it."]
        assert "inv_" not in str(line[0].raw)
        url = line[0].raw["reply_markup"]["inline_keyboard"][0][0]["url"]
        await town.bao.start(url.partition("start=")[2])
        assert "Invite friends to Quay 5" in await hears(town.bao)
        await town.gus.start("invite")
        assert "No invitation is running" in await hears(town.gus)


async def test_where_nothing_is_given_one_sentence_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_town(tmp_path, monkeypatch) as town:
        await asks(town.ann)
        assert ["No invitation is running here now" in said for said in await town.ann.whispers()] == [True]
        assert BOT not in [seen.id for seen in await lines(town)]

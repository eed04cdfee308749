"""Joins by a member's own invite link, through the sandbox: one whose link Telegram tells, and one after the campaign."""

from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import invariants
from models.referrals import links, referrals
from tests.conversations.town import OFFICE, Town, a_town
from tests.referral.test_story import REFERRAL, begun, hears, last


def ways(session: Session) -> list[str]:
    return list(session.scalars(select(referrals.c.way).order_by(referrals.c.id)))


def is_told(session: Session, url: str) -> None:
    """The member's own invite link of the circle is one that lets in without asking."""
    session.execute(update(links).values(url=url))


async def own_link(town: Town) -> str:
    return next(word for word in (await last(town.ann, "/invite")).split() if "t.me/+" in word)


async def test_a_join_whose_link_telegram_tells_binds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_town(tmp_path, monkeypatch, more=REFERRAL) as town:
        await begun(town)
        await own_link(town)
        made = await town.post("links", chat_id=OFFICE, person_id=town.ann.id)
        await town.app.database.write(is_told, made["invite_link"])
        stranger = town.who((await town.post("people", name="Zoe Zhang"))["id"])
        assert (await town.post("join", person_id=stranger.id, invite_link=made["invite_link"]))["status"] == "member"
        await town.settled()
        assert await town.count(ways) == ["invite"]
        assert "A friend came by your link" in await hears(town.ann)
        await stranger.start()
        assert "Ann invites you" in await hears(stranger)
        other = await town.post("links", chat_id=OFFICE, person_id=town.li.id)
        guest = town.who((await town.post("people", name="Yan"))["id"])
        await town.post("join", person_id=guest.id, invite_link=other["invite_link"])
        await town.settled()
        await guest.say("hello")
        assert await town.count(ways) == ["invite"], "somebody else's link binds nobody"
        assert await town.count(invariants.check) == []


async def test_by_a_finished_campaigns_link_they_are_let_in_and_nobody_is_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_town(tmp_path, monkeypatch, more=REFERRAL) as town:
        await begun(town)
        url = await own_link(town)
        await town.later(days=61)
        before = await hears(town.ann)
        stranger = town.who((await town.post("people", name="Zoe"))["id"])
        assert (await town.post("join", person_id=stranger.id, invite_link=url))["status"] == "requested"
        await town.settled()
        await stranger.say("hello")
        assert await town.count(ways) == []
        assert await hears(town.ann) == before, "nothing came of it, so nothing is said"
        await stranger.start()
        assert "invites you" not in await hears(stranger)
        assert await town.count(invariants.check) == []


async def test_the_link_of_who_left_lets_in_and_binds_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_town(tmp_path, monkeypatch, more=REFERRAL) as town:
        await begun(town)
        url = await own_link(town)
        payload = next(word for word in (await last(town.ann, "/invite")).split() if "start=" in word).partition("start=")[2]
        await town.post("leave", chat_id=OFFICE, person_id=town.ann.id)
        await town.settled()
        await town.bao.start(payload)
        assert "Who passed this link on is not in the circle any more" in (await town.bao.private())[-1].text
        stranger = town.who((await town.post("people", name="Zoe"))["id"])
        await town.post("join", person_id=stranger.id, invite_link=url)
        await town.settled()
        await stranger.say("hello")
        assert await town.count(ways) == []
        assert await town.count(invariants.check) == []

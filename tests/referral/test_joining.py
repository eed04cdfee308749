"""Joins by a member's own invite link, through the sandbox: one whose link Telegram tells, and one after the campaign."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models import invariants, outbox
from models.outbox import OUTBOX, Message, Route
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


def of_the_friend(session: Session) -> list[tuple[str, str, str]]:
    """What went to the newest person: one after the other, where it stands in one lane."""
    c = OUTBOX.c
    query = select(c.template, c.state, c.target).where(c.person_id == select(func.max(c.person_id)).scalar_subquery())
    return [(row.template, row.state, row.target.partition(":")[0]) for row in session.execute(query.order_by(c.id))]


def ask_again(session: Session) -> None:
    """Somebody who is in already is to be let in once more, as when an admin was faster."""
    was = session.execute(select(OUTBOX.c.person_id, OUTBOX.c.params).where(OUTBOX.c.template == "let_in")).one()
    row = Message(route=Route.ACT, template="let_in", person_id=was.person_id, params=was.params)
    outbox.enqueue(session, [row], datetime(2026, 1, 1, tzinfo=UTC))


async def test_who_asks_hears_of_it_before_they_are_let_in_as_the_bot_may_write_until_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_town(tmp_path, monkeypatch, more=REFERRAL) as town:
        await begun(town)
        url = await own_link(town)
        stranger = town.who((await town.post("people", name="Zoe Zhang"))["id"])
        await town.post("join", person_id=stranger.id, invite_link=url)
        await town.settled()
        assert "Ann invites you" in await hears(stranger), "before any start"
        assert await town.count(of_the_friend) == [
            ("referral_bound", "delivered", "person"), ("let_in", "delivered", "person"),
        ]  # fmt: skip
        await town.app.database.write(ask_again)
        town.app.wake()
        await town.settled()
        assert [row[1] for row in await town.count(of_the_friend)] == ["delivered", "delivered", "dropped"]
        await stranger.start("share_guessed")
        assert (await hears(stranger)).count("Ann invites you") == 1, "they know"


async def test_who_could_not_be_written_to_hears_of_it_at_their_first_start_whatever_it_is_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_town(tmp_path, monkeypatch, more=REFERRAL) as town:
        await begun(town)
        await own_link(town)
        await town.offer("oranges")
        made = await town.post("links", chat_id=OFFICE, person_id=town.ann.id)
        await town.app.database.write(is_told, made["invite_link"])
        zoe, yan = [town.who((await town.post("people", name=name))["id"]) for name in ("Zoe", "Yan")]
        for stranger, payload in ((zoe, "order_7"), (yan, "share_guessed")):
            await town.post("join", person_id=stranger.id, invite_link=made["invite_link"])
            await town.settled()
            assert await hears(stranger) == "", "a join is no leave to write"
            await stranger.start(payload)
            assert "Ann invites you" in await hears(stranger)
            await stranger.start(payload)
            assert (await hears(stranger)).count("Ann invites you") == 1

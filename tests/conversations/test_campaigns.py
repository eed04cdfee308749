"""An operator looks after campaigns from the chat: pause, go on, run now, skip, and a run's page."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.campaigns import campaigns, runs
from tests.conversations.town import BOT, Seen, Town, a_town

MORE = """
[[campaign]]
id = "friday-oranges"
kind = "group_buy"
schedule = { cron = "0 18 * * fri" }
product = "oranges"
ladder = [{ at = 3, price = "36.00" }]
closes_after = "24h"

[[campaign]]
id = "hello"
kind = "broadcast"
schedule = { every = "30d" }
text = "Hello {name}"

[[campaign]]
id = "how"
kind = "ask_buyers"
schedule = { after = "delivered", delay = "3d" }

[[campaign]]
id = "once"
kind = "broadcast"
schedule = { at = "2028-02-03T18:00" }
text = "Hello {name}"
"""


@pytest.fixture
async def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    async with a_town(tmp_path, monkeypatch, more=MORE) as town:
        await town.olga.start()
        yield town


async def last(town: Town, name: str = "olga") -> Seen:
    return (await getattr(town, name).private())[-1]


def states(session: Session) -> list[str]:
    return list(session.scalars(select(runs.c.state).order_by(runs.c.id)))


def next_at(session: Session, key: str) -> object:
    return session.execute(select(campaigns.c.next_at, campaigns.c.paused_at).where(campaigns.c.key == key)).one()


async def opened(town: Town, key: str) -> Seen:
    await town.olga.whisper("/campaigns")
    await town.olga.press(key, BOT)
    return await last(town)


async def test_each_campaign_with_its_next_time_in_the_shops_zone(town: Town) -> None:
    await town.olga.whisper("/campaigns")
    seen = await last(town)
    assert seen.text.startswith("Campaigns:")
    assert "friday-oranges · next Fri" in seen.text
    assert "18:00" in seen.text
    assert "how · 3 d after a delivery\n" in seen.text
    assert "once · next Thu 3 Feb 2028 18:00" in seen.text
    assert seen.buttons == ("friday-oranges", "hello", "how", "once")
    await town.olga.press("friday-oranges", BOT)
    page = await last(town)
    assert page.id == seen.id
    assert "friday-oranges · group_buy · Orchard Lane" in page.text
    assert "It has not run yet." in page.text
    assert page.buttons == ("Pause", "Run now", "Skip the next", "All campaigns")
    await town.olga.press("All campaigns", BOT)
    assert (await last(town)).text == seen.text


async def test_pause_and_go_on(town: Town) -> None:
    await opened(town, "friday-oranges")
    assert await town.olga.press("Pause", BOT) == "Paused: no slot starts until it goes on."
    page = await last(town)
    assert "paused" in page.text
    assert page.buttons == ("Go on", "Run now", "All campaigns")
    await town.later(days=8)
    assert await town.count(states) == []
    await town.olga.press("Go on", BOT)
    assert "next Fri" in (await last(town)).text
    assert await town.count(states) == []


async def test_run_now_asks_once_more_and_a_stale_yes_runs_nothing(town: Town) -> None:
    await opened(town, "friday-oranges")
    await town.olga.press("Run now", BOT)
    ask = await last(town)
    assert "Run friday-oranges now" in ask.text
    assert await town.count(states) == []
    yes = ask.raw["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    assert await town.olga.press("Yes, run it now", BOT) == "It runs now."
    assert "+1" in (await town.card()).buttons
    assert "another time" in await town.olga.tap(ask, yes, BOT, forge=True)
    assert await town.count(states) == ["done"]
    page = await last(town)
    assert "done · opened in 1 circle" in page.text
    await town.olga.press("The last run", BOT)
    told = await last(town)
    assert told.text.startswith("friday-oranges · ")
    assert told.text.endswith(" · done\n\nopened in 1 circle")


async def test_skip_the_next_skips_one_however_often_it_is_tapped(town: Town) -> None:
    page = await opened(town, "friday-oranges")
    skip = page.raw["reply_markup"]["inline_keyboard"][1][0]["callback_data"]
    before = await town.count(next_at, "friday-oranges")
    assert (await town.olga.tap(page, "Skip the next", BOT)).startswith("Skipped: Fri")
    assert "another time" in await town.olga.tap(page, skip, BOT, forge=True)
    after = await town.count(next_at, "friday-oranges")
    assert (after.next_at - before.next_at).days == 7
    assert await town.count(states) == ["skipped"]
    assert "skipped" in (await last(town)).text


async def test_a_runs_page_of_a_campaign_that_writes(town: Town) -> None:
    for person in (town.ann, town.bao):
        await person.say("morning")
        await person.start()
    await town.chen.say("morning")
    await opened(town, "hello")
    await town.olga.press("Run now", BOT)
    await town.olga.press("Yes, run it now", BOT)
    await town.later(hours=1)
    await opened(town, "hello")
    await town.olga.press("The last run", BOT)
    page = await last(town)
    assert "2 of 2 sent" in page.text or "2 wait" in page.text
    assert "never pressed start: 1" in page.text


async def test_only_operators(town: Town) -> None:
    page = await opened(town, "friday-oranges")
    for name in ("li", "bao"):
        person = getattr(town, name)
        await person.start()
        await person.whisper("/campaigns")
        assert "operator" in (await last(town, name)).text
        greeting = await last(town, name)
        for row in page.raw["reply_markup"]["inline_keyboard"]:
            for button in row:
                assert "operator" in await person.tap(greeting, button["callback_data"], BOT, forge=True)
    assert await town.count(states) == []


async def test_what_is_no_longer_there_and_what_nobody_was_sent(town: Town) -> None:
    page, buttons = await opened(town, "hello"), town.app.desk.buttons
    for op, row_id, arg in (("ca", 1, "explode"), ("ca", 99, "pause"), ("cp", 99, None), ("crun", 99, None), ("ca", 1, "r77")):
        answer = await town.olga.tap(page, buttons.data(op, row_id, arg), BOT, forge=True)
        assert answer
        assert "Paused" not in answer
    card = await town.offer()
    assert card
    assert "another time" in await town.olga.tap(await town.card(), buttons.data("ca", 1, "pause"), forge=True)
    assert (await town.count(next_at, "friday-oranges")).paused_at is None


async def test_in_chinese(town: Town) -> None:
    await town.olga.whisper("/language")
    await town.olga.press("中文", BOT)
    await town.olga.whisper("/campaigns")
    seen = await last(town)
    assert seen.text.startswith("活动：")
    assert "how · 取货 3 天后\n" in seen.text
    assert "once · 下次 2028年2月3日 周四 18:00" in seen.text
    await town.olga.press("friday-oranges", BOT)
    assert (await last(town)).buttons == ("暂停", "现在跑一次", "跳过下一次", "全部活动")

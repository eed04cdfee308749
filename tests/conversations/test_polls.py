"""A poll in the office: people vote in Telegram, enough of them open the group buy, and outsiders do not count."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conversations.town import BOT, OFFICE, Seen, Town, a_town

POLL = """
[attention]
quiet_hours = "00:00-00:00"

[[campaign]]
id = "who-wants"
kind = "demand_poll"
product = "oranges"
needed = 2
lasts = "4h"
closes_after = "24h"
schedule = { every = "1h" }

[[campaign]]
id = "hello"
kind = "broadcast"
text = "Dear {name}, {shop} is back."
schedule = { every = "1h" }
"""


@pytest.fixture
async def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    async with a_town(tmp_path, monkeypatch, more=POLL) as town:
        yield town


async def polled(town: Town) -> Seen:
    """The poll as it stands in the office an hour later."""
    for name in ("ann", "bao", "chen"):
        await getattr(town, name).say("hello")
    await town.later(hours=1, seconds=2)
    return next(seen for seen in await town.ann.sees() if "poll" in seen.raw)


async def votes(town: Town, poll: Seen, name: str, *options: str) -> None:
    person = getattr(town, name)
    await town.post("vote", chat_id=OFFICE, message_id=poll.id, person_id=person.id, options=list(options))
    await town.settled()


async def test_enough_votes_open_the_group_buy(town: Town) -> None:
    poll = await polled(town)
    assert poll.raw["poll"]["question"].startswith("Honey oranges, 5 kg · 39.90 · Do you want it?")
    await votes(town, poll, "ann", "I want it")
    await votes(town, poll, "bao", "Not this time")
    assert not [seen for seen in await town.ann.sees() if seen.text.startswith("🛒")]
    await votes(town, poll, "bao")
    await votes(town, poll, "bao", "I want it")
    card = await town.card()
    assert "Ann" not in card.text
    said = [seen.text for seen in await town.ann.sees()]
    assert any(text.startswith("2 want it: Honey oranges, 5 kg is open.") for text in said)
    stands = next(seen for seen in await town.ann.sees() if seen.id == poll.id)
    assert stands.raw["poll"]["is_closed"]


async def test_too_few_and_the_owner_hears_the_count(town: Town) -> None:
    await town.li.start()
    poll = await polled(town)
    await votes(town, poll, "ann", "I want it")
    await town.later(hours=4, minutes=5)
    assert any("1 wants Honey oranges" in seen.text for seen in await town.bao.sees())
    assert any("1 of 2 wants it" in seen.text for seen in await town.li.private())


async def test_who_never_spoke_counts_if_telegram_says_they_are_there(town: Town) -> None:
    poll = await polled(town)
    await votes(town, poll, "dora", "I want it")
    await votes(town, poll, "emil", "I want it")
    assert "🛒" in (await town.card()).text


async def test_a_poll_cut_off_while_it_left_is_found_by_its_first_vote(town: Town) -> None:
    """It stands in the office, and its answer was lost."""
    await town.li.start()
    await town.post("faults", method="sendPoll", kind="reset-after-accept", rate=1)
    poll = await polled(town)
    await town.later(seconds=2)
    told = (await town.li.private())[-1]
    assert told.text.startswith("Honey oranges, 5 kg · Office 3F\nThe poll was cut off while it was leaving")
    assert told.buttons == ("Put it again",)
    await votes(town, poll, "ann", "I want it")
    assert "another time" in await town.li.tap(told, "Put it again", BOT)
    await votes(town, poll, "bao", "I want it")
    assert "🛒" in (await town.card()).text
    assert len([seen for seen in await town.ann.sees() if "poll" in seen.raw]) == 1


async def test_one_that_never_arrived_is_put_again_by_its_owner_and_by_nobody_else(town: Town) -> None:
    await town.li.start()
    await town.bao.start()
    await town.post("faults", method="sendPoll", kind="5xx", rate=1)
    for name in ("ann", "bao", "chen"):
        await getattr(town, name).say("hello")
    await town.later(hours=1, seconds=2)
    await town.later(seconds=2)
    assert not [seen for seen in await town.ann.sees() if "poll" in seen.raw]
    await town.post("faults", method="sendPoll", kind="5xx", rate=0)
    told = (await town.li.private())[-1]
    data = told.raw["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    await town.bao.tap((await town.bao.private())[-1], data, BOT, forge=True)
    await town.settled()
    assert not [seen for seen in await town.ann.sees() if "poll" in seen.raw]
    await town.li.tap(told, "Put it again", BOT)
    await town.settled()
    (poll,) = [seen for seen in await town.ann.sees() if "poll" in seen.raw]
    assert (await town.li.private())[-1].text == "It is put again."
    for name in ("ann", "bao"):
        await votes(town, poll, name, "I want it")
    assert "🛒" in (await town.card()).text


async def test_a_broadcast_reaches_who_pressed_start_and_says_why(town: Town) -> None:
    await town.ann.start()
    await polled(town)
    told = [seen.text for seen in await town.ann.sees(BOT) if seen.by_bot]
    assert any(text.startswith("Dear Ann, Orchard Lane is back.\n\nYou get this because") for text in told)
    assert all("Orchard Lane is back" not in seen.text for seen in await town.bao.sees(BOT))

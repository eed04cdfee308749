"""What a member does not want to hear of: all, an item, a category, hours, a zone; by buttons and by words."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from handlers import hours, zones
from handlers.hours import Hours, TooLong
from models import mutes, people
from models.people import Person
from tests.conversations.town import BOT, NAMES, Seen, Town, a_town

FRUIT = """
[[product]]
id = "plums"
title = { en = "Plums: ripe", zh_CN = "李子" }
price = "9.00"
category = "fruit: of stone"
"""


async def screen(town: Town, name: str = "ann") -> Seen:
    return (await getattr(town, name).private())[-1]


def person_of(session: Session, name: str) -> Person:
    found = people.by_telegram_id(session, NAMES[name])
    assert found is not None
    return found


def muted_by(session: Session, name: str) -> frozenset[str]:
    return mutes.of(session, person_of(session, name).id or 0)


async def test_one_screen_says_how_it_stands_and_mutes_all(town: Town) -> None:
    await town.ann.start()
    await town.ann.whisper("/quiet")
    before = await screen(town)
    assert "22:00–08:00, as usual here" in before.text
    assert "Receipts" in before.text
    assert await town.ann.press("Mute all that sells", BOT) == "Muted."
    after = await screen(town)
    assert after.id == before.id
    assert after.text.startswith("Nothing that sells")
    assert await town.count(muted_by, "ann") == {mutes.ALL}
    await town.ann.press("Do not ask me", BOT)
    assert "Nobody's questions" in (await screen(town)).text
    await town.ann.press("Hear of offers again", BOT)
    await town.ann.press("Others may ask me", BOT)
    assert (await screen(town)).text == before.text
    assert await town.count(muted_by, "ann") == frozenset()


async def test_an_item_and_a_category_by_what_was_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_town(tmp_path, monkeypatch, more=FRUIT) as town:
        await town.ann.start()
        await town.ann.whisper("/quiet")
        await town.ann.press("Mute something", BOT)
        assert "Nothing was offered" in (await screen(town)).text
        await town.offer("oranges")
        await town.offer("plums", ladder=())
        await town.ann.press("+1", text="Honey")
        await town.ann.whisper("/quiet")
        await town.ann.press("Mute something", BOT)
        seen = await screen(town)
        assert seen.buttons == ("Mute fruit: of stone", "Mute Plums: ripe", "Mute Honey oranges, 5 kg", "Back")
        await town.ann.press("Mute Honey", BOT)
        await town.ann.press("Mute fruit", BOT)
        stale = seen.raw["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
        await town.ann.tap(seen.id, stale, BOT, forge=True)
        assert {key.split(":")[0] for key in await town.count(muted_by, "ann")} == {"item", "category"}
        await town.ann.press("Back", BOT)
        assert "Not of: fruit: of stone, Honey oranges, 5 kg" in (await screen(town)).text
        await town.ann.press("Mute something", BOT)
        await town.ann.press("Hear of Honey", BOT)
        assert len(await town.count(muted_by, "ann")) == 1
        await town.ann.press("Hear of all again", BOT)
        assert await town.count(muted_by, "ann") == frozenset()


async def test_hours_are_typed_or_tapped(town: Town) -> None:
    await town.ann.start()
    await town.ann.whisper("/quiet 23-7")
    assert "Quiet hours: 23:00–07:00\n" in (await screen(town)).text
    await town.ann.press("Quiet hours", BOT)
    await town.ann.whisper("晚上10点半到第二天早上八点")
    assert "22:30–08:00" in (await screen(town)).text
    person = await town.count(person_of, "ann")
    assert (person.quiet_from, person.quiet_to) == (1350, 480)
    await town.ann.press("Quiet hours", BOT)
    await town.ann.press("No quiet hours", BOT)
    assert "Quiet hours: none" in (await screen(town)).text
    await town.ann.whisper("/quiet usual")
    assert "as usual here" in (await screen(town)).text


async def test_what_is_neither_hours_nor_a_place_gets_one_sentence_and_may_be_said_again(town: Town) -> None:
    await town.ann.start()
    await town.ann.whisper("/quiet")
    await town.ann.press("Quiet hours", BOT)
    for words in ("whenever", "25-26", "8-8", "<b>22</b>", "x" * 3000):
        await town.ann.whisper(words)
        assert "22-8" in (await screen(town)).text
    await town.ann.whisper("10-8")
    assert "10:00–08:00 is most of the day" in (await screen(town)).text
    person = await town.count(person_of, "ann")
    assert (person.quiet_from, person.timezone) == (None, None)
    await town.ann.whisper("22-6")
    assert "22:00–06:00" in (await screen(town)).text
    await town.ann.whisper("22-7")
    assert "/help" in (await screen(town)).text


async def test_a_zone_by_city_by_nearest_match_and_by_button(town: Town) -> None:
    await town.ann.say("hello")
    await town.ann.start()
    await town.ann.whisper("/quiet")
    assert "Time zone: Asia/Shanghai," in (await screen(town)).text
    await town.ann.press("Time zone", BOT)
    await town.ann.whisper("Helsinky")
    assert "Time zone: Europe/Helsinki," in (await screen(town)).text
    await town.ann.press("Time zone", BOT)
    await town.ann.press("America/New York", BOT)
    assert (await town.count(person_of, "ann")).timezone == "America/New_York"
    await town.ann.whisper("/quiet Louisville")
    assert "Which one" in (await screen(town)).text
    await town.ann.press("America/Louisville", BOT)
    assert (await town.count(person_of, "ann")).timezone == "America/Louisville"
    await town.ann.whisper("/quiet UTC+8")
    assert "Time zone: UTC+8," in (await screen(town)).text


async def test_in_chinese(town: Town) -> None:
    await town.bao.start()
    await town.bao.whisper("/language")
    await town.bao.press("中文", BOT)
    await town.bao.whisper("/quiet 关")
    assert "免打扰：没有设" in (await screen(town, "bao")).text
    await town.bao.whisper("/quiet 东京")
    assert "时区：Asia/Tokyo" in (await screen(town, "bao")).text


async def test_forged_and_foreign_buttons_change_nothing(town: Town) -> None:
    await town.offer()
    await town.ann.start()
    await town.ann.whisper("/quiet")
    seen = await screen(town)
    buttons = town.app.desk.buttons
    forged = [
        ("qm", 0, "nothing"), ("qm", 999, "item"), ("qh", 9_999_999, None), ("qz", 1, None), ("qm", 1, "cat"), ("q", 0, "secrets"),
    ]  # fmt: skip
    for data in (*(buttons.data(*one) for one in forged), "qm:0:all.AAAAAA"):
        assert await town.ann.tap(seen, data, BOT, forge=True) not in {"Muted.", "Kept.", ""}
    card = await town.card()
    assert "another time" in await town.ann.tap(card, buttons.data("qm", 0, "all"), forge=True)
    assert await town.count(muted_by, "ann") == frozenset()


@pytest.mark.parametrize(
    ("words", "begin", "end"),
    [
        ("22-8", 1320, 480), ("22:00-08:00", 1320, 480), ("10pm to 8am", 1320, 480), ("晚上10点到早上8点", 1320, 480),
        ("２２：００－０８：００", 1320, 480), ("22.30 – 6.15", 1350, 375), ("晚上12点到早上7点", 0, 420), ("12am-6am", 0, 360),
        ("半夜十二点到六点半", 0, 390), ("from 23 until 7", 1380, 420), ("24:00-7", 0, 420), ("off", 0, 0), ("不要", 0, 0),
        ("默认", None, None),
    ],
)  # fmt: skip
def test_hours_as_people_type_them(words: str, begin: int | None, end: int | None) -> None:
    assert hours.read(words) == Hours(begin, end)


@pytest.mark.parametrize(
    "words", ["", "22", "22-", "25-8", "22:60-8", "24:30-8", "13pm-8", "8-8", "tonight", "22-8-9", "十十点到八点"]
)
def test_what_is_no_hours(words: str) -> None:
    assert hours.read(words) is None


def test_hours_that_leave_no_day() -> None:
    assert hours.read("8-7") == TooLong(480, 420)


@pytest.mark.parametrize(
    ("words", "zone"),
    [
        ("Berlin", "Europe/Berlin"), ("new york", "America/New_York"), ("上海", "Asia/Shanghai"), ("asia/tokyo", "Asia/Tokyo"),
        ("Shangai", "Asia/Shanghai"), ("Hongkong", "Asia/Hong_Kong"), ("utc", "UTC"), ("GMT-5", "Etc/GMT+5"), ("＋８", "Etc/GMT-8"),
        ("旧金山", "America/Los_Angeles"), ("San Francisco", "America/Los_Angeles"),
    ],
)  # fmt: skip
def test_zones_as_people_type_them(words: str, zone: str) -> None:
    assert zones.find(words) == (zone,)
    assert zones.by_number(zones.numbered(zone)) == zone


@pytest.mark.parametrize("words", ["", "q", "qwertz", "UTC+99", "../../etc/passwd", "<b>", "\x00"])
def test_what_is_no_zone(words: str) -> None:
    assert zones.find(words) == ()

"""What a circle wishes for: one line a wish, voices by +1, the owner asked once, those who wished told once."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import mutes, people
from models.want_words import alike, fold, has_contact, names
from models.wants import Want, voices, wants
from tests.conversations.town import BOT, FORUM, NAMES, OFFICE, PLAIN, Seen, Town


async def lines(town: Town) -> list[Seen]:
    """The wishes as they stand in the chat."""
    return [seen for seen in await town.ann.sees() if seen.by_bot and not seen.only_me and "wishes for" in seen.text]


def state_of(session: Session, want_id: int) -> str:
    return session.get_one(Want, want_id, populate_existing=True).state


def counted(session: Session) -> tuple[int, int]:
    found = [session.scalar(select(func.count()).select_from(table)) for table in (wants, voices)]
    return int(found[0] or 0), int(found[1] or 0)


async def wished_by(town: Town, *names: str, text: str = "oranges") -> None:
    first, *rest = names
    await getattr(town, first).say(f"/want {text}")
    for name in rest:
        await getattr(town, name).press("+1", text="wishes for")


async def test_one_line_whose_count_is_edited(town: Town) -> None:
    await town.ann.say("/want oranges")
    (line,) = await lines(town)
    assert line.text == "Ann wishes for oranges"
    assert line.buttons == ("+1",)
    assert "4 more" in (await town.ann.whispers())[-1]
    two = "oranges: 2 wish for it, you among them. · 3 more, and the shop is asked"
    assert await town.bao.press("+1", text="wishes for") == two
    assert await town.bao.press("+1", text="wishes for") == "You wish for oranges already, as one of 2."
    await town.chen.say("/want ORANGE please!")
    await town.dora.say("/want 橙子")
    (line,) = await lines(town)
    assert line.text == "Ann wishes for oranges · 4"
    assert await town.count(counted) == (1, 4)


async def test_alone_it_says_how_and_in_private_where(town: Town) -> None:
    await town.ann.say("/want")
    assert "/want oranges" in (await town.ann.whispers())[-1]
    await town.ann.start()
    await town.ann.whisper("/want oranges")
    assert "group chat" in (await town.ann.private())[-1].text
    assert await town.count(counted) == (0, 0)


async def test_enough_voices_ask_every_owner_once_and_those_who_wished_hear_when_it_opens(town: Town) -> None:
    await town.li.start()
    for name in ("ann", "bao", "chen", "dora"):
        await getattr(town, name).start()
    await wished_by(town, "ann", "bao", "chen", "dora")
    assert not [seen for seen in await town.li.private() if "wish for" in seen.text]
    assert "has been asked" not in (await lines(town))[0].text
    assert "wish for it" in await town.emil.press("+1", text="wishes for")
    asked = [seen for seen in await town.li.private() if "wish for" in seen.text]
    assert [seen.text.splitlines()[0] for seen in asked] == ["5 people in Office 3F wish for oranges."]
    assert "The shop has been asked." in (await lines(town))[0].text
    await town.fang.press("+1", text="wishes for")
    assert len([seen for seen in await town.li.private() if "wish for" in seen.text]) == 1
    person = await town.count(people.by_telegram_id, NAMES["chen"])
    await town.app.database.write(mutes.mute, person.id, mutes.ALL, town.app.database.clock.now())
    await town.offer()
    told = [[s.text for s in await who.private() if "You wished for" in s.text] for who in (town.ann, town.bao, town.chen)]
    assert [len(found) for found in told] == [1, 1, 0]
    assert told[0][0] == "You wished for oranges: Honey oranges, 5 kg is open in Office 3F now."
    await town.ann.press("Look at it", BOT)
    assert "You: 1" in await town.ann.press("+1", BOT)
    (line,) = await lines(town)
    assert line.buttons == ()
    assert "/deals" in line.text
    assert "is over" in await town.gus.tap(line, town.app.desk.buttons.data("wn", 1), forge=True)
    assert await town.count(state_of, 1) == "offered"


async def test_the_owner_offers_the_last_terms_again(town: Town) -> None:
    await town.offer(ladder=(), minimum=9)
    await town.later(hours=25)
    await town.li.start()
    await wished_by(town, "ann", "bao", "chen", "dora", "emil")
    await town.li.press("Offer it", BOT)
    assert "at 39.90" in (await town.li.private())[-1].text
    await town.li.press("Open in Office 3F", BOT)
    assert "+1" in (await town.card()).buttons
    assert await town.count(state_of, 1) == "offered"


async def test_the_owner_offers_what_the_catalogue_does_not_know(town: Town) -> None:
    await town.li.start()
    await town.ann.start()
    await wished_by(town, "ann", "bao", "chen", "dora", "emil", text="mangoes")
    await town.li.press("Offer it", BOT)
    assert "mangoes 39.90, 3 people 36, Fri 20:00" in (await town.li.private())[-1].text
    await town.li.whisper("Mangoes 25.50, Sun 20:00")
    await town.li.press("Open in Office 3F", BOT)
    assert "You wished for mangoes" in (await town.ann.private())[-1].text


async def test_not_now_is_said_once_and_may_still_come(town: Town) -> None:
    await town.li.start()
    await wished_by(town, "ann", "bao", "chen", "dora", "emil")
    for _ in range(2):
        assert await town.li.press("Not now", BOT) == "Noted. The line in the chat says so kindly."
    (line,) = await lines(town)
    assert "does not offer it for now" in line.text
    assert line.buttons == ()
    await town.offer()
    assert await town.count(state_of, 1) == "offered"


async def test_strangers_forgers_and_members_cannot_speak_for_the_owner(town: Town) -> None:
    await town.li.start()
    await town.bao.start()
    await wished_by(town, "ann", "bao", "chen", "dora", "emil")
    greeting, buttons = (await town.bao.private())[-1], town.app.desk.buttons
    for op in ("wof", "wno"):
        assert "not yours" in await town.bao.tap(greeting, buttons.data(op, 1), BOT, forge=True)
    (line,) = await lines(town)
    assert "another time" in await town.fang.tap(line, "wn:1.AAAAAA", forge=True)
    card = await town.offer("pears")
    assert "another time" in await town.fang.tap(await town.card(), buttons.data("wn", 1), forge=True)
    assert "a chat you are not in" in await town.nils.tap(line, "+1")
    assert card
    assert await town.count(counted) == (1, 5)
    assert await town.count(state_of, 1) == "asked"


@pytest.mark.parametrize(
    "words",
    ["🍊", "...", "please", "x" * 61, "oranges t.me/spam", "https://spam.example", "@somebody", "call 0401234567", "/start now"],
)
async def test_what_is_no_wish_gets_one_sentence_that_only_its_author_sees(town: Town, words: str) -> None:
    await town.ann.say(f"/want {words}")
    assert "/want oranges" in (await town.ann.whispers())[-1]
    assert await lines(town) == []
    assert await town.count(counted) == (0, 0)


async def test_words_with_markup_are_only_words(town: Town) -> None:
    person = await town.post("people", name="<b>Eve</b>\u202e", language_code="en")
    await town.post("join", chat_id=OFFICE, person_id=person["id"])
    await town.who(person["id"]).say("/want <i>tea</i> {{ 7*7 }} &amp;")
    (line,) = await lines(town)
    assert line.text == "<b>Eve</b> wishes for <i>tea</i> {{ 7*7 }} &amp;"


async def test_floods_are_limited(town: Town) -> None:
    for thing in ("tea", "rice", "plums"):
        await town.ann.say(f"/want {thing}")
    await town.ann.say("/want melons")
    assert "3 wishes of yours are open" in (await town.ann.whispers())[-1]
    assert len(await lines(town)) == 3
    await town.bao.say("/want melons")
    await town.ann.press("+1", text="melons")
    assert await town.count(counted) == (4, 5)


async def test_deals_shows_what_is_wished_for_beneath(town: Town) -> None:
    await wished_by(town, "ann", "bao")
    await town.chen.say("/want plums")
    await town.offer("pears")
    await town.dora.say("/deals")
    shown = (await town.dora.whispers())[-1]
    assert shown.startswith("Open here now:")
    assert shown.endswith("Wished for: oranges · 2, plums · 1")


async def test_what_is_open_need_not_be_wished_for(town: Town) -> None:
    await town.offer()
    await town.ann.say("/want oranges")
    assert (await town.ann.whispers())[-1] == "Honey oranges, 5 kg is open here already: /deals"
    assert await town.count(counted) == (0, 0)


async def test_who_left_does_not_count_and_who_is_erased_is_forgotten(town: Town) -> None:
    await wished_by(town, "ann", "bao")
    await town.bao.start()
    await town.post("leave", chat_id=OFFICE, person_id=town.bao.id)
    await town.settled()
    assert "2 wish for it" in await town.chen.press("+1", text="wishes for")
    await town.chen.start()
    await town.chen.whisper("/privacy")
    await town.chen.press("Erase me", BOT)
    await town.chen.press("Yes, erase me", BOT)
    (line,) = await lines(town)
    assert line.text == "Ann wishes for oranges"
    await town.ann.start()
    await town.ann.whisper("/privacy")
    await town.ann.press("Erase me", BOT)
    await town.ann.press("Yes, erase me", BOT)
    assert await town.count(counted) == (1, 1)


async def test_a_wish_nobody_joins_ends_and_makes_room(town: Town) -> None:
    await town.ann.say("/want tea")
    town.app.database.clock.advance(timedelta(days=61))
    await town.ann.say("/want rice")
    assert await town.count(state_of, 1) == "ended"
    assert await town.count(state_of, 2) == "open"


async def test_in_another_chat_it_is_another_wish(town_of_two: Town) -> None:
    town = town_of_two
    await town.ann.say("/want oranges")
    await town.ann.say("/want oranges", chat=FORUM)
    await town.ann.say("/want oranges", chat=PLAIN)
    assert await town.count(counted) == (2, 2)


async def test_a_wish_stands_in_the_topic_where_it_was_said(town_of_two: Town) -> None:
    town = town_of_two
    state = await town.get("state")
    topics = next(found for found in state["chats"] if found["id"] == FORUM)["topics"]
    there = next(topic["id"] for topic in topics if topic["id"] != 1)
    await town.ann.say("/want figs", chat=FORUM, message_thread_id=there)
    await town.bao.say("/want cherries", chat=FORUM)
    boards = {seen.text.split(" · ")[0]: seen for seen in await town.ann.sees(FORUM) if seen.by_bot and "+1" in seen.buttons}
    placed = {text: seen.raw.get("message_thread_id") for text, seen in boards.items()}
    assert sorted(placed.values(), key=str) == sorted([there, None], key=str), placed
    await town.bao.tap(next(seen for text, seen in boards.items() if "figs" in text), "+1", FORUM)
    assert await town.count(lambda session: session.scalar(select(func.count()).select_from(voices))) == 3


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("oranges", "Orange", True), ("橙子", "橙", True), ("red apples", "Apples, red", True),
        ("strawberries", "strawbery", True),
        ("pears", "peas", False), ("red apples", "red grapes", False), ("cherry", "sherry", False), ("橙子", "桃子", False),
        ("oranges", "blood oranges", False), ("我想要橙子", "橙子吧", True), ("５ kg oranges", "oranges", True),
        ("lemons", "melons", False),
    ],
)  # fmt: skip
def test_what_is_alike(one: str, other: str, same: bool) -> None:
    assert alike(fold(one), fold(other)) is same


@pytest.mark.parametrize(
    ("wish", "title", "named"),
    [
        ("oranges", "Honey oranges, 5 kg", True), ("橙子", "蜜橙 5 公斤", True), ("honey", "Honey oranges, 5 kg", False),
        ("tea", "Tea cups", False), ("茶", "茶杯", False), ("茶", "绿茶", True), ("orangs", "Honey oranges", True),
    ],
)  # fmt: skip
def test_what_names_a_product(wish: str, title: str, named: bool) -> None:
    assert names(fold(wish), title) is named


@pytest.mark.parametrize("words", ["5.5 kg oranges", "apples/pears", "1.5l milk", "Mr Proper", "oranges 39,90"])
def test_what_is_no_contact(words: str) -> None:
    assert not has_contact(words)

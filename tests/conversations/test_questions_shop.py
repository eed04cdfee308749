"""Questions as owners, admins and campaigns meet them: the nudge, the admins' queue, what is asked often, the showcase."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import ledger, notices, people
from models.asks import ask_table
from models.facts import OrderCollected
from models.orders import order_table
from models.people import person_table
from models.questions import question_table
from models.rows import load
from models.shops import Shop
from tests.conversations.buyers import awake, received
from tests.conversations.test_questions import asks, boards, payload
from tests.conversations.town import BOT, NAMES, OFFICE, TOKEN, Town, a_town

SHOWCASE = """
[[campaign]]
id = "show-what-came"
kind = "showcase"
schedule = { after = "delivered", delay = "3d" }
points = 20
"""

PLUMS = """
[[product]]
id = "plums"
title = { en = "Plums", zh_CN = "李子" }
price = "20.00"
category = "fruit"
"""


async def test_an_owner_is_reminded_once_and_sees_what_is_asked_often(town: Town) -> None:
    await awake(town, "chen", "dora", "li")
    await town.offer(closes_at=town.app.database.clock.now() + timedelta(days=5))
    await asks(town, "chen", "Are they sweet?")
    await asks(town, "dora", "Are they sweet ?")
    assert "with Orchard Lane now" in (await town.dora.private())[-1].text
    await town.later(hours=5)
    waits = [seen.text for seen in await town.li.private() if "has waited" in seen.text]
    assert len(waits) == 2
    assert "has waited 4 hours" in waits[0] or "has waited 5 hours" in waits[0]
    await town.later(hours=5)
    assert len([seen for seen in await town.li.private() if "has waited" in seen.text]) == 2
    await town.li.whisper("/questions")
    page = (await town.li.private())[-1]
    assert "asked 2 times" in page.text
    assert page.buttons == ("Answer 1",)
    await town.chen.whisper("/questions")
    assert "“Are they sweet?” · with the shop" in (await town.chen.private())[-1].text


async def test_an_admin_of_the_circle_looks_at_what_waits(town: Town) -> None:
    await received(town, "bao")
    await awake(town, "chen", "emil")
    await town.offer()
    await asks(town, "chen", "Are they sweet?")
    await town.bao.press("Answer", BOT)
    await town.bao.whisper("Ask me on WeChat: bao12345")
    url = f"{town.sandbox.url}/bot{TOKEN}/promoteChatMember"
    async with town.http.post(url, json={"chat_id": OFFICE, "user_id": town.emil.id, "can_delete_messages": True}) as answer:
        assert (await answer.json())["ok"]
    await town.later(minutes=2)  # what Telegram said of who is an admin is believed for a minute
    await town.emil.say("/questions")
    waits = next(seen for seen in reversed(await town.emil.sees()) if seen.only_me)
    assert "Bao wrote an answer that waits for a look (a link or a contact)" in waits.text
    data = town.app.desk.buttons.data("dec", 1, "answer1")
    assert "shown now" not in await town.bao.tap((await town.bao.private())[-1], data, BOT, forge=True)
    assert "shown now" in await town.emil.tap(waits, "Show it")
    assert "WeChat" in (await town.chen.private())[-1].text
    await town.li.start()
    await town.li.whisper("/questions")
    assert "as an admin of the circle" in (await town.li.private())[-1].text
    assert await boards(town) == []


async def test_a_showcase_campaign_asks_after_delivery_and_thanks_once_whatever_is_said(tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]  # fixtures of pytest
    async with a_town(tmp_path, monkeypatch, more=SHOWCASE) as town:
        await received(town, "bao")
        await awake(town, "chen")
        await town.app.database.write(collected, town.app.database.clock.now())
        await town.later(days=3, minutes=1)
        asked = (await town.bao.private())[-1]
        assert "what came?" in asked.text
        assert "It gives 20 points, whatever you say." in asked.text
        await town.bao.press("Show what came", BOT)
        await town.bao.photo("Half of them were green.")
        assert await town.count(points_of, "bao") == 20
        await town.bao.press("Yes, show it there", BOT)
        await town.chen.start("ask_1")
        page = (await town.chen.private())[-1]
        assert "Bao: Half of them were green." in page.text
        await town.chen.press("Bao’s photo", BOT)
        assert (await town.chen.private())[-1].buttons == ("Report",)
        assert "Noted" in await town.chen.press("Report", BOT)
        assert "already" in await town.bao.press("Show what came", BOT)
        await town.bao.press("Take it back", BOT)
        assert await town.count(points_of, "bao") == 20
        await town.chen.start("ask_1")
        assert "green" not in (await town.chen.private())[-1].text


async def test_a_question_is_said_otherwise_until_it_is_answered(town: Town) -> None:
    await received(town, "bao")
    await awake(town, "chen")
    await town.offer()
    await asks(town, "chen", "Are they swet?")
    await town.chen.press("Say it otherwise", BOT)
    await town.chen.whisper("Are they sweet?")
    await town.bao.press("Answer", BOT)
    assert "“Are they sweet?”" in (await town.bao.private())[-1].text
    await town.bao.whisper("Yes.")
    assert "It has an answer" in await town.chen.press("Say it otherwise", BOT)
    await town.chen.start(payload(await town.chen.press("Ask buyers")))


async def test_a_question_with_a_link_is_said_otherwise_and_asked_at_once(town: Town) -> None:
    await received(town, "bao")
    await awake(town, "chen")
    await town.offer()
    await asks(town, "chen", "Are they those of www.cheap-oranges.com ?")
    assert "somebody looks at it before anybody is asked" in (await town.chen.private())[-1].text
    await town.chen.press("Say it otherwise", BOT)
    await town.chen.whisper("Are they the cheap ones?")
    assert (await town.chen.private())[-1].text == "Changed. Those who know are asked now."
    assert "“Are they the cheap ones?”" in (await town.bao.private())[-1].text


async def test_a_photo_with_a_question_said_otherwise_goes_along(town: Town) -> None:
    await received(town, "bao")
    await awake(town, "chen")
    await town.offer()
    await asks(town, "chen", "Are they riep?")
    await town.chen.press("Say it otherwise", BOT)
    await town.chen.photo("")
    assert "A photo needs a few words" in (await town.chen.private())[-1].text
    await town.chen.photo("Are they as ripe as this one?")
    assert (await town.chen.private())[-1].text == "Changed."
    assert await town.count(photos_asked) == [True]


async def test_a_question_back_takes_neither_photo_nor_contact_and_says_so(town: Town) -> None:
    await received(town, "bao")
    await awake(town, "chen")
    await town.offer()
    await asks(town, "chen", "Are they sweet?")
    await town.bao.press("Answer", BOT)
    await town.bao.press("Ask back", BOT)
    await town.bao.whisper("Which? Call 13800138000")
    assert "take no links" in (await town.bao.private())[-1].text
    assert "asks back" not in (await town.chen.private())[-1].text
    await town.bao.photo("This kind?")  # said again without another tap
    assert "Sent, the words without the photo." in (await town.bao.private())[-1].text
    assert "“This kind?”" in (await town.chen.private())[-1].text
    await town.chen.press("Answer", BOT)
    await town.chen.whisper("See t.me/cheaper")
    assert "take no links" in (await town.chen.private())[-1].text
    await town.chen.whisper("That kind.")
    assert "“That kind.”" in (await town.bao.private())[-1].text


async def test_find_tells_how_many_would_buy_it_again(town: Town) -> None:
    for name, again in (("ann", True), ("bao", True), ("dora", False), ("emil", True)):
        await received(town, name, again=again)
    await awake(town, "chen")
    await town.chen.whisper("/find oranges")
    assert (await town.chen.private())[-1].text.endswith("39.90 last time")  # four are too few to say
    await received(town, "gus", again=True)
    await town.offer()
    await town.chen.whisper("/find oranges")
    assert "39.90 now · 4 of 5 would buy again" in (await town.chen.private())[-1].text


async def test_who_helped_three_times_is_known_for_it_beside_every_answer(tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]  # fixtures of pytest
    async with a_town(tmp_path, monkeypatch, more=PLUMS) as town:
        await received(town, "bao", "plums")
        await awake(town, "chen", "dora", "emil")
        await town.offer("plums", closes_at=town.app.database.clock.now() + timedelta(days=20))
        for number, (name, words) in enumerate((("chen", "Are they sweet?"), ("dora", "Do they keep?"), ("emil", "How big?"))):
            person = getattr(town, name)
            await asks(town, name, words)
            await person.press("Yes, all may read it", BOT)
            await town.bao.press("Answer", BOT, text="thinks about")
            await town.bao.whisper(f"Yes, says Bao {number}.")
            assert "knows fruit" not in (await boards(town))[-1].text
            assert "Noted: it helped" in await person.press("That helps", BOT)
            await town.later(days=4)
        await town.chen.start("ask_1")
        page = (await town.chen.private())[-1].text
        assert page.count("Bao · bought once · knows fruit, 3 helpful answers") == 3


async def test_who_never_pressed_start_is_led_in_once_where_the_bot_is_no_admin(town: Town) -> None:
    """What only they would see the bot cannot say there: one line with the way in, once; their words wait for them."""
    await town.li.start()
    made = await town.post("groups", title="Stairwell B", members=[1001, 1003, 1004], admins=[1001])
    chat = int(made["id"])
    await town.post("add_bot", chat_id=chat, person_id=1001, bot_id=BOT)
    await town.settled()
    await town.offer(chat=chat)
    card = (await town.card(chat)).id
    line = await town.ann.say("Are they sweet?", chat, reply_to=card)
    assert await town.ann.reactions(line, chat) == ["🤔"]  # not yet: there is something left to do
    await town.ann.say("And how big?", chat, reply_to=card)
    await town.ann.say("/ask", chat)
    (way,) = [seen for seen in await town.bao.sees(chat) if "Go on in private" in seen.text]
    assert way.raw["reply_to_message"]["message_id"] == line
    await town.ann.start(payload(await town.ann.tap(way, "Ask it", chat)))
    assert "And how big?" in await town.count(asked_words)
    await town.bao.say("/ask", chat)
    assert [seen.text for seen in await town.bao.sees(chat)].count(way.text) == 2  # everybody their own way in


def asked_words(session: Session) -> list[str]:
    return list(session.scalars(select(question_table.c.words)))


def photos_asked(session: Session) -> list[bool]:
    return [photo is not None for photo in session.scalars(select(question_table.c.photo_file_id))]


def collected(session: Session, now: object) -> None:
    """What was handed over long ago is heard of now."""
    order = session.execute(select(order_table)).one()
    notices.notify(session, [OrderCollected(order.round_id, order.id, order.person_id, True)], now)  # type: ignore[arg-type]  # the clock's own


def points_of(session: Session, name: str) -> int:
    person = people.by_telegram_id(session, NAMES[name])
    assert person is not None
    assert person.id is not None
    return ledger.balance(session, ledger.points(load(session, Shop, 1).id or 0, person.id))


async def test_ten_people_of_different_histories(town_on_both: Town) -> None:
    """Asked are those who collected it, by waves of three; not who sells, runs the bot, muted, sleeps, left, or never bought."""
    town = town_on_both
    for name, times in (("ann", 1), ("bao", 3), ("dora", 2), ("emil", 1), ("hana", 2), ("ivan", 2), ("jun", 1), ("kim", 1)):
        await received(town, name, times=times)
    await received(town, "li", times=5)
    await received(town, "olga", times=4)
    await received(town, "gus", "pears", times=4)
    await awake(town, "chen")
    await town.hana.whisper("/quiet")
    await town.hana.press("Do not ask me", BOT)
    hour = town.app.database.clock.now().astimezone(ZoneInfo("Asia/Shanghai")).hour
    await town.ivan.whisper(f"/quiet {hour:02}:00-{(hour + 6) % 24:02}:00")
    await town.post("leave", chat_id=OFFICE, person_id=town.jun.id)
    await town.settled()
    await town.offer(closes_at=town.app.database.clock.now() + timedelta(days=5))
    await asks(town, "chen", "Are they sweet?")
    assert "3 people here who know" in (await town.chen.private())[-1].text
    await town.chen.press("Yes, all may read it", BOT)
    first = await town.count(asked_names)
    assert len(first) == 3
    await town.later(hours=2, minutes=1)
    everybody = await town.count(asked_names)
    assert everybody[:3] == first
    assert {"Ann", "Bao", "Dora", "Emil", "Kim"} >= set(everybody)
    assert len(everybody) == len(set(everybody)) == 5
    for name in everybody[:2]:
        person = getattr(town, name.lower())
        await person.press("Answer", BOT)
        await person.whisper(f"{name} says they are sweet.")
    await town.later(hours=13)
    assert await town.count(asked_names) == everybody
    (board,) = await boards(town)
    assert board.text.count("says they are sweet") == 2
    assert "❓ Ask buyers · 2" in (await town.card()).buttons
    told = [seen.text for seen in await town.chen.private() if "says they are sweet" in seen.text]
    assert len(told) == 2


def asked_names(session: Session) -> list[str]:
    query = select(person_table.c.name).join(ask_table, ask_table.c.person_id == person_table.c.id).order_by(ask_table.c.id)
    return list(session.scalars(query))

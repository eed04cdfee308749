"""Who speaks, and in which language: members with languages of their own, channels as senders, an owner who shops too."""

from tests.conversations.town import BOT, FORUM, OFFICE, Town, seats_of


async def test_a_chinese_member_of_an_english_circle(town: Town) -> None:
    await town.offer()
    await town.chen.start()
    await town.chen.whisper("/language")
    await town.chen.press("中文", BOT)
    assert "每" in (answer := await town.chen.press("+1")) or "份" in answer
    assert "Reply +2, or tap" in (await town.card()).text
    await town.later(hours=24, seconds=2)
    assert "蜜橙" in (await town.chen.private())[-1].text


async def test_a_channel_as_sender_has_no_seat(town: Town) -> None:
    deal = await town.offer()
    card = await town.card()
    await town.post("say", chat_id=OFFICE, person_id=1001, text="+1", reply_to=card.id, as_channel=-1001000000003)
    await town.settled()
    assert await town.count(seats_of, deal) == {}


async def test_an_owner_shops_too_and_is_no_stranger_to_their_own_desk(town: Town) -> None:
    deal = await town.offer(ladder=())
    await town.li.start()
    assert "You: 1" in await town.li.press("+1")
    await town.later(hours=24, seconds=2)
    told = [seen.text for seen in await town.li.private()]
    assert sum("39.90" in text and "Order 10" in text for text in told) >= 1
    await town.li.press("I have paid", BOT)
    await town.li.press("It has arrived", BOT)
    await town.li.whisper("/my")
    assert "Honey oranges" in (await town.li.private())[-1].text
    assert sum((await town.count(seats_of, deal)).values()) == 1


async def test_a_line_in_one_topic_is_not_for_another(town_of_two: Town) -> None:
    town = town_of_two
    state = await town.get("state")
    topics = next(found for found in state["chats"] if found["id"] == FORUM)["topics"]
    there = next(topic["id"] for topic in topics if topic["id"] != 1)
    deal = await town.offer(chat=FORUM, thread_id=there)
    general = await town.offer("pears", chat=FORUM)
    await town.ann.say("+1", chat=FORUM, message_thread_id=there)
    assert await town.count(seats_of, deal) == {"Ann": 1}
    await town.bao.say("+1 large", chat=FORUM)
    assert await town.count(seats_of, deal) == {"Ann": 1}
    assert await town.count(seats_of, general) == {"Bao": 1}

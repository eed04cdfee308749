"""Group chats: approved or not, with and without rights, topics, a group that becomes a supergroup, deleted cards."""

from sqlalchemy.orm import Session

from models import circles
from tests.conversations.town import BOT, FORUM, OFFICE, PLAIN, Town, seats_of


def _circle(session: Session, chat_id: int) -> circles.Circle | None:
    return circles.by_chat(session, chat_id)


async def _group(town: Town, owner: int, title: str = "Stairs") -> int:
    made = await town.post("groups", title=title, members=[owner, 1003, 1004], admins=[owner])
    return int(made["id"])


async def test_the_owner_adds_the_bot_and_the_circle_is_approved(town: Town) -> None:
    await town.li.start()
    chat = await _group(town, 1001)
    await town.post("add_bot", chat_id=chat, person_id=1001, bot_id=BOT, admin=True)
    await town.settled()
    circle = await town.count(_circle, chat)
    assert circle is not None
    assert circle.state == "approved"
    assert circle.is_admin


async def test_somebody_else_adds_it_and_the_owner_is_asked(town: Town) -> None:
    await town.li.start()
    chat = await _group(town, 1003)
    await town.post("add_bot", chat_id=chat, person_id=1003, bot_id=BOT)
    await town.settled()
    said = [seen for seen in await town.ann.sees(chat) if seen.by_bot]
    assert len(said) == 1
    await town.ann.say("/deals", chat=chat)
    assert len([seen for seen in await town.ann.sees(chat) if seen.by_bot]) == 1
    assert "Done" in await town.li.press("Sell there", BOT)
    circle = await town.count(_circle, chat)
    assert circle is not None
    assert circle.state == "approved"


async def test_the_owner_refuses_and_the_bot_leaves(town: Town) -> None:
    await town.li.start()
    chat = await _group(town, 1003)
    await town.post("add_bot", chat_id=chat, person_id=1003, bot_id=BOT)
    await town.settled()
    await town.li.press("No", BOT)
    state = await town.get("state")
    assert BOT not in next(found for found in state["chats"] if found["id"] == chat)["bots"]


async def test_a_bot_without_rights_says_which_and_works_by_replies(town: Town) -> None:
    await town.li.start()
    chat = await _group(town, 1001)
    await town.post("add_bot", chat_id=chat, person_id=1001, bot_id=BOT)
    await town.settled()
    assert "pin" in (await town.li.private())[-1].text.lower()
    deal = await town.offer(chat=chat)
    line = await town.ann.say("+1", chat=chat, reply_to=(await town.card(chat)).id)
    assert await town.count(seats_of, deal) == {"Ann": 1}
    assert await town.ann.reactions(line, chat) == ["👍"]


async def test_a_group_becomes_a_supergroup_and_nothing_is_lost(town: Town) -> None:
    await town.li.start()
    await town.li.say("/start", chat=PLAIN)
    deal = await town.offer(chat=PLAIN)
    await town.ann.press("+1", PLAIN)
    moved = await town.post("upgrade", chat_id=PLAIN)
    await town.settled()
    circle = await town.count(_circle, int(moved["chat_id"]))
    assert circle is not None
    assert await town.count(seats_of, deal) == {"Ann": 1}


async def test_a_deleted_card_comes_again(town: Town) -> None:
    deal = await town.offer()
    card = await town.card()
    await town.post("delete", chat_id=OFFICE, message_id=card.id, person_id=1001)
    await town.ann.say("+1")
    fresh = await town.card()
    assert fresh.id != card.id
    assert "Ann ×1" in fresh.text
    await town.bao.tap(fresh, "+1")
    assert await town.count(seats_of, deal) == {"Ann": 1, "Bao": 1}


async def test_who_leaves_the_chat_is_no_member(town: Town) -> None:
    deal = await town.offer()
    await town.fang.say("hello")
    card = await town.card()
    await town.post("leave", chat_id=OFFICE, person_id=town.fang.id)
    await town.settled()
    assert "not in" in await town.fang.tap(card, "+1")
    assert await town.count(seats_of, deal) == {}


async def test_each_topic_of_a_forum_is_a_place_of_its_own(town: Town) -> None:
    await town.li.start()
    state = await town.get("state")
    topics = next(found for found in state["chats"] if found["id"] == FORUM)["topics"]
    await town.li.say("/start", chat=FORUM)
    deal = await town.offer(chat=FORUM, thread_id=topics[0]["id"])
    await town.ann.say("+1", chat=FORUM, message_thread_id=topics[0]["id"])
    assert await town.count(seats_of, deal) == {"Ann": 1}

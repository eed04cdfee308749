"""The bot and its chats: groups that become supergroups, a bot that is sent away and comes back, rights it lacks."""

from sqlalchemy.orm import Session

from models import circles
from tests.conversations.town import BOT, PLAIN, Town, seats_of


def _state(session: Session, chat_id: int) -> str:
    circle = circles.by_chat(session, chat_id)
    assert circle is not None
    return circle.state


async def _group(town: Town, owner: int) -> int:
    made = await town.post("groups", title="Stairs", members=[owner, 1001, 1003, 1004], admins=[owner])
    return int(made["id"])


async def _added(town: Town, chat: int, by: int, *, admin: bool = False) -> None:
    await town.post("add_bot", chat_id=chat, person_id=by, bot_id=BOT, admin=admin)
    await town.settled()


async def test_a_supergroup_gets_the_card_anew_and_the_seats_stay(town: Town) -> None:
    await town.li.start()
    await town.li.say("/start", chat=PLAIN)
    deal = await town.offer(chat=PLAIN)
    await town.ann.press("+1", PLAIN)
    moved = int((await town.post("upgrade", chat_id=PLAIN))["chat_id"])
    await town.settled()
    card = await town.card(moved)
    assert "Ann ×1" in card.text
    await town.bao.press("+1", moved)
    await town.ann.say("+1", chat=moved, reply_to=(await town.card(moved)).id)
    assert await town.count(seats_of, deal) == {"Ann": 2, "Bao": 1}


async def test_a_refused_chat_is_asked_about_again_when_somebody_adds_the_bot_again(town: Town) -> None:
    await town.li.start()
    chat = await _group(town, 1003)
    await _added(town, chat, 1003)
    await town.li.press("No", BOT)
    assert await town.count(_state, chat) in {"refused", "gone"}
    await _added(town, chat, 1003)
    assert await town.count(_state, chat) == "asked"
    await town.li.press("Sell there", BOT)
    assert await town.count(_state, chat) == "approved"


async def test_a_bot_that_was_sent_away_and_is_back_shows_what_is_so(town: Town) -> None:
    await town.li.start()
    chat = await _group(town, 1001)
    await _added(town, chat, 1001, admin=True)
    deal = await town.offer(chat=chat)
    await town.ann.press("+1", chat)
    await town.post("kick_bot", chat_id=chat, person_id=1001, bot_id=BOT)
    await town.settled()
    assert await town.count(_state, chat) == "gone"
    await _added(town, chat, 1001, admin=True)
    assert await town.count(_state, chat) == "approved"
    await town.bao.press("+1", chat)
    assert await town.count(seats_of, deal) == {"Ann": 1, "Bao": 1}
    assert "2. Bao" in (await town.card(chat)).text


async def test_what_the_bot_lacks_is_said_once(town: Town) -> None:
    await town.li.start()
    chat = await _group(town, 1001)
    await _added(town, chat, 1001)
    lacking = [seen for seen in await town.li.private() if "pin" in seen.text.lower()]
    await town.offer(chat=chat)
    await town.offer("pears", chat=chat)
    assert [seen for seen in await town.li.private() if "pin" in seen.text.lower()] == lacking
    assert len(lacking) == 1

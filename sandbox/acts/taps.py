"""Taps on buttons: the bot is asked, its answer comes back to who tapped."""

import time
from typing import Any

from sandbox import posting, views
from sandbox.acts.ask import Ask, act, chat_asked, person_of
from sandbox.chats import Chat, Json, Post
from sandbox.errors import bad_request
from sandbox.world import World

PATIENCE = 15.0


def button_of(found: Post, wanted: str) -> Json | None:
    """The button whose text or data is wanted."""
    rows = found.body.get("reply_markup", {}).get("inline_keyboard", [])
    every: list[Json] = [button for row in rows for button in row]
    exact = [b for b in every if wanted in (b.get("callback_data"), b["text"])]
    return exact[0] if exact else next((b for b in every if wanted and wanted in b["text"]), None)


def message_of(chat: Chat, ask: Ask, person: int) -> Post:
    number = ask.integer("message_id", 0)
    if whisper := ask.integer("ephemeral_message_id", 0):
        found = chat.whispers.get(whisper)
        if found is None or found.deleted or found.receiver != person:
            raise bad_request("message not found")
        return found
    found = chat.post(number)
    if found is None:
        raise bad_request("message not found")
    return found


def chat_instance(chat: Chat) -> str:
    return str((chat.id * 6364136223846793005 + chat.bot) % 2**63)


@act("tap")
async def tap(world: World, ask: Ask) -> Json:
    """Presses a button; a button that is not there may be forged with `"forge": true`."""
    person = person_of(world, ask)
    chat = chat_asked(world, ask, person.id)
    found = message_of(chat, ask, person.id)
    wanted = ask.text("button")
    pressed = button_of(found, wanted)
    if pressed is None and not ask.flag("forge"):
        raise bad_request("the message has no such button")
    pressed = pressed or {"text": wanted, "callback_data": wanted}
    if "callback_data" not in pressed and "callback_game" not in pressed:
        return plain_button(pressed)
    bot = found.author if found.by_bot else found.body.get("via_bot", {}).get("id", 0)
    if bot not in world.bots:
        raise bad_request("the message is not a bot's")
    return await asked(world, ask, chat, found, person.id, bot, pressed)


def plain_button(pressed: Json) -> Json:
    """Buttons that need no bot tell the page what to open."""
    kind = next((k for k in pressed if k not in ("text", "style", "icon_custom_emoji_id")), "")
    value: Any = pressed.get(kind)
    return {
        "text": None,
        "show_alert": False,
        "url": value if kind == "url" else None,
        "kind": kind,
        "value": value,
        "ms": 0,
    }


async def asked(world: World, ask: Ask, chat: Chat, found: Post, person: int, bot: int, pressed: Json) -> Json:
    page_chat = chat.bot if chat.kind == "private" else chat.id
    query = world.queries.ask("callback", bot, person, chat=chat.id, page_chat=page_chat, message=found.id)
    update: Json = {"id": query.id, "from": world.people[person].api(), "chat_instance": chat_instance(chat)}
    if inline := found.business.get("inline_message_id"):
        update["inline_message_id"] = inline
    else:
        update["message"] = views.for_bot(world, found.body, bot)
    if "callback_game" in pressed:
        update["game_short_name"] = found.business.get("game", "")
        query.about["game"] = True
    else:
        update["data"] = pressed["callback_data"]
    posting.event(
        world,
        chat,
        "pressed",
        {"message_id": found.id, "person_id": person, "button": pressed["text"], "query_id": query.id},
    )
    began = time.perf_counter()
    world.queues[bot].add("callback_query", update)
    if not ask.flag("wait", True):
        return {"timeout": True, "query_id": query.id}
    answer = await world.queries.wait(
        query, min(150.0, ask.number("wait", PATIENCE)) if ask.body.get("wait") is not True else PATIENCE
    )
    elapsed = round((time.perf_counter() - began) * 1000, 1)
    if answer is None:
        return {"timeout": True, "query_id": query.id, "ms": elapsed}
    return {**answer, "ms": elapsed, "query_id": query.id}

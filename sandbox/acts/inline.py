"""Typing a bot's name: asking it, and sending what it offers."""

from sandbox import posting, views
from sandbox.acts.ask import Ask, act, bot_of, chat_asked, person_of
from sandbox.acts.talk import may_speak
from sandbox.chats import Json
from sandbox.errors import bad_request
from sandbox.world import World


@act("inline")
async def inline(world: World, ask: Ask) -> Json:
    """Sends an inline query and waits for what the bot offers."""
    person, bot = person_of(world, ask), bot_of(world, ask)
    query = world.queries.ask("inline", bot.id, person.id)
    text = ask.text("query", "")[:256]
    update: Json = {"id": query.id, "from": person.api(), "query": text, "offset": ask.text("offset", "")}
    if ask.body.get("chat_id"):
        chat = chat_asked(world, ask, person.id)
        update["chat_type"] = "sender" if chat.kind == "private" and chat.bot == bot.id else chat.kind
    world.queues[bot.id].add("inline_query", update)
    answer = await world.queries.wait(query, min(30.0, ask.number("wait", 15.0)))
    if answer is None:
        return {"timeout": True, "query_id": query.id}
    query.about |= {"offered": {item["result"]["id"]: item for item in answer["results"]}, "text": text}
    return {
        "query_id": query.id,
        "results": [item["result"] for item in answer["results"]],
        "next_offset": answer["next_offset"],
        "button": answer["button"],
    }


@act("choose")
def choose(world: World, ask: Ask) -> Json:
    """Sends one of the offered results into a chat; the bot hears what was chosen."""
    person, bot = person_of(world, ask), bot_of(world, ask)
    chat = chat_asked(world, ask, person.id)
    may_speak(chat, person, "text")
    query = world.queries.recent(ask.text("query_id"), "inline", bot.id)
    item = query.about.get("offered", {}).get(ask.text("result_id")) if query else None
    if query is None or item is None or query.person != person.id:
        raise bad_request("RESULT_ID_INVALID")
    inline_id = world.code(20)
    made = posting.post(
        world, chat, person, {"via_bot": bot.api(), **item["message"]}, business={"inline_message_id": inline_id}
    )
    world.kept.setdefault("inline", {})[(bot.id, inline_id)] = (chat, made.id)
    chosen: Json = {"result_id": item["result"]["id"], "from": person.api(), "query": query.about["text"]}
    if "reply_markup" in item["message"]:
        chosen["inline_message_id"] = inline_id
    world.queues[bot.id].add("chosen_inline_result", chosen)
    return views.for_page(world, chat, made)

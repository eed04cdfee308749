"""How a message comes to be: its number, its body, who of the bots hears of it, and the event the page sees."""

from typing import Any

from sandbox import views
from sandbox.chats import Chat, Json, Post
from sandbox.people import ANONYMOUS, CHANNEL, Bot, Person
from sandbox.world import World

WHISPERS = 5_000  # ephemeral messages of one chat: the platform keeps none
KEPT = 50_000  # messages of one chat; a bot at full speed would else fill the memory within the hour


def author_fields(chat: Chat, author: Person | Bot | None, as_chat: Chat | None) -> Json:
    """`from` and `sender_chat` of a message; who writes in a channel is the channel."""
    if chat.kind == "channel":
        return {"sender_chat": chat.api()}
    if as_chat is not None:
        shown = ANONYMOUS if as_chat is chat else CHANNEL
        return {"from": shown, "sender_chat": as_chat.api()}
    return {"from": author.api()} if author else {}


def nested(body: Json) -> Json:
    """A message inside another one: without what it replies to."""
    if "reply_to_message" in body or "pinned_message" in body:
        return {k: v for k, v in body.items() if k not in ("reply_to_message", "pinned_message")}
    return body


def post(
    world: World,
    chat: Chat,
    author: Person | Bot | None,
    content: Json,
    *,
    as_chat: Chat | None = None,
    thread: int = 0,
    service: bool = False,
    receiver: int = 0,
    business: Json | None = None,
) -> Post:
    """Adds a message and tells everyone concerned."""
    if receiver:
        chat.last_whisper += 1
        number = 0
    else:
        chat.newest += 1
        number = chat.newest
    body: Json = {
        "message_id": number,
        **author_fields(chat, author, as_chat),
        "chat": chat.api(),
        "date": world.stamp(),
    }
    if thread > 1:
        body["message_thread_id"] = thread
        if chat.forum:
            body["is_topic_message"] = True
    if receiver:
        body["receiver_user"] = world.user(receiver)
        body["ephemeral_message_id"] = chat.last_whisper
    body.update(content)
    made = Post(number, body, author.id if author else 0, isinstance(author, Bot), service, receiver=receiver)
    if business:
        made.business = business
    if receiver:
        _keep(chat.whispers, chat.last_whisper, made, WHISPERS)
    else:
        _keep(chat.posts, number, made, KEPT)
    told(world, chat, made, "message")
    return made


def _keep(posts: dict[int, Post], number: int, made: Post, most: int) -> None:
    """Puts it behind the others; the oldest goes when there are too many."""
    posts[number] = made
    if len(posts) > most:
        del posts[next(iter(posts))]


def told(world: World, chat: Chat, made: Post, kind: str) -> None:
    """The event of a new or edited message, and the update for each bot that hears it."""
    event(
        world,
        chat,
        kind if kind == "message" else "edit",
        lambda: {"message": views.for_page(world, chat, made)},
        made.receiver,
    )
    if made.receiver or (made.by_bot and not made.service):
        return
    name = {"message": "message", "edit": "edited_message"}[kind]
    if chat.kind == "channel":
        name = {"message": "channel_post", "edited_message": "edited_channel_post"}.get(name, "edited_channel_post")
    for bot in listeners(world, chat, made):
        world.queues[bot.id].add(name, views.for_bot(world, made.body, bot.id))


def event(world: World, chat: Chat, kind: str, content: Any, person: int = 0) -> None:
    """An event of a chat; a private chat goes by the bot's id and names the person."""
    if chat.kind != "private":
        if person:
            make = content if callable(content) else (lambda: content)
            world.events.add(kind, chat.id, lambda: {"person_id": person, **make()})
        else:
            world.events.add(kind, chat.id, content)
        return
    make = content if callable(content) else (lambda: content)
    world.events.add(kind, chat.bot, lambda: {"person_id": chat.person, **make()})


def listeners(world: World, chat: Chat, made: Post) -> list[Bot]:
    """The bots that hear of a message: all of them where they rule, else what privacy mode lets through."""
    if chat.kind == "private":
        return [world.bots[chat.bot]] if chat.bot in world.bots and not chat.blocked else []
    heard = []
    for bot in world.bots.values():
        member = chat.members.get(bot.id)
        if (
            member
            and member.inside
            and (member.rules or (chat.is_group and (made.service or bot.reads_all or meant_for(bot, made.body))))
        ):
            heard.append(bot)
    return heard


def meant_for(bot: Bot, body: Json) -> bool:
    """What a bot in privacy mode sees: commands, replies to it, its own name, messages sent through it."""
    replied = body.get("reply_to_message", {}).get("from", {}).get("id")
    if replied == bot.id or body.get("via_bot", {}).get("id") == bot.id:
        return True
    text = body.get("text") or body.get("caption") or ""
    if text.startswith("/"):
        command, _, _ = text.partition(" ")
        _, at, name = command.partition("@")
        return not at or name.split("\n")[0].lower() == bot.username.lower()
    return f"@{bot.username.lower()}" in text.lower()

"""Saying things: texts, photos, documents, edits, deletions, reactions, private starts."""

import base64
import binascii
import re
import struct
import zlib
from typing import Any

from sandbox import posting, uploads, views
from sandbox.acts.ask import Ask, act, bot_of, chat_asked, chat_of, person_of
from sandbox.call import Call
from sandbox.chats import Chat, Json, Post
from sandbox.entities import formatted
from sandbox.entities.units import units
from sandbox.errors import bad_request, forbidden
from sandbox.files import Upload, picture_size
from sandbox.methods.deleting import remove
from sandbox.methods.editing import remember
from sandbox.people import Bot, Person
from sandbox.rights import MEDIA
from sandbox.world import World

COLORS = ((214, 120, 60), (80, 140, 90), (70, 110, 170), (160, 90, 150))


def may_speak(chat: Chat, person: Person, kind: str) -> None:
    if chat.kind == "private":
        return
    member = chat.member(person.id)
    if not member.inside:
        raise forbidden("not a member of the chat")
    if chat.kind == "channel" and not member.rules:
        raise forbidden("only administrators write in a channel")
    needed = MEDIA.get(kind, "can_send_messages")
    if not member.rules and (
        not chat.permissions.get(needed, True) or (member.status == "restricted" and not member.rights.get(needed))
    ):
        raise forbidden("not allowed to write in the chat")


def head_of(world: World, ask: Ask, chat: Chat, person: Person) -> tuple[Json, Chat | None, int]:
    """What a person's message replies to, as whom it is said, and in which topic."""
    head: Json = {}
    number = ask.integer("reply_to", 0)
    thread = ask.integer("message_thread_id", 0)
    if number:
        found = chat.post(number)
        if found is None:
            raise bad_request("message to be replied not found")
        head["reply_to_message"] = posting.nested(found.body)
        thread = thread or found.body.get("message_thread_id", 0)
    if thread > 1 and chat.forum and thread not in chat.topics:
        raise bad_request("message thread not found")
    as_chat = None
    if ask.flag("anonymous") or chat.member(person.id).anonymous:
        if not chat.member(person.id).rules:
            raise forbidden("only administrators can be anonymous")
        as_chat = chat
    if channel := ask.integer("as_channel", 0):
        as_chat = chat_of(world, channel, person.id)
    return head, as_chat, thread


def wake_private(world: World, chat: Chat) -> None:
    """Writing to a bot starts it; it also ends a block."""
    if chat.kind == "private" and (not chat.started or chat.blocked):
        was = "kicked" if chat.blocked else "member"
        chat.started, chat.blocked = True, False
        if was == "kicked":
            block_update(world, chat, "kicked", "member")


def block_update(world: World, chat: Chat, before: str, after: str) -> None:
    bot = world.bots[chat.bot]
    banned = {"until_date": 0}
    world.queues[bot.id].add(
        "my_chat_member",
        {
            "chat": chat.api(),
            "from": world.user(chat.person),
            "date": world.stamp(),
            "old_chat_member": {"user": bot.api(), "status": before, **(banned if before == "kicked" else {})},
            "new_chat_member": {"user": bot.api(), "status": after, **(banned if after == "kicked" else {})},
        },
    )


def shown(world: World, chat: Chat, made: Post) -> Json:
    return views.for_page(world, chat, made)


@act("say")
def say(world: World, ask: Ask) -> Json:
    person = person_of(world, ask)
    chat = chat_asked(world, ask, person.id)
    may_speak(chat, person, "text")
    text, entities = formatted(ask.text("text"), ask.text("parse_mode", ""), None, world.user)
    if not text or units(text) > 4096:
        raise bad_request("message is too long" if text else "message text is empty")
    head, as_chat, thread = head_of(world, ask, chat, person)
    wake_private(world, chat)
    content = {**head, "text": text, **({"entities": entities} if entities else {})}
    return shown(world, chat, posting.post(world, chat, person, content, as_chat=as_chat, thread=thread))


@act("start")
def start(world: World, ask: Ask) -> Json:
    """Presses start in a private chat, with the payload of a deep link if there is one."""
    bot = bot_of(world, ask)
    payload = ask.text("payload", "")
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,64}", payload):
        raise bad_request("START_PARAM_INVALID")
    text = f"/start {payload}" if payload else "/start"
    return say(world, Ask({"chat_id": bot.id, "person_id": ask.integer("person_id"), "text": text}))


@act("edit")
def edit(world: World, ask: Ask) -> Json:
    person = person_of(world, ask)
    chat = chat_asked(world, ask, person.id)
    found = own(chat, ask.integer("message_id"), person.id, "message can't be edited")
    field = "caption" if "text" not in found.body else "text"
    text, entities = formatted(ask.text("text"), "", None, world.user)
    named = "caption_entities" if field == "caption" else "entities"
    body = {k: v for k, v in found.body.items() if k not in (field, named)}
    remember(found)
    found.body = {**body, field: text, **({named: entities} if entities else {}), "edit_date": world.stamp()}
    posting.told(world, chat, found, "edit")
    return shown(world, chat, found)


def own(chat: Chat, number: int, person: int, words: str) -> Post:
    found = chat.post(number)
    if found is None:
        raise bad_request("message not found")
    if found.author != person or found.service:
        raise bad_request(words)
    return found


@act("delete")
def delete(world: World, ask: Ask) -> bool:
    person = person_of(world, ask)
    chat = chat_asked(world, ask, person.id)
    number = ask.integer("message_id")
    found = chat.post(number)
    rules = chat.kind == "private" or chat.member(person.id).may("can_delete_messages")
    remove(world, chat, found if found and rules else own(chat, number, person.id, "message can't be deleted"))
    return True


def painted(seed: str) -> bytes:
    """A small picture of its own for each name: a PNG of two colours."""
    number = zlib.crc32(seed.encode())
    above, below = COLORS[number % 4], COLORS[(number // 4 + 1) % 4]
    width, height = 320, 240
    rows = b"".join(b"\0" + bytes(above if y * 4 < height * (1 + number % 3) else below) * width for y in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def bytes_of(ask: Ask, default: bytes) -> bytes:
    given = ask.text("bytes", "")
    if not given:
        return default
    try:
        return base64.b64decode(given.partition(",")[2] if given.startswith("data:") else given, validate=True)
    except (ValueError, binascii.Error):
        raise bad_request("bytes must be base64") from None


def deliver(world: World, ask: Ask, kind: str, content: bytes, name: str) -> Json:
    """Posts a person's file."""
    person = person_of(world, ask)
    chat = chat_asked(world, ask, person.id)
    may_speak(chat, person, kind)
    helper = Call(world, Bot(0, "", "", ""), "", {}, {"file": Upload(name, content, "")})
    media: Any = uploads.media(helper, "attach://file", "", kind, {})
    head, as_chat, thread = head_of(world, ask, chat, person)
    text, entities = formatted(ask.text("caption", ""), "", None, world.user)
    tail: Json = {"caption": text, **({"caption_entities": entities} if entities else {})} if text else {}
    if album := ask.text("album", ""):
        tail["media_group_id"] = str(zlib.crc32(album.encode()))
    wake_private(world, chat)
    return shown(
        world, chat, posting.post(world, chat, person, {**head, kind: media, **tail}, as_chat=as_chat, thread=thread)
    )


@act("photo")
def photo(world: World, ask: Ask) -> Json:
    name = ask.text("name", "photo.png")
    content = bytes_of(ask, painted(name))
    if picture_size(content) is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    return deliver(world, ask, "photo", content, name)


@act("avatar")
def avatar(world: World, ask: Ask) -> bool:
    """Sets a person's profile photo."""
    person = person_of(world, ask)
    content = bytes_of(ask, painted(person.name))
    if picture_size(content) is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    person.photos.insert(0, world.files.put(content, "avatar.jpg", "", "photo").unique)
    return True


@act("document")
def document(world: World, ask: Ask) -> Json:
    name = ask.text("name", "note.txt")
    return deliver(world, ask, "document", bytes_of(ask, ask.text("text", name).encode()), name)


@act("block")
def block(world: World, ask: Ask) -> bool:
    person, bot = person_of(world, ask), bot_of(world, ask)
    chat = world.private_chat(bot.id, person.id)
    blocked = ask.flag("blocked", True)
    if blocked != chat.blocked:
        chat.blocked = blocked
        block_update(world, chat, *(("member", "kicked") if blocked else ("kicked", "member")))
        posting.event(world, chat, "member", {"person_id": person.id, "status": "blocked" if blocked else "unblocked"})
    return True


@act("typing")
def typing(world: World, ask: Ask) -> bool:
    person = person_of(world, ask)
    chat = chat_asked(world, ask, person.id)
    posting.event(world, chat, "typing", {"who": person.id, "action": ask.text("action", "typing")})
    return True

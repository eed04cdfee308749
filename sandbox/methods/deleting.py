"""Deleting, pinning and reacting."""

from typing import Any

from sandbox import posting, views
from sandbox.call import Call, method
from sandbox.chats import Chat, Post
from sandbox.errors import bad_request
from sandbox.methods.editing import whisper
from sandbox.world import World

TWO_DAYS = 48 * 3600
LISTED = """👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋
🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡"""
EMOJI = frozenset(LISTED.split())  # what one may react with


def remove(world: World, chat: Chat, found: Post) -> None:
    found.deleted = True
    if found.receiver:
        posting.event(
            world,
            chat,
            "delete",
            {"message_id": 0, "ephemeral_message_id": found.body["ephemeral_message_id"]},
            found.receiver,
        )
        return
    posting.event(world, chat, "delete", {"message_id": found.id})
    if found.id in chat.pinned:
        chat.pinned.remove(found.id)
        posting.event(world, chat, "pin", {"message_id": chat.pinned[-1] if chat.pinned else None})


def may_delete(call: Call, chat: Chat, found: Post) -> bool:
    fresh: bool = call.world.now() - found.body["date"] < TWO_DAYS
    if chat.kind == "private":
        return fresh
    member = chat.member(call.bot.id)
    if member.may("can_delete_messages"):
        return fresh or chat.kind != "group"
    if found.service:
        return False
    mine = found.author == call.bot.id
    return mine and (fresh or (chat.kind == "channel" and member.may("can_post_messages")))


@method("deleteMessage")
def delete_message(call: Call) -> bool:
    chat = call.chat()
    found = call.post(chat, "message to delete not found")
    if not may_delete(call, chat, found):
        raise bad_request(
            "message can't be deleted for everyone" if found.author == call.bot.id else "message can't be deleted"
        )
    remove(call.world, chat, found)
    return True


@method("deleteMessages")
def delete_messages(call: Call) -> bool:
    chat = call.chat()
    for number in call.args["message_ids"]:
        found = chat.post(number)
        if found and may_delete(call, chat, found):
            remove(call.world, chat, found)
    return True


@method("deleteEphemeralMessage")
def delete_ephemeral(call: Call) -> bool:
    chat, found = whisper(call)
    remove(call.world, chat, found)
    return True


def check_pin(call: Call, chat: Chat) -> None:
    if chat.kind == "private":
        return
    member = chat.member(call.bot.id)
    right = "can_edit_messages" if chat.kind == "channel" else "can_pin_messages"
    if not member.may(right) and (
        member.rules
        or not chat.is_group
        or not chat.permissions.get("can_pin_messages")
        or member.status == "restricted"
    ):
        raise bad_request("not enough rights to manage pinned messages in the chat")


@method("pinChatMessage")
def pin_chat_message(call: Call) -> bool:
    chat = call.chat()
    check_pin(call, chat)
    found = call.post(chat, "message to pin not found")
    if found.service:
        raise bad_request("message can't be pinned")
    again = chat.pinned[-1:] == [found.id]
    if found.id in chat.pinned:
        chat.pinned.remove(found.id)
    chat.pinned.append(found.id)
    posting.event(call.world, chat, "pin", {"message_id": found.id})
    if not again:
        posting.post(
            call.world,
            chat,
            call.bot,
            {"pinned_message": posting.nested(found.body)},
            service=True,
            thread=found.body.get("message_thread_id", 0),
        )
    return True


@method("unpinChatMessage")
def unpin_chat_message(call: Call) -> bool:
    chat = call.chat()
    check_pin(call, chat)
    number = call.get("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if number not in chat.pinned:
        raise bad_request("message to unpin not found")
    chat.pinned.remove(number)
    posting.event(call.world, chat, "pin", {"message_id": chat.pinned[-1] if chat.pinned else None})
    return True


@method("unpinAllChatMessages")
def unpin_all(call: Call) -> bool:
    chat = call.chat()
    check_pin(call, chat)
    chat.pinned.clear()
    posting.event(call.world, chat, "pin", {"message_id": None})
    return True


def check_reactions(given: list[dict[str, Any]]) -> None:
    if any(
        r["type"] == "paid" or (r["type"] == "emoji" and r["emoji"].replace("\ufe0f", "") not in EMOJI) for r in given
    ):
        raise bad_request("REACTION_INVALID")


@method("setMessageReaction")
def set_message_reaction(call: Call) -> bool:
    chat = call.chat()
    found = call.post(chat, "message to react not found")
    given: list[dict[str, Any]] = call.get("reaction") or []
    check_reactions(given)
    if len(given) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    react(call.world, chat, found, call.bot.id, given)
    return True


def react(world: World, chat: Chat, found: Post, who: int, given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Replaces one's reactions; returns those of before."""
    before = found.reactions.pop(who, [])
    if given:
        found.reactions[who] = given
    posting.event(world, chat, "reaction", lambda: {"message_id": found.id, "reactions": views.reactions(found)})
    return before

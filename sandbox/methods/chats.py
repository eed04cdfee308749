"""What a chat is: its card, its administrators, its title, photo, description and permissions."""

from sandbox import membership, posting, uploads, views
from sandbox.call import Call, method
from sandbox.chats import Chat, Json
from sandbox.errors import bad_request
from sandbox.rights import PERMISSIONS

GROUPS_ONLY = "method is available for supergroup and channel chats only"
GIFTS = {
    "unlimited_gifts": True,
    "limited_gifts": True,
    "unique_gifts": True,
    "premium_subscription": True,
    "gifts_from_channels": True,
}


@method("getChat")
def get_chat(call: Call) -> Json:
    chat = call.world.chat_for(call.bot, call.args["chat_id"])
    made: Json = {
        **chat.api(),
        "accent_color_id": abs(chat.id) % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": GIFTS,
    }
    if chat.kind == "private":
        return private_card(call, chat, made)
    call.world.check_inside(call.bot, chat)
    if chat.description:
        made["description"] = chat.description
    if chat.photo:
        made["photo"] = chat.photo
    if chat.username:
        made["active_usernames"] = [chat.username]
    if chat.is_group:
        made["permissions"] = {name: chat.permissions.get(name, False) for name in PERMISSIONS}
        made["has_visible_history"] = True
    if chat.kind == "supergroup" and chat.member(call.bot.id).rules:
        made["can_set_sticker_set"] = True
    if chat.stickers:
        made["sticker_set_name"] = chat.stickers
    primary = next(
        (link for link in chat.links.values() if link.primary and not link.revoked and link.creator == call.bot.id),
        None,
    )
    if primary:
        made["invite_link"] = primary.url
    return with_pin(call, chat, made)


def private_card(call: Call, chat: Chat, made: Json) -> Json:
    person = call.world.people[chat.person]
    if person.username:
        made["active_usernames"] = [person.username]
    return with_pin(call, chat, made)


def with_pin(call: Call, chat: Chat, made: Json) -> Json:
    pinned = chat.post(chat.pinned[-1]) if chat.pinned else None
    if pinned:
        made["pinned_message"] = views.for_bot(call.world, posting.nested(pinned.body), call.bot.id)
    return made


@method("getChatAdministrators")
def get_chat_administrators(call: Call) -> list[Json]:
    chat = call.chat()
    if chat.kind == "private":
        raise bad_request("there are no administrators in the private chat")
    others = call.get("return_bots", False)
    rulers = [
        m
        for m in chat.members.values()
        if m.rules and (others or m.user not in call.world.bots or m.user == call.bot.id)
    ]
    return [membership.shown(call.world, chat, member, call.bot.id) for member in rulers]


@method("getChatMemberCount")
def get_chat_member_count(call: Call) -> int:
    chat = call.chat()
    return 2 if chat.kind == "private" else sum(1 for member in chat.members.values() if member.inside)


@method("getChatMember")
def get_chat_member(call: Call) -> Json:
    chat = call.chat()
    user = call.args["user_id"]
    if user not in call.world.people and user not in call.world.bots:
        raise bad_request("PARTICIPANT_ID_INVALID" if chat.kind != "private" else "user not found")
    if chat.kind == "private":
        if user not in (chat.person, chat.bot):
            raise bad_request("user not found")
        return {"status": "member", "user": call.world.user(user)}
    if chat.kind == "channel" and not chat.member(call.bot.id).rules:
        raise bad_request("CHAT_ADMIN_REQUIRED")
    return membership.shown(call.world, chat, membership.user_member(call.world, chat, user), call.bot.id)


@method("leaveChat")
def leave_chat(call: Call) -> bool:
    chat = call.chat()
    if chat.kind == "private":
        raise bad_request("chat member status can't be changed in private chats")
    membership.leave(call.world, chat, call.bot.id, call.bot.id)
    return True


def changeable(call: Call) -> Chat:
    """A group or channel whose card the bot may change."""
    chat = call.chat()
    if chat.kind == "private":
        raise bad_request(
            "can't change private chat " + call.method.removeprefix("setChat").removeprefix("deleteChat").lower()
        )
    call.right(
        chat,
        "can_change_info",
        f"not enough rights to change chat {call.method.removeprefix('setChat').removeprefix('deleteChat').lower()}",
    )
    return chat


@method("setChatTitle")
def set_chat_title(call: Call) -> bool:
    chat = changeable(call)
    title = call.args["title"].strip()
    if not title:
        raise bad_request("title must be non-empty")
    if title == chat.title:
        raise bad_request("chat title is not modified")
    chat.title = title
    chat.changed()
    posting.event(call.world, chat, "chat", lambda: {"chat": views.chat_card(call.world, chat)})
    posting.post(call.world, chat, call.bot, {"new_chat_title": title}, service=True)
    return True


@method("setChatDescription")
def set_chat_description(call: Call) -> bool:
    chat = changeable(call)
    text = call.get("description", "").strip()
    if text == chat.description:
        raise bad_request("chat description is not modified")
    chat.description = text
    return True


@method("setChatPhoto")
def set_chat_photo(call: Call) -> bool:
    chat = changeable(call)
    if "photo" not in call.uploads:
        raise bad_request(
            "there is no photo in the request" if not call.get("photo") else "photo must be uploaded as an InputFile"
        )
    file = uploads.kept(call, call.uploads["photo"], "photo")
    number = call.world.files.id_for(file, call.bot.id)
    chat.photo = {
        f"{size}_{name}": value
        for size in ("small", "big")
        for name, value in (("file_id", number), ("file_unique_id", file.unique))
    }
    posting.post(call.world, chat, call.bot, {"new_chat_photo": uploads.photo_sizes(call, file)}, service=True)
    return True


@method("deleteChatPhoto")
def delete_chat_photo(call: Call) -> bool:
    chat = changeable(call)
    if chat.photo:
        chat.photo = None
        posting.post(call.world, chat, call.bot, {"delete_chat_photo": True}, service=True)
    return True


@method("setChatPermissions")
def set_chat_permissions(call: Call) -> bool:
    chat = call.chat()
    if not chat.is_group:
        raise bad_request(
            "can't change default permissions in private and channel chats"
            if chat.kind == "channel"
            else "chat permissions can't be changed in private chats"
        )
    call.right(chat, "can_restrict_members", "not enough rights to change chat permissions")
    given = call.args["permissions"]
    made = {name: bool(given.get(name, False)) for name in PERMISSIONS}
    if made == chat.permissions:
        raise bad_request("CHAT_NOT_MODIFIED")
    chat.permissions = made
    return True


@method("setChatStickerSet", "deleteChatStickerSet")
def chat_sticker_set(call: Call) -> bool:
    chat = call.chat()
    if chat.kind != "supergroup":
        raise bad_request("method is available only for supergroups")
    call.right(chat, "can_change_info", "not enough rights to change chat sticker set")
    name = call.get("sticker_set_name")
    if name and name.lower() not in call.world.kept.get("stickers", {}):
        raise bad_request("STICKERSET_INVALID")
    chat.stickers = name
    return True

"""Editing what was sent: text, captions, media, keyboards."""

from sandbox import keyboards, posting, sending, uploads, views
from sandbox.call import Call, method
from sandbox.chats import Chat, Json, Post
from sandbox.errors import bad_request

SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content and "
    "reply markup of the message"
)
CAPTIONED = ("photo", "video", "animation", "audio", "document", "voice", "live_photo", "paid_media")
CONTENT = (
    "text",
    "entities",
    "link_preview_options",
    "caption",
    "caption_entities",
    "show_caption_above_media",
    "has_media_spoiler",
    "rich_message",
    *CAPTIONED,
)


def target(call: Call) -> tuple[Chat, Post] | None:
    """The message to edit; nothing for one that was sent through inline mode."""
    if "inline_message_id" in call.args and "chat_id" not in call.args:
        return None
    if "chat_id" not in call.args:
        raise bad_request(
            "message identifier is not specified" if "message_id" not in call.args else "chat_id is empty"
        )
    chat = call.chat()
    if not call.get("message_id"):
        raise bad_request("message identifier is not specified")
    found = call.post(chat, "message to edit not found")
    if found.service or not may_edit(call, chat, found):
        raise bad_request("message can't be edited")
    return chat, found


def may_edit(call: Call, chat: Chat, found: Post) -> bool:
    if chat.kind == "channel":
        return found.author == call.bot.id or chat.member(call.bot.id).may("can_edit_messages")
    return found.author == call.bot.id and "forward_origin" not in found.body


def keyboard_of(call: Call, chat: Chat | None, found: Post) -> Json | None:
    markup = call.get("reply_markup")
    if markup is None:
        return None
    kind = "invoice" if "invoice" in found.body else "game" if "game" in found.body else "text"
    return keyboards.inline(markup, kind, chat is None or chat.kind == "private")


def replace(
    call: Call, chat: Chat, found: Post, content: Json, keyboard: Json | None, drop: tuple[str, ...] = CONTENT
) -> Json:
    """Puts new content and keyboard in place of the old; refuses an edit that changes nothing."""
    old = found.body
    body = {k: v for k, v in old.items() if k not in drop and k != "reply_markup"} | content
    if keyboard:
        body["reply_markup"] = keyboard
    if comparable(body) == comparable(old):
        raise bad_request(SAME)
    call.spend(chat)
    changed = comparable(body, "reply_markup") != comparable(old, "reply_markup")
    if changed:
        remember(found)
        body["edit_date"] = call.world.stamp()
    found.body = body
    posting.event(
        call.world, chat, "edit", lambda: {"message": views.for_page(call.world, chat, found)}, found.receiver
    )
    return views.for_bot(call.world, body, call.bot.id)


def comparable(body: Json, *without: str) -> Json:
    return {k: v for k, v in body.items() if k not in without and k not in ("edit_date", "link_preview_options")}


def remember(found: Post) -> None:
    body = found.body
    text = body.get("text", body.get("caption", ""))
    found.history.append({"date": body.get("edit_date", body["date"]), "text": text})
    del found.history[:-50]


def new_text(call: Call) -> Json:
    if call.get("rich_message") is not None and "text" not in call.args:
        return {"rich_message": {"blocks": call.args["rich_message"].get("blocks", [])}}
    text, entities = call.text("text", 4096, "message is too long")
    if not text:
        raise bad_request("message text is empty")
    options = sending.preview(call.get("link_preview_options"), text, entities)
    preview = {"link_preview_options": options} if options else {}
    return {"text": text, **({"entities": entities} if entities else {}), **preview}


@method("editMessageText")
def edit_message_text(call: Call) -> Json | bool:
    aimed = target(call)
    content = new_text(call)
    if aimed is None:
        return inline_edit(call, content)
    chat, found = aimed
    if "text" not in found.body and "rich_message" not in found.body:
        raise bad_request("there is no text in the message to edit")
    return replace(call, chat, found, content, keyboard_of(call, chat, found))


@method("editMessageCaption")
def edit_message_caption(call: Call) -> Json | bool:
    aimed = target(call)
    content = sending.caption_fields(call)
    if aimed is None:
        return inline_edit(call, content)
    chat, found = aimed
    if not any(kind in found.body for kind in CAPTIONED):
        raise bad_request("there is no caption in the message to edit")
    drop = ("caption", "caption_entities", "show_caption_above_media")
    return replace(call, chat, found, content, keyboard_of(call, chat, found), drop)


@method("editMessageMedia")
def edit_message_media(call: Call) -> Json | bool:
    aimed = target(call)
    item = call.args["media"]
    content = uploads.from_input_media(call, item) | sending.caption_fields(
        Call(call.world, call.bot, call.method, item, call.uploads)
    )
    if aimed is None:
        return inline_edit(call, content)
    chat, found = aimed
    if not any(kind in found.body for kind in (*CAPTIONED, "text")):
        raise bad_request("message can't be edited")
    return replace(call, chat, found, content, keyboard_of(call, chat, found))


@method("editMessageReplyMarkup")
def edit_message_reply_markup(call: Call) -> Json | bool:
    aimed = target(call)
    if aimed is None:
        return inline_edit(call, {})
    chat, found = aimed
    return replace(call, chat, found, {}, keyboard_of(call, chat, found), drop=())


def inline_edit(call: Call, content: Json) -> bool:
    """Edits a message sent through inline mode, wherever it stands."""
    place = call.world.kept.get("inline", {}).get((call.bot.id, call.args["inline_message_id"]))
    if place is None:
        raise bad_request("MESSAGE_ID_INVALID")
    chat, number = place
    found = chat.post(number)
    if found is None:
        raise bad_request("MESSAGE_ID_INVALID")
    drop = CONTENT if content else ()
    replace(call, chat, found, content, keyboard_of(call, None, found), drop)
    return True


def whisper(call: Call) -> tuple[Chat, Post]:
    """The ephemeral message a call means; only the bot that sent it may touch it."""
    chat = call.chat()
    found = chat.whispers.get(call.args["ephemeral_message_id"])
    if found is None or found.deleted or found.author != call.bot.id or found.receiver != call.args["receiver_user_id"]:
        raise bad_request(
            "message to edit not found" if call.method.startswith("edit") else "message to delete not found"
        )
    return chat, found


@method("editEphemeralMessageText")
def edit_ephemeral_text(call: Call) -> bool:
    chat, found = whisper(call)
    replace(call, chat, found, new_text(call), keyboard_of(call, chat, found))
    return True


@method("editEphemeralMessageCaption")
def edit_ephemeral_caption(call: Call) -> bool:
    chat, found = whisper(call)
    replace(
        call, chat, found, sending.caption_fields(call), keyboard_of(call, chat, found), ("caption", "caption_entities")
    )
    return True


@method("editEphemeralMessageMedia")
def edit_ephemeral_media(call: Call) -> bool:
    chat, found = whisper(call)
    replace(call, chat, found, uploads.from_input_media(call, call.args["media"]), keyboard_of(call, chat, found))
    return True


@method("editEphemeralMessageReplyMarkup")
def edit_ephemeral_markup(call: Call) -> bool:
    chat, found = whisper(call)
    replace(call, chat, found, {}, keyboard_of(call, chat, found), drop=())
    return True

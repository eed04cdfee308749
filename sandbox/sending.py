"""What all methods that send have in common: where to, as a reply to what, with which keyboard, to whose eyes, how often."""

from sandbox import keyboards, posting, views
from sandbox.call import Call
from sandbox.chats import Chat, Json, Post
from sandbox.entities import formatted
from sandbox.entities.units import Entity, cut
from sandbox.errors import bad_request
from sandbox.rights import MEDIA

SOON = 15.0  # seconds after a tap in which any bot may whisper to who tapped
WHAT = {
    "can_send_messages": "text messages",
    "can_send_photos": "photos",
    "can_send_audios": "music",
    "can_send_documents": "documents",
    "can_send_videos": "videos",
    "can_send_video_notes": "video notes",
    "can_send_voice_notes": "voice notes",
    "can_send_polls": "polls",
    "can_send_other_messages": "stickers and animations",
}


def check_right(call: Call, chat: Chat, kind: str) -> None:
    """May this bot send this kind of thing here?"""
    if chat.kind == "private":
        return
    member = chat.members[call.bot.id]
    if chat.kind == "channel":
        if not member.rules:
            raise bad_request("need administrator rights in the channel chat")
        if not member.may("can_post_messages"):
            raise bad_request("not enough rights to send text messages to the chat")
        return
    if member.rules:
        return
    needed = MEDIA.get(kind, "can_send_messages")
    allowed = chat.permissions.get(needed, True) and (member.status != "restricted" or member.rights.get(needed, False))
    if not allowed:
        raise bad_request(f"not enough rights to send {WHAT.get(needed, 'messages')} to the chat")


def thread_of(call: Call, chat: Chat) -> int:
    """The topic a message goes to; 0 outside forums."""
    thread: int = call.get("message_thread_id") or 0
    if not thread:
        return 0
    if not chat.forum:
        if chat.kind == "supergroup" and thread in chat.posts:
            return thread
        raise bad_request("message thread not found")
    topic = chat.topics.get(thread)
    if topic is None:
        raise bad_request("message thread not found")
    if topic.closed and not chat.member(call.bot.id).may("can_manage_topics"):
        raise bad_request("TOPIC_CLOSED")
    return 0 if thread == 1 else thread


def reply_fields(call: Call, chat: Chat) -> Json:
    """`reply_to_message`, or `external_reply`, and `quote` from reply_parameters."""
    asked: Json | None = call.get("reply_parameters")
    if asked is None and call.get("reply_to_message_id"):
        asked = {
            "message_id": int(call.args["reply_to_message_id"]),
            "allow_sending_without_reply": call.get("allow_sending_without_reply") in (True, "true", "True", 1),
        }
    if not asked:
        return {}
    there = chat
    if "chat_id" in asked and asked["chat_id"] != chat.id:
        there = call.world.chat_for(call.bot, asked["chat_id"])
    found = there.post(asked.get("message_id", 0))
    if found is None and "ephemeral_message_id" in asked:
        return {}
    if found is None:
        if asked.get("allow_sending_without_reply") and there is chat:
            return {}
        raise bad_request(
            "message to be replied not found" if asked.get("message_id") else "message identifier is not specified"
        )
    made: Json = (
        {"reply_to_message": posting.nested(found.body)}
        if there is chat
        else {"external_reply": external(there, found)}
    )
    if asked.get("quote"):
        made["quote"] = quote(call, asked, found)
    return made


def external(chat: Chat, found: Post) -> Json:
    origin = origin_of(chat, found)
    kept = {k: v for k, v in found.body.items() if k in views.MEDIA and k not in ("reply_to_message", "pinned_message")}
    shown = {} if chat.kind == "private" else {"chat": chat.api(), "message_id": found.id}
    return {"origin": origin, **shown, **kept}


def origin_of(chat: Chat, found: Post) -> Json:
    """Where a forwarded or quoted message came from."""
    body = found.body
    if "forward_origin" in body:
        origin: Json = body["forward_origin"]
        return origin
    if chat.kind == "channel":
        return {"type": "channel", "date": body["date"], "chat": chat.api(), "message_id": found.id}
    if "sender_chat" in body:
        return {"type": "chat", "date": body["date"], "sender_chat": body["sender_chat"]}
    return {"type": "user", "date": body["date"], "sender_user": body["from"]}


def quote(call: Call, asked: Json, found: Post) -> Json:
    text, entities = formatted(
        asked["quote"], asked.get("quote_parse_mode"), asked.get("quote_entities"), call.world.user
    )
    whole = found.body.get("text") or found.body.get("caption") or ""
    place = whole.find(text)
    if place < 0:
        raise bad_request("QUOTE_TEXT_INVALID")
    kept = [
        e
        for e in entities
        if e["type"] in ("bold", "italic", "underline", "strikethrough", "spoiler", "custom_emoji", "date_time")
    ]
    return {
        "text": text,
        **({"entities": kept} if kept else {}),
        "position": asked.get("quote_position", place),
        "is_manual": True,
    }


def receiver_of(call: Call, chat: Chat) -> int:
    """The one person an ephemeral message is for; 0 for an ordinary message."""
    asked: Json | None = call.get("ephemeral_message_parameters")
    if not asked:
        return 0
    if not chat.is_group:
        raise bad_request("ephemeral messages can be sent only to group and supergroup chats")
    receiver: int = asked["receiver_user_id"]
    if receiver not in call.world.people or not chat.member(receiver).inside:
        raise bad_request("user not found")
    if "callback_query_id" in asked or not chat.member(call.bot.id).rules:
        tapped(call, chat, receiver, asked.get("callback_query_id", ""))
    return receiver


def replaced(call: Call, chat: Chat) -> int:
    """The message in whose place its one reader shall see an ephemeral one; 0 for none."""
    asked: Json = call.args["ephemeral_message_parameters"]
    if not asked.get("replace_callback_query_message"):
        return 0
    query = call.world.queries.recent(asked.get("callback_query_id", ""), "callback", call.bot.id)
    number: int = query.about["message"] if query else 0
    if not number or chat.post(number) is None:  # an ephemeral message has no number and is edited instead
        raise bad_request("QUERY_ID_INVALID" if query is None else "message to be replaced not found")
    return number


def tapped(call: Call, chat: Chat, receiver: int, query_id: str) -> None:
    """A bot that does not rule the chat may whisper only to who tapped within the last seconds."""
    query = call.world.queries.recent(query_id, "callback", call.bot.id)
    if query is None or query.person != receiver or query.about["chat"] != chat.id:
        raise bad_request(
            "not enough rights to send ephemeral messages to the user" if not query_id else "QUERY_ID_INVALID"
        )
    if call.world.now() - query.asked > SOON and not chat.member(call.bot.id).rules:
        raise bad_request("query is too old to send an ephemeral message")


def send(
    call: Call, chat: Chat, content: Json, kind: str = "text", business: Json | None = None, *, paid: bool = False
) -> Json:
    """Sends one message and returns it as the bot gets it; `paid` if the rates have booked it already."""
    check_right(call, chat, kind)
    args = call.args
    keyboard, replies = keyboards.read(args.get("reply_markup"), chat, kind) if "reply_markup" in args else (None, None)
    head = reply_fields(call, chat) if "reply_parameters" in args or "reply_to_message_id" in args else {}
    thread = thread_of(call, chat) if "message_thread_id" in args else reply_thread(head)
    receiver = receiver_of(call, chat) if "ephemeral_message_parameters" in args else 0
    extra = {**(business or {}), **({"keyboard": replies} if replies else {})}
    if not paid:
        call.spend(chat)
    tail: Json = {}
    if args.get("protect_content"):
        tail["has_protected_content"] = True
    if keyboard:
        tail["reply_markup"] = keyboard
    if receiver:
        extra |= whisper_place(call, chat)
    made = posting.post(
        call.world, chat, call.bot, {**head, **content, **tail}, thread=thread, receiver=receiver, business=extra
    )
    return views.for_bot(call.world, made.body, call.bot.id)


def whisper_place(call: Call, chat: Chat) -> Json:
    """Where its one reader sees an ephemeral message: after the newest, or in another's place."""
    number = replaced(call, chat)
    return {"after": number, "replaces": number} if number else {"after": chat.newest + 0.5}


def preview(options: Json | None, text: str, entities: list[Entity]) -> Json | None:
    """How a link is shown under a text: as asked, for the first link there is. No address is ever fetched."""
    if not entities or (options and (options.get("is_disabled") or options.get("url"))):
        return options
    for entity in entities:
        if entity["type"] in ("url", "text_link"):
            return {"url": entity.get("url") or cut(text, entity["offset"], entity["length"]), **(options or {})}
    return options


def reply_thread(head: Json) -> int:
    """A reply goes where the message it replies to stands."""
    thread: int = head.get("reply_to_message", {}).get("message_thread_id", 0) if head else 0
    return thread


def caption_fields(call: Call) -> Json:
    """`caption` with its entities, as media messages carry them."""
    if not call.get("caption"):
        return {}
    text, entities = call.text("caption", 1024, "message caption is too long", entities="caption_entities")
    if not text:
        return {}
    above = {"show_caption_above_media": True} if call.get("show_caption_above_media") else {}
    return {"caption": text, **({"caption_entities": entities} if entities else {}), **above}

"""Plain messages: text, forwards, copies, chat actions."""

from sandbox import posting, sending
from sandbox.call import Call, method
from sandbox.chats import Chat, Json, Post
from sandbox.errors import bad_request
from sandbox.rights import MEDIA

ACTIONS = (
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "record_audio",
    "upload_audio",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
)
NEVER_COPIED = ("invoice", "successful_payment", "refunded_payment", "paid_media")


@method("sendMessage")
def send_message(call: Call) -> Json:
    chat = call.chat()
    text, entities = call.text("text", 4096, "message is too long")
    if not text:
        raise bad_request("message text is empty")
    content: Json = {"text": text}
    if entities:
        content["entities"] = entities
    if options := sending.preview(call.get("link_preview_options"), text, entities):
        content["link_preview_options"] = options
    return sending.send(call, chat, content)


@method("sendChatAction")
def send_chat_action(call: Call) -> bool:
    chat = call.chat()
    action = call.args["action"]
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    posting.event(call.world, chat, "typing", {"who": call.bot.id, "action": action})
    return True


def content_of(found: Post) -> Json:
    """What a copy takes with it: everything but who wrote it, where and when."""
    left_out = (
        "message_id",
        "from",
        "sender_chat",
        "chat",
        "date",
        "edit_date",
        "reply_to_message",
        "external_reply",
        "quote",
        "message_thread_id",
        "is_topic_message",
        "forward_origin",
        "media_group_id",
        "via_bot",
        "reply_markup",
        "has_protected_content",
        "author_signature",
        "receiver_user",
        "ephemeral_message_id",
    )
    return {name: value for name, value in found.body.items() if name not in left_out}


def source(call: Call, number: int, verb: str) -> tuple[Chat, Post]:
    """The message to forward or copy; the bot must see it and be allowed to take it along."""
    there = call.world.chat_for(call.bot, call.args["from_chat_id"])
    found = there.post(number)
    if found is None:
        raise bad_request(f"message to {verb} not found")
    if (
        found.service
        or found.body.get("has_protected_content")
        or (verb == "copy" and not set(NEVER_COPIED).isdisjoint(found.body))
    ):
        raise bad_request(f"message can't be {'forwarded' if verb == 'forward' else 'copied'}")
    return there, found


def forwarded(call: Call, chat: Chat, number: int, paid: bool = False) -> Json:
    there, found = source(call, number, "forward")
    content = {"forward_origin": sending.origin_of(there, found), **content_of(found)}
    return sending.send(call, chat, content, kind_of(found.body), dict(found.business), paid=paid)


def kind_of(body: Json) -> str:
    return next((name for name in (*MEDIA, "poll", "game", "invoice") if name in body), "text")


def copied(call: Call, chat: Chat, number: int, paid: bool = False) -> Json:
    _, found = source(call, number, "copy")
    content = content_of(found)
    if "caption" in call.args and "text" not in content:
        content = {
            k: v for k, v in content.items() if k not in ("caption", "caption_entities")
        } | sending.caption_fields(call)
    if call.get("remove_caption"):
        content = {k: v for k, v in content.items() if k not in ("caption", "caption_entities")}
    return {"message_id": sending.send(call, chat, content, kind_of(found.body), paid=paid)["message_id"]}


@method("forwardMessage")
def forward_message(call: Call) -> Json:
    return forwarded(call, call.chat(), call.args["message_id"])


@method("copyMessage")
def copy_message(call: Call) -> Json:
    return copied(call, call.chat(), call.args["message_id"])


def several(call: Call, verb: str) -> list[int]:
    """The numbers of several messages, in order; those that cannot be taken are left out, as the platform does."""
    numbers: list[int] = call.args["message_ids"]
    if numbers != sorted(set(numbers)):
        raise bad_request("message identifiers must be in a strictly increasing order")
    there = call.world.chat_for(call.bot, call.args["from_chat_id"])
    taken = [n for n in numbers if (p := there.post(n)) and not p.service and not p.body.get("has_protected_content")]
    if not taken:
        raise bad_request(f"there are no messages to {verb}")
    return taken


@method("forwardMessages")
def forward_messages(call: Call) -> list[Json]:
    chat = call.chat()
    numbers = several(call, "forward")
    call.spend(chat, len(numbers))
    return [{"message_id": forwarded(call, chat, number, paid=True)["message_id"]} for number in numbers]


@method("copyMessages")
def copy_messages(call: Call) -> list[Json]:
    chat = call.chat()
    numbers = several(call, "copy")
    call.spend(chat, len(numbers))
    return [copied(call, chat, number, paid=True) for number in numbers]

"""Topics of forums."""

from sandbox import posting, views
from sandbox.call import Call, method
from sandbox.chats import Chat, Json, Topic
from sandbox.errors import bad_request
from sandbox.methods.deleting import check_pin
from sandbox.world import World

COLORS = (0x6FB9F0, 0xFFD67E, 0xCB86DB, 0x8EEE98, 0xFF93B2, 0xFB6F5F)
ICONS = ("5434144690511290129", "5312536423851630001", "5312016608254762256", "5377544228505134960")
ICON_EMOJI = ("📰", "💡", "⚡️", "🎙")


@method("getForumTopicIconStickers")
def icon_stickers(call: Call) -> list[Json]:
    made = []
    for number, emoji in zip(ICONS, ICON_EMOJI, strict=True):
        file = call.world.files.put(emoji.encode(), f"{number}.webp", "image/webp", "sticker")
        made.append(
            {
                "file_id": call.world.files.id_for(file, call.bot.id),
                "file_unique_id": file.unique,
                "type": "custom_emoji",
                "width": 100,
                "height": 100,
                "is_animated": False,
                "is_video": False,
                "emoji": emoji,
                "set_name": "Topics",
                "custom_emoji_id": number,
                "file_size": len(file.content),
            }
        )
    return made


def forum_of(call: Call) -> Chat:
    chat = call.chat()
    if chat.kind == "private":
        raise bad_request("the chat is not a forum")
    if not chat.forum:
        raise bad_request("the chat is not a forum")
    return chat


def topic_of(call: Call, chat: Chat) -> Topic:
    found = chat.topics.get(call.args["message_thread_id"])
    if found is None or found.id == 1:
        raise bad_request("TOPIC_ID_INVALID")
    return found


def manage(call: Call, chat: Chat) -> None:
    call.right(
        chat,
        "can_manage_topics",
        "not enough rights to manage topics"
        if call.method != "createForumTopic"
        else "not enough rights to create a topic",
    )


def note(call: Call, chat: Chat, topic: Topic, content: Json) -> None:
    posting.post(call.world, chat, call.bot, content, service=True, thread=topic.id)
    told(call.world, chat)


def told(world: World, chat: Chat) -> None:
    world.events.add("chat", chat.id, lambda: {"chat": views.chat_card(world, chat)})


def general(chat: Chat) -> Topic:
    return chat.topics.setdefault(1, Topic(1, "General"))


@method("createForumTopic")
def create_topic(call: Call) -> Json:
    chat = forum_of(call)
    manage(call, chat)
    color, emoji = call.get("icon_color", COLORS[0]), call.get("icon_custom_emoji_id")
    if color not in COLORS:
        raise bad_request("wrong topic icon color specified")
    content: Json = {
        "name": call.args["name"],
        "icon_color": color,
        **({"icon_custom_emoji_id": emoji} if emoji else {}),
    }
    made = posting.post(
        call.world, chat, call.bot, {"forum_topic_created": content}, service=True, thread=chat.newest + 1
    )
    chat.topics[made.id] = Topic(made.id, call.args["name"], color, emoji)
    told(call.world, chat)
    return {"message_thread_id": made.id, **content}


@method("editForumTopic")
def edit_topic(call: Call) -> bool:
    chat = forum_of(call)
    topic = topic_of(call, chat)
    manage(call, chat)
    changes: Json = {}
    if call.get("name") and call.args["name"] != topic.name:
        topic.name = changes["name"] = call.args["name"]
    if "icon_custom_emoji_id" in call.args and (call.args["icon_custom_emoji_id"] or None) != topic.emoji:
        changes["icon_custom_emoji_id"] = call.args["icon_custom_emoji_id"]
        topic.emoji = call.args["icon_custom_emoji_id"] or None
    if not changes:
        raise bad_request("TOPIC_NOT_MODIFIED")
    note(call, chat, topic, {"forum_topic_edited": changes})
    return True


def shut(call: Call, chat: Chat, topic: Topic, closed: bool) -> bool:
    manage(call, chat)
    if topic.closed == closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic.closed = closed
    note(call, chat, topic, {"forum_topic_closed" if closed else "forum_topic_reopened": {}})
    return True


@method("closeForumTopic", "reopenForumTopic")
def close_topic(call: Call) -> bool:
    chat = forum_of(call)
    return shut(call, chat, topic_of(call, chat), call.method.startswith("close"))


@method("closeGeneralForumTopic", "reopenGeneralForumTopic")
def close_general(call: Call) -> bool:
    chat = forum_of(call)
    return shut(call, chat, general(chat), call.method.startswith("close"))


@method("deleteForumTopic")
def delete_topic(call: Call) -> bool:
    chat = forum_of(call)
    topic = topic_of(call, chat)
    call.right(chat, "can_delete_messages", "not enough rights to delete a topic")
    del chat.topics[topic.id]
    for found in chat.posts.values():
        if found.id == topic.id or found.body.get("message_thread_id") == topic.id:
            found.deleted = True
    told(call.world, chat)
    return True


@method("editGeneralForumTopic")
def edit_general(call: Call) -> bool:
    chat = forum_of(call)
    manage(call, chat)
    topic = general(chat)
    if topic.name == call.args["name"]:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic.name = call.args["name"]
    note(call, chat, topic, {"forum_topic_edited": {"name": topic.name}})
    return True


@method("hideGeneralForumTopic", "unhideGeneralForumTopic")
def hide_general(call: Call) -> bool:
    chat = forum_of(call)
    manage(call, chat)
    topic, hidden = general(chat), call.method.startswith("hide")
    if topic.hidden == hidden:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic.hidden = hidden
    topic.closed = hidden or topic.closed
    note(call, chat, topic, {"general_forum_topic_hidden" if hidden else "general_forum_topic_unhidden": {}})
    return True


@method("unpinAllForumTopicMessages", "unpinAllGeneralForumTopicMessages")
def unpin_topic(call: Call) -> bool:
    chat = forum_of(call)
    check_pin(call, chat)
    thread = topic_of(call, chat).id if "message_thread_id" in call.args else 0
    kept = [n for n in chat.pinned if (p := chat.posts.get(n)) and p.body.get("message_thread_id", 0) != thread]
    if kept != chat.pinned:
        chat.pinned[:] = kept
        posting.event(call.world, chat, "pin", {"message_id": kept[-1] if kept else None})
    return True

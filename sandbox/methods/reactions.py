"""Taking reactions away, and looking at people."""

from sandbox import posting, uploads, views
from sandbox.call import Call, method
from sandbox.chats import Chat, Json
from sandbox.errors import bad_request


def who(call: Call) -> int:
    given = [name for name in ("user_id", "actor_chat_id") if call.get(name)]
    if len(given) != 1:
        raise bad_request("exactly one of user_id and actor_chat_id must be specified")
    number: int = call.args[given[0]]
    return number


def cleared(call: Call, chat: Chat, number: int, actor: int) -> bool:
    found = chat.post(number)
    if found is None or found.reactions.pop(actor, None) is None:
        return False
    posting.event(call.world, chat, "reaction", lambda: {"message_id": found.id, "reactions": views.reactions(found)})
    return True


@method("deleteMessageReaction")
def delete_reaction(call: Call) -> bool:
    chat = call.chat()
    call.right(chat, "can_delete_messages", "not enough rights to delete reactions")
    call.post(chat, "message to react not found")
    cleared(call, chat, call.args["message_id"], who(call))
    return True


@method("deleteAllMessageReactions")
def delete_all_reactions(call: Call) -> bool:
    chat = call.chat()
    call.right(chat, "can_delete_messages", "not enough rights to delete reactions")
    actor = who(call)
    for number in list(chat.posts):
        cleared(call, chat, number, actor)
    return True


@method("getUserProfilePhotos")
def profile_photos(call: Call) -> Json:
    number = call.person()
    who = call.world.people.get(number) or call.world.bots[number]
    offset = max(0, call.get("offset", 0))
    shown = who.photos[offset : offset + call.get("limit", 100)]
    files = [call.world.files.by_unique[unique] for unique in shown]
    return {"total_count": len(who.photos), "photos": [uploads.photo_sizes(call, file) for file in files]}


@method("getUserProfileAudios")
def profile_audios(call: Call) -> Json:
    call.person()
    return {"total_count": 0, "audios": []}


@method("getUserChatBoosts")
def chat_boosts(call: Call) -> Json:
    chat = call.chat()
    if chat.kind not in ("supergroup", "channel"):
        raise bad_request("method is available for supergroup and channel chats only")
    if not chat.member(call.bot.id).rules:
        raise bad_request("CHAT_ADMIN_REQUIRED")
    call.person()
    return {"boosts": []}


@method("setUserEmojiStatus")
def emoji_status(call: Call) -> bool:
    call.person()
    raise bad_request("USER_PERMISSION_DENIED")

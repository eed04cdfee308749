"""Members: banning, restricting, promoting, titles and tags."""

from sandbox import membership
from sandbox.call import Call, method
from sandbox.chats import Chat
from sandbox.errors import bad_request
from sandbox.rights import PERMISSIONS, Member, rights_of

FOREVER = 366 * 86_400


def group_of(call: Call, right: str, words: str, channels: bool = True) -> Chat:
    chat = call.chat()
    if chat.kind == "private" or (chat.kind == "channel" and not channels):
        raise bad_request(
            "method is available for supergroups only"
            if not channels
            else "can't change member status in private chats"
        )
    call.right(chat, right, words)
    return chat


def subject(call: Call, chat: Chat, verb: str) -> Member:
    """The member to change; owners and other administrators are out of a bot's reach."""
    user = call.args["user_id"]
    if user == call.bot.id:
        raise bad_request(f"can't {verb} self")
    call.person()
    member = membership.user_member(call.world, chat, user)
    if member.status == "creator":
        raise bad_request(f"can't {'remove' if verb == 'ban' else verb} chat owner")
    if member.status == "administrator" and verb != "promote" and member.promoted_by != call.bot.id:
        raise bad_request("user is an administrator of the chat")
    return member


def until_of(call: Call) -> int:
    """Less than half a minute or more than a year is for ever, written 0."""
    until: int = call.get("until_date", 0)
    ahead = until - call.world.now()
    return until if 30 <= ahead <= FOREVER else 0


@method("banChatMember")
def ban_chat_member(call: Call) -> bool:
    chat = group_of(call, "can_restrict_members", "not enough rights to restrict/unrestrict chat member")
    member = subject(call, chat, "ban")
    if member.status != "kicked":
        membership.leave(call.world, chat, member.user, call.bot.id, "kicked", until_of(call))
    return True


@method("unbanChatMember")
def unban_chat_member(call: Call) -> bool:
    chat = group_of(call, "can_restrict_members", "not enough rights to restrict/unrestrict chat member")
    if chat.kind == "group":
        raise bad_request("method is available for supergroup and channel chats only")
    member = subject(call, chat, "ban")
    if member.status == "kicked" or (member.inside and not call.get("only_if_banned")):
        membership.leave(call.world, chat, member.user, call.bot.id)
    return True


@method("restrictChatMember")
def restrict_chat_member(call: Call) -> bool:
    chat = call.chat()
    if chat.kind != "supergroup":
        raise bad_request("method is available only for supergroups")
    call.right(chat, "can_restrict_members", "not enough rights to restrict/unrestrict chat member")
    member = subject(call, chat, "restrict")
    given = {name: bool(call.args["permissions"].get(name, False)) for name in PERMISSIONS}
    if all(given.values()):
        new = Member(member.user, "member" if member.inside else "left")
    else:
        new = Member(member.user, "restricted", {**given, "is_member": member.inside}, until=until_of(call))
    membership.change(call.world, chat, call.bot.id, new)
    return True


@method("promoteChatMember")
def promote_chat_member(call: Call) -> bool:
    chat = group_of(call, "can_promote_members", "not enough rights")
    member = subject(call, chat, "promote")
    given = {name: bool(call.get(name, False)) for name in rights_of(chat.kind)}
    mine = chat.member(call.bot.id)
    if any(value and not mine.may(name) for name, value in given.items()):
        raise bad_request("not enough rights")
    if not member.inside and any(given.values()):
        raise bad_request("USER_NOT_PARTICIPANT")
    if member.status == "administrator" and member.promoted_by != call.bot.id:
        raise bad_request("CHAT_ADMIN_REQUIRED")
    anonymous = bool(call.get("is_anonymous"))
    if any(given.values()) or anonymous:
        given["can_manage_chat"] = True
        membership.promote(call.world, chat, member.user, call.bot.id, given, anonymous=anonymous)
    elif member.rules:
        membership.change(call.world, chat, call.bot.id, Member(member.user, "member"))
    return True


@method("setChatAdministratorCustomTitle")
def set_custom_title(call: Call) -> bool:
    chat = call.chat()
    if chat.kind != "supergroup":
        raise bad_request("method is available only for supergroups")
    member = chat.member(call.args["user_id"])
    if member.status == "creator":
        raise bad_request("only creator can edit their custom title")
    if member.status != "administrator":
        raise bad_request("user is not an administrator")
    call.right(chat, "can_promote_members", "not enough rights to change custom title of the user")
    if call.bot.id not in (member.promoted_by, member.user):
        raise bad_request("not enough rights to change custom title of the user")
    member.title = call.args["custom_title"] or None
    return True


@method("setChatMemberTag")
def set_member_tag(call: Call) -> bool:
    chat = group_of(call, "can_manage_tags", "not enough rights to change tag of the user", channels=False)
    member = chat.member(call.person())
    if not member.inside:
        raise bad_request("USER_NOT_PARTICIPANT")
    member.tag = call.get("tag") or None
    return True


@method("banChatSenderChat", "unbanChatSenderChat")
def ban_sender_chat(call: Call) -> bool:
    chat = group_of(call, "can_restrict_members", "not enough rights to ban/unban sender chat")
    if chat.kind == "group":
        raise bad_request("method is available for supergroup and channel chats only")
    sender = call.args["sender_chat_id"]
    there = call.world.chats.get(sender)
    if there is None or there.kind == "group":
        raise bad_request("sender chat not found" if there is None else "PARTICIPANT_ID_INVALID")
    (chat.banned_channels.add if call.method == "banChatSenderChat" else chat.banned_channels.discard)(sender)
    return True

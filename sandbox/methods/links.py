"""Invite links and requests to join."""

from sandbox import membership
from sandbox.addresses import INVITES
from sandbox.call import Call, method
from sandbox.chats import Chat, Json, Link
from sandbox.errors import bad_request

NO_RIGHT = "not enough rights to manage chat invite link"


def chat_of(call: Call) -> Chat:
    chat = call.chat()
    if chat.kind == "private":
        raise bad_request("can't invite members to the chat")
    call.right(chat, "can_invite_users", NO_RIGHT)
    return chat


def fill(call: Call, link: Link) -> None:
    """Name, end, limit and kind of a link from a call."""
    limit, by_request = call.get("member_limit", 0), bool(call.get("creates_join_request"))
    if limit and by_request:
        raise bad_request("member limit can't be specified for links requiring administrator approval")
    expires = call.get("expire_date", 0)
    if expires and expires < call.world.now():
        raise bad_request("EXPIRE_DATE_INVALID")
    link.name, link.expires, link.limit, link.by_request = call.get("name") or None, expires, limit, by_request


def add(call: Call, chat: Chat, link: Link) -> Json:
    chat.links[link.url] = link
    return card(call, chat, link)


def card(call: Call, chat: Chat, link: Link) -> Json:
    made = membership.link_card(call.world, link)
    waiting = sum(1 for url, _ in chat.requests.values() if url == link.url)
    return {**made, "pending_join_request_count": waiting} if waiting else made


def fresh(call: Call) -> Link:
    return Link(INVITES + call.world.code(16), call.bot.id)


@method("exportChatInviteLink")
def export_link(call: Call) -> str:
    chat = chat_of(call)
    for link in chat.links.values():
        if link.primary and link.creator == call.bot.id:
            link.revoked = True
    made = fresh(call)
    made.primary = True
    chat.links[made.url] = made
    return made.url


@method("createChatInviteLink")
def create_link(call: Call) -> Json:
    chat = chat_of(call)
    link = fresh(call)
    fill(call, link)
    return add(call, chat, link)


@method("createChatSubscriptionInviteLink")
def create_subscription(call: Call) -> Json:
    chat = chat_of(call)
    if chat.kind != "channel":
        raise bad_request("method is available for channel chats only")
    if call.args["subscription_period"] != 2_592_000:
        raise bad_request("SUBSCRIPTION_PERIOD_INVALID")
    link = fresh(call)
    link.name, link.period, link.price = (
        call.get("name") or None,
        call.args["subscription_period"],
        call.args["subscription_price"],
    )
    return add(call, chat, link)


def own(call: Call, chat: Chat) -> Link:
    """A link of the bot's own making; others' are out of its reach."""
    link = chat.links.get(call.args["invite_link"])
    if link is None or link.creator != call.bot.id:
        raise bad_request("INVITE_HASH_EXPIRED" if link is None else "CHAT_ADMIN_REQUIRED")
    return link


@method("editChatInviteLink", "editChatSubscriptionInviteLink")
def edit_link(call: Call) -> Json:
    chat = chat_of(call)
    link = own(call, chat)
    if link.revoked or link.primary:
        raise bad_request("INVITE_HASH_EXPIRED" if link.revoked else "CHAT_INVITE_PERMANENT")
    if call.method == "editChatInviteLink":
        fill(call, link)
    else:
        link.name = call.get("name") or None
    return card(call, chat, link)


@method("revokeChatInviteLink")
def revoke_link(call: Call) -> Json:
    chat = chat_of(call)
    link = own(call, chat)
    link.revoked = True
    if link.primary:
        made = fresh(call)
        made.primary = True
        chat.links[made.url] = made
    return card(call, chat, link)


def waiting(call: Call) -> tuple[Chat, int, Link | None]:
    """The chat, person and link of a request to join."""
    chat = call.chat()
    if chat.kind == "private":
        raise bad_request("can't manage join requests in private chats")
    call.right(chat, "can_invite_users", "not enough rights")
    user = call.person()
    if user not in chat.requests:
        raise bad_request("USER_ALREADY_PARTICIPANT" if chat.member(user).inside else "HIDE_REQUESTER_MISSING")
    url, _ = chat.requests.pop(user)
    return chat, user, chat.links.get(url)


@method("approveChatJoinRequest")
def approve(call: Call) -> bool:
    chat, user, link = waiting(call)
    membership.join(call.world, chat, user, call.bot.id, link, via_request=True)
    return True


@method("declineChatJoinRequest")
def decline(call: Call) -> bool:
    waiting(call)
    return True

"""Coming and going of people and bots; groups, topics and rights."""

from typing import Any

from sandbox import membership, posting, views
from sandbox.acts.ask import Ask, act, bot_of, chat_asked, person_of
from sandbox.acts.talk import say
from sandbox.addresses import invite_url
from sandbox.chats import Chat, Json, Link
from sandbox.errors import bad_request, forbidden
from sandbox.people import Bot, Person
from sandbox.rights import Member, all_rights, rights_of
from sandbox.world import World


def link_of(world: World, url: str) -> tuple[Chat, Link]:
    code = url.rstrip("/").rsplit("/", 1)[-1].removeprefix("+")
    for chat in world.chats.values():
        if link := chat.links.get(invite_url(code)):
            return chat, link
    raise bad_request("INVITE_HASH_INVALID")


def check_link(world: World, link: Link) -> None:
    if link.revoked or (link.expires and link.expires < world.now()) or (link.limit and link.used >= link.limit):
        raise bad_request("INVITE_HASH_EXPIRED")


@act("join")
def join(world: World, ask: Ask) -> Json:
    """Comes into a chat, by a link or by itself; a link may only make a request."""
    person = person_of(world, ask)
    url = ask.text("invite_link", "")
    if not url:
        chat = chat_asked(world, ask, person.id)
        link = None
    else:
        chat, link = link_of(world, url)
        check_link(world, link)
    if membership.user_member(world, chat, person.id).status == "kicked":
        raise forbidden("USER_BANNED_IN_CHANNEL")
    if chat.member(person.id).inside:
        return {"status": "member", "chat_id": chat.id}
    if link and link.by_request:
        return request(world, chat, person, link)
    membership.join(world, chat, person.id, person.id, link)
    return {"status": "member", "chat_id": chat.id}


def request(world: World, chat: Chat, person: Person, link: Link) -> Json:
    """Asks to be let in; each bot that may invite hears of it and may write to the person for five minutes."""
    chat.requests[person.id] = (link.url, world.now())
    update: Json = {
        "chat": chat.api(),
        "from": person.api(),
        "user_chat_id": person.id,
        "date": world.stamp(),
        "invite_link": membership.link_card(world, link),
    }
    for bot in world.bots.values():
        if chat.member(bot.id).may("can_invite_users"):
            world.private_chat(bot.id, person.id).opened_until = world.now() + 300
            world.queues[bot.id].add("chat_join_request", update)
    posting.event(world, chat, "member", {"person_id": person.id, "status": "requested"})
    return {"status": "requested", "chat_id": chat.id}


@act("leave")
def leave(world: World, ask: Ask) -> bool:
    person = person_of(world, ask)
    chat = chat_asked(world, ask, person.id)
    if chat.kind == "private" or not chat.member(person.id).inside:
        raise bad_request("not a member of the chat")
    membership.leave(world, chat, person.id, person.id)
    return True


@act("people")
def people(world: World, ask: Ask) -> Json:
    name = ask.text("name").strip()
    if not name or len(name) > 128:
        raise bad_request("name must have 1 to 128 characters")
    number = ask.integer("id", 0) or max(world.people) + 1
    if number in world.people or number in world.bots or not 0 < number < 2**52:
        raise bad_request("id is taken")
    first, _, last = name.partition(" ")
    username = ask.text("username", "") or None
    if username and username.lower() in world.usernames:
        raise bad_request("username is taken")
    world.people[number] = Person(number, first[:64], last[:64] or None, username, ask.text("language_code", "en"))
    if username:
        world.usernames[username.lower()] = number
    card = views.person_card(world, number)
    world.events.add("person", 0, {"person": card})
    return card


def enter(world: World, chat: Chat, bot: Bot, by: int, admin: bool, given: dict[str, bool] | None = None) -> None:
    """A bot is added by a person, as a member or with rights."""
    if not chat.member(bot.id).inside:
        membership.join(world, chat, bot.id, by)
    if admin or chat.kind == "channel":
        membership.promote(world, chat, bot.id, by, given if given is not None else all_rights(chat.kind))


@act("add_bot")
def add_bot(world: World, ask: Ask) -> bool:
    bot = bot_of(world, ask)
    chat = chat_asked(world, ask, 0)
    by = ask.integer("person_id", 1001)
    enter(world, chat, bot, by, ask.flag("admin"))
    if (payload := ask.text("payload", "")) and chat.is_group:  # a startgroup link says so in the group
        say(world, Ask({"chat_id": chat.id, "person_id": by, "text": f"/start@{bot.username} {payload}"}))
    return True


@act("kick_bot")
def kick_bot(world: World, ask: Ask) -> bool:
    bot = bot_of(world, ask)
    chat = chat_asked(world, ask, 0)
    membership.leave(world, chat, bot.id, ask.integer("person_id", 1001), "left" if chat.kind == "group" else "kicked")
    return True


def some_rights(chat: Chat, given: Any) -> dict[str, bool]:
    if not isinstance(given, dict) or (unknown := [name for name in given if name not in rights_of(chat.kind)]):
        raise bad_request(f"rights must be an object of {', '.join(rights_of(chat.kind))}")
    del unknown
    return {name: bool(value) for name, value in given.items()}


@act("rights")
def change_rights(world: World, ask: Ask) -> Json:
    """Gives or takes an administrator's rights; `{"admin": false}` makes a plain member of it. For a person too."""
    chat = chat_asked(world, ask, 0)
    user = ask.integer("person_id", 0) or bot_of(world, ask).id
    member = chat.member(user)
    if not member.inside or chat.kind == "private":
        raise bad_request("not a member of the chat")
    by = next((m.user for m in chat.members.values() if m.status == "creator"), 1001)
    if not ask.flag("admin", True):
        membership.change(world, chat, by, Member(user, "member"))
    else:
        held = member.rights if member.status == "administrator" else all_rights(chat.kind)
        given = {**held, **some_rights(chat, ask.body.get("rights", {}))}
        membership.promote(world, chat, user, by, given, anonymous=ask.flag("anonymous", member.anonymous))
    return membership.shown(world, chat, chat.member(user))


@act("privacy")
def privacy(world: World, ask: Ask) -> bool:
    """Switches a bot's privacy mode, as its owner does with BotFather; a new bot has it on."""
    bot_of(world, ask).reads_all = not ask.flag("privacy", True)
    return True

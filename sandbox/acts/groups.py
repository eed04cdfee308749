"""Making groups, channels, topics and a person's own invite links."""

from dataclasses import dataclass

from sandbox import membership, posting, views
from sandbox.acts.ask import Ask, act, chat_asked, person_of
from sandbox.acts.visits import enter
from sandbox.addresses import invite_url
from sandbox.chats import Chat, Json, Link, Topic
from sandbox.errors import bad_request
from sandbox.rights import Member, all_rights
from sandbox.world import OWNER, World

KINDS = ("group", "supergroup", "channel")


@dataclass(frozen=True, slots=True)
class Company:
    """Who is in a new chat: the owner, people, bots, and which of them rule."""

    owner: int
    people: list[int]
    bots: list[int]
    admins: list[int]


def company(world: World, ask: Ask) -> Company:
    """Bots come in by their ids among members, admins or bots; where none is named, the only bot there is comes as a member."""
    admins = ask.integers("admins")
    named = list(dict.fromkeys([*admins, *ask.integers("members"), *ask.integers("bots")]))
    people = [number for number in named if number in world.people]
    owner = ask.integer("owner", next(iter(people), OWNER))
    unknown = [number for number in [*named, owner] if number not in world.people and number not in world.bots]
    if unknown or owner not in world.people:
        raise bad_request(f"there is nobody with id {unknown[0]}" if unknown else "owner must be a person")
    bots = [number for number in named if number in world.bots]
    if not bots and len(world.bots) == 1 and "bots" not in ask.body:
        bots = list(world.bots)
    return Company(owner, [owner, *(number for number in people if number != owner)], bots, admins)


@act("groups")
def groups(world: World, ask: Ask) -> Json:
    """Makes a chat with its people and bots."""
    title, kind, username = ask.text("title").strip(), ask.text("type", "supergroup"), ask.text("username", "") or None
    if not title or len(title) > 128 or kind not in KINDS:
        raise bad_request("title must have 1 to 128 characters, type must be group, supergroup or channel")
    if username and username.lower() in world.usernames:
        raise bad_request("username is taken")
    who = company(world, ask)
    chat = Chat(world.new_chat_id(kind), kind, title, username, ask.flag("forum"))
    if chat.forum:
        chat.topics[1] = Topic(1, "General")
    world.add_chat(chat, who.people, who.owner)
    for user in who.admins:
        if user in world.people and user != who.owner:
            chat.members[user] = Member(user, "administrator", all_rights(kind), promoted_by=who.owner)
    world.events.add("chat", chat.id, lambda: {"chat": views.chat_card(world, chat)})
    for number in who.bots:
        enter(world, chat, world.bots[number], who.owner, number in who.admins)
    return views.chat_card(world, chat)


@act("topics")
def topics(world: World, ask: Ask) -> Json:
    chat = chat_asked(world, ask, 0)
    if not chat.forum:
        raise bad_request("the chat is not a forum")
    name = ask.text("name").strip()[:128] or "Topic"
    by = world.people.get(ask.integer("person_id", 1001))
    made = posting.post(
        world,
        chat,
        by,
        {"forum_topic_created": {"name": name, "icon_color": 0x6FB9F0}},
        service=True,
        thread=chat.newest + 1,
    )
    chat.topics[made.id] = Topic(made.id, name)
    world.events.add("chat", chat.id, lambda: {"chat": views.chat_card(world, chat)})
    return {"id": made.id, "name": name}


@act("links")
def links(world: World, ask: Ask) -> Json:
    """A person's own invite link to a chat."""
    person = person_of(world, ask)
    chat = chat_asked(world, ask, person.id)
    link = Link(
        invite_url(world.code(16)), person.id, ask.text("name", "") or None, by_request=ask.flag("creates_join_request")
    )
    chat.links[link.url] = link
    return membership.link_card(world, link)

"""What befalls chats and accounts: migration, requests decided by a person, deleted groups and accounts."""

from sandbox import membership, posting
from sandbox.acts.ask import Ask, act, chat_asked, person_of
from sandbox.chats import Chat, Json
from sandbox.errors import bad_request
from sandbox.world import World


@act("upgrade")
def upgrade(world: World, ask: Ask) -> Json:
    """Turns a group into a supergroup: a new id; the same people, rights, links and looks; bots are told on both sides."""
    chat = world.chats.get(world.resolve(ask.address()))
    if chat is None or chat.kind != "group" or chat.migrated_to:
        raise bad_request("only a group can become a supergroup")
    new = Chat(
        world.new_chat_id("supergroup"),
        "supergroup",
        chat.title,
        forum=ask.flag("forum"),
        permissions=dict(chat.permissions),
    )
    new.members = dict(chat.members)
    new.links, chat.links = chat.links, {}
    new.requests, chat.requests = chat.requests, {}
    new.description, new.photo = chat.description, chat.photo
    world.chats[new.id] = new
    owner = next(
        (world.people[m.user] for m in chat.members.values() if m.status == "creator" and m.user in world.people), None
    )
    posting.post(world, chat, owner, {"migrate_to_chat_id": new.id}, service=True)
    chat.migrated_to = new.id
    posting.post(world, new, owner, {"migrate_from_chat_id": chat.id}, service=True)
    world.events.add("migrated", 0, {"from": chat.id, "to": new.id})
    return {"from": chat.id, "to": new.id, "chat_id": new.id}


@act("decide")
def decide(world: World, ask: Ask) -> bool:
    """A person who rules the chat lets in who asked, or not."""
    ruler = person_of(world, ask)
    chat = chat_asked(world, ask, ruler.id)
    user = ask.integer("user_id")
    if not chat.member(ruler.id).may("can_invite_users") or user not in chat.requests:
        raise bad_request("HIDE_REQUESTER_MISSING")
    url, _ = chat.requests.pop(user)
    if ask.flag("approve", True):
        membership.join(world, chat, user, ruler.id, chat.links.get(url), via_request=True)
    return True


@act("deactivate")
def deactivate(world: World, ask: Ask) -> bool:
    """Deletes an account: every bot's message to it is refused from then on."""
    person = person_of(world, ask)
    person.deactivated = True
    person.first_name, person.last_name, person.username = "", None, None
    return True


@act("delete_group")
def delete_group(world: World, ask: Ask) -> bool:
    chat = chat_asked(world, ask, 0)
    if not chat.is_group:
        raise bad_request("only a group can be deleted")
    chat.dead = True
    return True

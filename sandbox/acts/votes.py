"""Reacting and voting."""

from typing import Any

from sandbox import polls, posting, views
from sandbox.acts.ask import Ask, act, chat_asked, person_of
from sandbox.chats import Chat, Json, Post
from sandbox.errors import bad_request, forbidden
from sandbox.methods.deleting import check_reactions, react
from sandbox.world import World


def seen_by(world: World, ask: Ask) -> tuple[Chat, Post, int]:
    person = person_of(world, ask)
    chat = chat_asked(world, ask, person.id)
    if chat.kind != "private" and not chat.member(person.id).inside:
        raise forbidden("not a member of the chat")
    found = chat.post(ask.integer("message_id"))
    if found is None:
        raise bad_request("message not found")
    return chat, found, person.id


@act("react")
def react_to(world: World, ask: Ask) -> list[Json]:
    """Sets a person's reaction; an empty emoji takes it away."""
    chat, found, person = seen_by(world, ask)
    emoji = ask.text("emoji", ask.text("reaction", ""))
    given = [{"type": "emoji", "emoji": emoji}] if emoji else []
    check_reactions(given)
    before = react(world, chat, found, person, given)
    tell(world, chat, found, person, before, given)
    return views.reactions(found)


def tell(world: World, chat: Chat, found: Post, person: int, before: list[Json], after: list[Json]) -> None:
    """Bots hear of reactions where they rule, in private, and only if they asked for it; a channel's are counted."""
    base: Json = {"chat": chat.api(), "message_id": found.id, "date": world.stamp()}
    for bot in posting.listeners(world, chat, found):
        if chat.kind != "private" and not chat.member(bot.id).rules:
            continue
        if chat.kind == "channel":
            counts = [
                {"type": {"type": "emoji", "emoji": r["emoji"]}, "total_count": r["count"]}
                for r in views.reactions(found)
            ]
            world.queues[bot.id].add("message_reaction_count", {**base, "reactions": counts})
        else:
            who = world.people[person].api()
            world.queues[bot.id].add(
                "message_reaction", {**base, "user": who, "old_reaction": before, "new_reaction": after}
            )


@act("vote")
def vote(world: World, ask: Ask) -> Json:
    """Chooses options of a poll by their numbers or texts; none takes the vote back."""
    chat, found, person = seen_by(world, ask)
    poll = found.body.get("poll")
    if poll is None:
        raise bad_request("message is not a poll")
    given: Any = next((ask.body[name] for name in ("options", "option_ids", "option") if name in ask.body), [])
    texts = [option["text"] for option in poll["options"]]
    chosen: list[int] = []
    for item in given if isinstance(given, list) else [given]:
        if item in texts and isinstance(item, str):
            chosen.append(texts.index(item))
        elif type(item) is int:
            chosen.append(item)
        else:
            raise bad_request("OPTION_INVALID")
    polls.vote(world, chat, found, person, chosen)
    shown: Json = found.body["poll"]
    return shown

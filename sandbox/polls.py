"""Polls: options, votes, closing; whoever sent one hears of each change."""

from typing import Any

from sandbox import posting, views
from sandbox.chats import Chat, Json, Post
from sandbox.errors import bad_request
from sandbox.world import World


def of(world: World, poll_id: str) -> tuple[Chat, Post] | None:
    place = world.polls.get(poll_id)
    if place is None:
        return None
    chat, number = place
    found = chat.post(number)
    return (chat, found) if found else None


def counted(poll: Json, votes: dict[int, list[int]]) -> Json:
    """The poll with its votes counted anew."""
    options = [
        {**option, "voter_count": sum(1 for chosen in votes.values() if number in chosen)}
        for number, option in enumerate(poll["options"])
    ]
    return {**poll, "options": options, "total_voter_count": sum(1 for chosen in votes.values() if chosen)}


def renew(world: World, chat: Chat, found: Post, poll: Json) -> None:
    """Puts a changed poll in place and tells the bot that sent it, and the page."""
    found.body = {**found.body, "poll": poll}
    posting.event(
        world,
        chat,
        "poll",
        lambda: {"message_id": found.id, "poll": poll, "message": views.for_page(world, chat, found)},
    )
    if found.by_bot and found.author in world.queues:
        world.queues[found.author].add("poll", views.with_ids(world, poll, found.author))


def close(world: World, chat: Chat, found: Post) -> None:
    poll = found.body["poll"]
    if not poll["is_closed"]:
        renew(world, chat, found, {**poll, "is_closed": True})


def close_in_time(world: World, poll_id: str) -> None:
    """Has a poll with a closing date closed then."""
    place = of(world, poll_id)
    poll = place[1].body["poll"] if place else {"is_closed": True}

    def ring() -> None:
        if still := of(world, poll_id):
            close(world, *still)

    if "close_date" in poll and not poll["is_closed"]:
        world.clock.at(poll["close_date"], ring)


def vote(world: World, chat: Chat, found: Post, person: int, chosen: list[int]) -> None:
    """Sets what a person chose; nothing takes the vote back."""
    poll: Json | None = found.body.get("poll")
    if poll is None:
        raise bad_request("message is not a poll")
    if poll["is_closed"]:
        raise bad_request("poll has already been closed")
    if any(not 0 <= number < len(poll["options"]) for number in chosen) or len(set(chosen)) != len(chosen):
        raise bad_request("OPTION_INVALID")
    if len(chosen) > 1 and not poll["allows_multiple_answers"]:
        raise bad_request("OPTIONS_TOO_MUCH")
    votes: dict[int, list[int]] = found.business.setdefault("votes", {})
    if votes.get(person) and not poll["allows_revoting"]:
        raise bad_request("REVOTE_NOT_ALLOWED")
    votes[person] = chosen
    renew(world, chat, found, counted(poll, votes))
    if not poll["is_anonymous"] and found.by_bot and found.author in world.queues:
        world.queues[found.author].add("poll_answer", answer(world, poll, person, chosen))


def answer(world: World, poll: Json, person: int, chosen: list[int]) -> dict[str, Any]:
    lasting = [poll["options"][number]["persistent_id"] for number in chosen]
    return {
        "poll_id": poll["id"],
        "user": world.people[person].api(),
        "option_ids": chosen,
        "option_persistent_ids": lasting,
    }

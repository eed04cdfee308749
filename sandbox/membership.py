"""Coming, going and changing rank: one place that moves a membership and tells everyone concerned."""

from dataclasses import replace
from typing import Any

from sandbox import posting, rights
from sandbox.chats import Chat, Json, Link
from sandbox.rights import Member
from sandbox.world import World


def shown(world: World, chat: Chat, member: Member, asked_by: int = 0) -> Json:
    return rights.shown(
        member, world.user(member.user) or {"id": member.user, "is_bot": False, "first_name": ""}, chat.kind, asked_by
    )


def link_card(world: World, link: Link) -> Json:
    made: Json = {
        "invite_link": link.url,
        "creator": world.user(link.creator),
        "creates_join_request": link.by_request,
        "is_primary": link.primary,
        "is_revoked": link.revoked,
    }
    if link.name:
        made["name"] = link.name
    if link.expires:
        made["expire_date"] = link.expires
    if link.limit:
        made["member_limit"] = link.limit
    if link.period:
        made |= {"subscription_period": link.period, "subscription_price": link.price}
    return made


def change(world: World, chat: Chat, by: int, new: Member, link: Link | None = None, via_request: bool = False) -> None:
    """Puts a membership in place of the old one; bots hear of themselves always, of others where they rule and asked for it."""
    old = chat.members.get(new.user) or Member(new.user, "left")
    if new.status == "left":
        chat.members[new.user] = Member(new.user, "left")
    else:
        chat.members[new.user] = new
    update: Json = {
        "chat": chat.api(),
        "from": world.user(by) or world.user(new.user),
        "date": world.stamp(),
        "old_chat_member": shown(world, chat, old),
        "new_chat_member": shown(world, chat, chat.members[new.user]),
    }
    if link:
        update["invite_link"] = link_card(world, link)
    if via_request:
        update["via_join_request"] = True
    for bot in world.bots.values():
        if bot.id == new.user:
            world.queues[bot.id].add("my_chat_member", update)
        elif chat.member(bot.id).rules:
            world.queues[bot.id].add("chat_member", update)
    if new.user in world.people or new.user in world.bots:
        posting.event(world, chat, "member", {"person_id": new.user, "status": new.status})


def join(world: World, chat: Chat, user: int, by: int, link: Link | None = None, via_request: bool = False) -> None:
    """Somebody comes in: the service message in groups, then the updates."""
    if chat.member(user).inside:
        return
    chat.requests.pop(user, None)
    restricted = chat.member(user).status == "restricted"
    new = (
        replace(chat.members[user], rights={**chat.members[user].rights, "is_member": True})
        if restricted
        else Member(user, "member")
    )
    if link:
        link.used += 1
    change(world, chat, by, new, link, via_request)
    if chat.is_group:
        author = world.people.get(by) or world.bots.get(by)
        posting.post(world, chat, author, {"new_chat_members": [world.user(user)]}, service=True)


def leave(world: World, chat: Chat, user: int, by: int, status: str = "left", until: int = 0) -> None:
    """Somebody goes or is put out; who is banned has the status `kicked`."""
    inside = chat.member(user).inside
    change(world, chat, by, Member(user, status, until=until))
    if inside and chat.is_group:
        author = world.people.get(by) or world.bots.get(by)
        posting.post(world, chat, author, {"left_chat_member": world.user(user)}, service=True)


def user_member(world: World, chat: Chat, user: int) -> Member:
    """One's standing now: a ban or restriction whose time is over is over."""
    member = chat.member(user)
    if member.until and member.until <= world.now() and member.status in ("kicked", "restricted"):
        member = Member(user, "member" if member.status == "restricted" and member.inside else "left")
        chat.members[user] = member
    return member


def promote(world: World, chat: Chat, user: int, by: int, given: dict[str, bool], **more: Any) -> None:
    change(world, chat, by, Member(user, "administrator", given, promoted_by=by, **more))

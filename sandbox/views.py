"""The same world as each one sees it: a bot with its own file ids, the page with extras, a person without others' secrets."""

from typing import Any

from sandbox.chats import Chat, Json, Post
from sandbox.entities.render import render
from sandbox.payments import Invoice
from sandbox.world import World

MEDIA = frozenset(
    {
        "photo",
        "audio",
        "document",
        "video",
        "animation",
        "voice",
        "video_note",
        "sticker",
        "live_photo",
        "new_chat_photo",
        "paid_media",
        "poll",
        "game",
        "invoice",
        "rich_message",
        "reply_to_message",
        "pinned_message",
        "external_reply",
    }
)


def with_ids(world: World, value: Any, bot: int) -> Any:
    """A copy in which every file id is one that this bot may use; bot 0 is the page and gets addresses too."""
    if isinstance(value, list):
        return [with_ids(world, item, bot) for item in value]
    if not isinstance(value, dict):
        return value
    made = {key: with_ids(world, item, bot) if isinstance(item, dict | list) else item for key, item in value.items()}
    file = world.files.by_unique.get(value.get("file_unique_id", ""))
    if file:
        made["file_id"] = world.files.id_for(file, bot)
        if bot == 0:
            made["url"] = f"/file/page/{made['file_id']}"
    return made


def for_bot(world: World, body: Json, bot: int) -> Json:
    """A message as a bot gets it."""
    if MEDIA.isdisjoint(body):
        return body
    return {key: with_ids(world, item, bot) if key in MEDIA else item for key, item in body.items()}


def reactions(made: Post) -> list[Json]:
    """Reactions counted by emoji, most first."""
    by: dict[str, list[int]] = {}
    for who, given in made.reactions.items():
        for reaction in given:
            by.setdefault(reaction.get("emoji") or reaction.get("custom_emoji_id") or "⭐", []).append(who)
    return [
        {"emoji": emoji, "count": len(who), "by": who} for emoji, who in sorted(by.items(), key=lambda x: -len(x[1]))
    ]


def for_page(world: World, chat: Chat, made: Post) -> Json:
    """A message for the chat page, with what the platform's apps know beside the Bot API."""
    body = for_bot(world, made.body, 0)
    if chat.kind == "private":
        bot = world.bots[chat.bot]
        body = {
            **body,
            "chat": {"id": bot.id, "type": "private", "first_name": bot.first_name, "username": bot.username},
        }
    text = body.get("text", body.get("caption", ""))
    html = render(text, body.get("entities") or body.get("caption_entities") or []) if text else ""
    invoice, votes = made.business.get("invoice"), made.business.get("votes")
    return {
        **body,
        "sandbox": {
            **({"keyboard": made.business["keyboard"]} if "keyboard" in made.business else {}),
            **({"votes": votes} if votes else {}),
            **({"paid_by": sorted(invoice.paid_by)} if isinstance(invoice, Invoice) else {}),
            "ephemeral_for": made.receiver or None,
            "history": made.history,
            "reactions": reactions(made),
            "deleted": made.deleted,
            "views": len(made.viewers),
            "pressed": None,
            "service": made.service,
            **({"replaces": made.business["replaces"]} if "replaces" in made.business else {}),
            "html": html,
            "keyboard": made.business.get("keyboard"),
            "votes": {str(person): chosen for person, chosen in made.business.get("votes", {}).items()},
            "paid_by": sorted(made.business["invoice"].paid_by) if "invoice" in made.business else [],
        },
    }


def visible(chat: Chat, person: int) -> list[Post]:
    """The messages of a chat that a person sees, oldest first; what is for one person only is seen by that one."""
    posts = [p for p in chat.posts.values() if not p.deleted]
    whispers = [p for p in chat.whispers.values() if not p.deleted and p.receiver == person]
    if not whispers:
        return posts
    hidden = {p.business["replaces"] for p in whispers if "replaces" in p.business}
    return sorted(
        [*(p for p in posts if p.id not in hidden), *whispers], key=lambda p: (p.business.get("after", p.id), p.id == 0)
    )


def person_card(world: World, number: int) -> Json:
    who = world.people[number]
    ruled = [chat.id for chat in world.chats.values() if number in chat.members and chat.members[number].rules]
    return {
        "id": who.id,
        "name": who.name,
        "first_name": who.first_name,
        "last_name": who.last_name,
        "username": who.username,
        "language_code": who.language_code,
        "is_admin_in": ruled,
        "stars": who.stars,
    }


def chat_card(world: World, chat: Chat) -> Json:
    inside = [m for m in chat.members.values() if m.inside]
    return {
        "id": chat.id,
        "type": chat.kind,
        "title": chat.title,
        "username": chat.username,
        "is_forum": chat.forum,
        "topics": [{"id": t.id, "name": t.name, "closed": t.closed} for t in chat.topics.values()],
        "members": [m.user for m in inside if m.user in world.people],
        "admins": [m.user for m in inside if m.rules],
        "bots": [m.user for m in inside if m.user in world.bots],
        "pinned": chat.pinned,
        "migrated_to": chat.migrated_to or None,
        "requests": list(chat.requests),
    }


def private_card(world: World, chat: Chat) -> Json:
    bot = world.bots[chat.bot]
    return {
        "id": bot.id,
        "type": "private",
        "title": bot.first_name,
        "username": bot.username,
        "is_forum": False,
        "topics": [],
        "members": [chat.person],
        "admins": [],
        "bots": [bot.id],
        "pinned": chat.pinned,
        "migrated_to": None,
        "requests": [],
        "started": chat.started,
        "blocked": chat.blocked,
    }


def state(world: World) -> Json:
    return {
        "now": world.now(),
        "people": [person_card(world, number) for number in world.people],
        "bots": [{"id": b.id, "username": b.username, "name": b.first_name} for b in world.bots.values()],
        "chats": [chat_card(world, chat) for chat in world.chats.values() if not chat.migrated_to],
        "faults": [fault.api() for fault in world.faults.on],
        "limits": {
            "per_second": world.rates.limits.per_second,
            "per_chat_per_second": world.rates.limits.per_chat_per_second,
            "per_group_per_minute": world.rates.limits.per_group_per_minute,
        },
        "use": world.rates.use(world.now()),
        "seq": world.events.seq,
    }

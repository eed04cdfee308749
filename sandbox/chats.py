"""Chats and what is in them: members, topics, invite links, messages with their history."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.rights import Member, default_permissions

Json = dict[str, Any]
SUPERGROUP = -1_000_000_000_000  # a supergroup's id is this minus its number


@dataclass(slots=True)
class Post:
    """A message. `body` is the platform's Message and is never changed in place: an edit puts a new one there."""

    id: int
    body: Json
    author: int  # person or bot that wrote it; 0 for service messages
    by_bot: bool = False
    service: bool = False
    deleted: bool = False
    receiver: int = 0  # the one person who sees an ephemeral message
    history: list[Json] = field(default_factory=list)
    reactions: dict[int, list[Json]] = field(default_factory=dict)
    viewers: set[int] = field(default_factory=set)
    business: Json = field(
        default_factory=dict
    )  # what the sandbox must remember beside the body: invoice payload, poll id


@dataclass(slots=True)
class Topic:
    """A topic of a forum; its id is that of the message that made it, 1 being General."""

    id: int
    name: str
    color: int = 0x6FB9F0
    emoji: str | None = None
    closed: bool = False
    hidden: bool = False


@dataclass(slots=True)
class Link:
    """An invite link of a chat."""

    url: str
    creator: int
    name: str | None = None
    expires: int = 0
    limit: int = 0
    by_request: bool = False
    primary: bool = False
    revoked: bool = False
    period: int = 0
    price: int = 0
    used: int = 0


@dataclass(slots=True)
class Chat:
    """A private chat of one person with one bot, a group, a supergroup or a channel."""

    id: int
    kind: str
    title: str = ""
    username: str | None = None
    forum: bool = False
    person: int = 0  # of a private chat
    bot: int = 0  # of a private chat
    started: bool = False
    blocked: bool = False
    description: str = ""
    photo: Json | None = None
    members: dict[int, Member] = field(default_factory=dict)
    permissions: dict[str, bool] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    requests: dict[int, tuple[str, float]] = field(default_factory=dict)  # person: link and when
    posts: dict[int, Post] = field(default_factory=dict)
    whispers: dict[int, Post] = field(default_factory=dict)  # ephemeral messages by their own ids
    pinned: list[int] = field(default_factory=list)
    banned_channels: set[int] = field(default_factory=set)
    stickers: str | None = None
    migrated_to: int = 0
    dead: bool = False
    newest: int = 0
    last_whisper: int = 0
    read: dict[int, int] = field(default_factory=dict)  # person: newest message seen
    opened_until: float = 0.0  # a join request lets the bot write for five minutes
    _shown: Json | None = None

    def __post_init__(self) -> None:
        if self.kind != "private" and not self.permissions:
            self.permissions = default_permissions()

    @property
    def is_group(self) -> bool:
        return self.kind in ("group", "supergroup")

    def api(self) -> Json:
        """The Chat object of a group or channel, kept until `changed`."""
        if self._shown is None:
            shown: Json = {"id": self.id, "type": self.kind, "title": self.title}
            if self.username:
                shown["username"] = self.username
            if self.forum:
                shown["is_forum"] = True
            self._shown = shown
        return self._shown

    def changed(self) -> None:
        self._shown = None

    def show_private(self, shown: Json) -> None:
        self._shown = shown

    def member(self, user: int) -> Member:
        return self.members.get(user) or Member(user, "left")

    def post(self, message_id: int) -> Post | None:
        found = self.posts.get(message_id)
        return None if found is None or found.deleted else found

"""Who is there: people and bots, as the platform shows them to others."""

from dataclasses import dataclass, field
from typing import Any

NAMES = (
    "Li Wei",
    "Olga",
    "Ann",
    "Bao",
    "Chen",
    "Dora",
    "Emil",
    "Fang",
    "Gus",
    "Hana",
    "Ivan",
    "Jun",
    "Kim",
    "Lin",
    "Mei",
    "Nils",
    "Omar",
    "Pia",
    "Quan",
    "Rosa",
)
ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
CHANNEL = {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}


@dataclass(slots=True)
class Person:
    """A human user of the sandbox."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str = "en"
    stars: int = 100_000  # enough to pay with; nobody buys Stars here
    deactivated: bool = False
    photos: list[str] = field(default_factory=list)  # unique ids of profile photos, newest first

    def api(self) -> dict[str, Any]:
        shown: dict[str, Any] = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        if self.last_name:
            shown["last_name"] = self.last_name
        if self.username:
            shown["username"] = self.username
        shown["language_code"] = self.language_code
        return shown

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}" if self.last_name else self.first_name


@dataclass(slots=True)
class Bot:
    """A bot; made at the first call with its token. What it set for itself is kept by language, `""` being for all."""

    id: int
    secret: str
    first_name: str
    username: str
    reads_all: bool = False  # privacy mode is on for a new bot, as with a real one
    inline: bool = True
    stars: int = 0
    broadcast: int = 0  # messages sent above the free rate; each cost a tenth of a Star
    commands: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    menus: dict[int, dict[str, Any]] = field(default_factory=dict)
    photos: list[str] = field(default_factory=list)
    default_rights: dict[bool, dict[str, Any]] = field(default_factory=dict)
    _shown: dict[str, Any] | None = None

    def api(self) -> dict[str, Any]:
        if self._shown is None or self._shown["first_name"] != self.first_name:
            self._shown = {"id": self.id, "is_bot": True, "first_name": self.first_name, "username": self.username}
        return self._shown

    @property
    def tenths(self) -> int:
        """What the bot has, in tenths of a Star."""
        return self.stars * 10 - self.broadcast

    def me(self) -> dict[str, Any]:
        return {
            **self.api(),
            "can_join_groups": True,
            "can_read_all_group_messages": self.reads_all,
            "supports_guest_queries": False,
            "supports_inline_queries": self.inline,
            "can_connect_to_business": False,
            "has_main_web_app": False,
            "has_topics_enabled": False,
            "allows_users_to_create_topics": False,
            "can_manage_bots": False,
            "supports_join_request_queries": False,
        }


def first_people() -> list[Person]:
    """The twenty people of a new sandbox; from 1011 on every odd id reads Chinese."""
    made = []
    for number, name in enumerate(NAMES, 1001):
        first, _, last = name.partition(" ")
        chinese = number >= 1011 and number % 2 == 1
        username = name.lower().replace(" ", "_") + "_" + str(number)
        made.append(Person(number, first, last or None, username, "zh-hans" if chinese else "en"))
    return made

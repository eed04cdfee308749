"""One call of one bot: its checked parameters and what methods need most; and the table of all methods there are."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sandbox.chats import Chat, Json, Post
from sandbox.entities import formatted
from sandbox.entities.units import Entity, units
from sandbox.errors import bad_request
from sandbox.files import Upload
from sandbox.people import Bot
from sandbox.world import World

Handler = Callable[["Call"], Any]
METHODS: dict[str, tuple[str, Handler]] = {}
Named = TypeVar("Named", bound=Handler)


@dataclass(slots=True)
class Call:
    """A call on its way through a method."""

    world: World
    bot: Bot
    method: str
    args: Json
    uploads: dict[str, Upload] = field(default_factory=dict)

    def get(self, name: str, default: Any = None) -> Any:
        return self.args.get(name, default)

    def chat(self, name: str = "chat_id") -> Chat:
        """The chat the call is about; the bot must be able to write there."""
        return self.world.writable(self.bot, self.args[name])

    def post(self, chat: Chat, words: str, name: str = "message_id") -> Post:
        """A message of the chat by its number, or `words` as the refusal."""
        found = chat.post(self.args[name])
        if found is None:
            raise bad_request(words)
        return found

    def person(self, name: str = "user_id") -> int:
        number: int = self.args[name]
        if number not in self.world.people and number not in self.world.bots:
            raise bad_request("user not found" if number > 0 else "invalid user_id specified")
        return number

    def text(
        self, name: str, limit: int, too_long: str, mode: str = "parse_mode", entities: str = "entities"
    ) -> tuple[str, list[Entity]]:
        """A text parameter with its entities, held against its limit after parsing."""
        text, found = formatted(
            self.args.get(name) or "", self.args.get(mode), self.args.get(entities), self.world.user
        )
        if len(text) * 2 > limit and units(text) > limit:
            raise bad_request(too_long)
        return text, found

    def right(self, chat: Chat, right: str, words: str) -> None:
        """The bot must rule the chat and hold a right."""
        if not chat.member(self.bot.id).may(right):
            raise bad_request(words)

    def spend(self, chat: Chat, count: int = 1) -> None:
        """Books messages against the rates; above the free ones they cost Stars where the bot says so."""
        world = self.world
        if not world.rates.limits.off:
            purse = self.bot.tenths if self.args.get("allow_paid_broadcast") else 0
            self.bot.broadcast += world.rates.spend(self.bot.id, chat.id, chat.is_group, count, world.now(), purse)


def method(*names: str) -> Callable[[Named], Named]:
    """Registers a function as one or more methods of the Bot API."""

    def register(handler: Named) -> Named:
        for name in names:
            METHODS[name.lower()] = (name, handler)
        return handler

    return register

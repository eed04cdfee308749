"""What people's side is asked to do, read from JSON with plain words for what is missing; and the table of all acts."""

from collections.abc import Callable
from typing import Any, TypeVar

from sandbox.chats import Chat
from sandbox.errors import bad_request
from sandbox.people import Bot, Person
from sandbox.scalars import WrongError, floating
from sandbox.world import World


class Ask:
    """The body of a request of the people's side."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.body = body

    def integer(self, name: str, default: int | None = None) -> int:
        value = self.body.get(name)
        if value is None and default is not None:
            return default
        if isinstance(value, str) and value.lstrip("-").isdigit() and len(value) < 19:
            value = int(value)
        if type(value) is not int:
            raise bad_request(f"{name} must be a whole number")
        return value

    def address(self, name: str = "chat_id") -> int | str:
        """A chat by its number or its @username."""
        value = self.body.get(name)
        return value if isinstance(value, str) and value.startswith("@") else self.integer(name)

    def text(self, name: str, default: str | None = None) -> str:
        value = self.body.get(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, str):
            raise bad_request(f"{name} must be a text")
        return value.encode("utf-8", "replace").decode()

    def number(self, name: str, default: float) -> float:
        value = self.body.get(name)
        try:
            number = default if value is None else floating(value)
        except WrongError:
            raise bad_request(f"{name} must be a number") from None
        return float(number)

    def flag(self, name: str, default: bool = False) -> bool:
        return bool(self.body.get(name, default))

    def integers(self, name: str) -> list[int]:
        value = self.body.get(name) or []
        if not isinstance(value, list) or not all(type(item) is int for item in value):
            raise bad_request(f"{name} must be a list of whole numbers")
        return list(value)


Act = Callable[[World, Ask], Any]
Named = TypeVar("Named", bound=Act)
ACTS: dict[str, Act] = {}


def act(name: str, verb: str = "POST") -> Callable[[Named], Named]:
    """Registers a function under `POST /name`."""

    def register(done: Named) -> Named:
        ACTS[f"{verb} {name}"] = done
        return done

    return register


def person_of(world: World, ask: Ask, name: str = "person_id") -> Person:
    found = world.people.get(ask.integer(name))
    if found is None:
        raise bad_request(f"{name}: there is no such person")
    return found


def bot_of(world: World, ask: Ask) -> Bot:
    """The bot meant; the only one there is, where none is named."""
    number = ask.integer("bot_id", 0)
    if number:
        found = world.bots.get(number)
        if found is None:
            raise bad_request("bot_id: there is no such bot")
        return found
    if len(world.bots) == 1:
        return next(iter(world.bots.values()))
    raise bad_request("no bot has called yet" if not world.bots else "bot_id is needed: there are several bots")


def chat_asked(world: World, ask: Ask, person: int) -> Chat:
    """The chat that a body's chat_id names."""
    return chat_of(world, ask.address(), person)


def chat_of(world: World, address: int | str, person: int) -> Chat:
    """A chat as people name it: a group by its id or @username, a private chat by the bot's or, as the bot does, by one's own."""
    chat_id = world.resolve(address)
    if chat_id in world.bots:
        if person not in world.people:
            raise bad_request("person_id: there is no such person")
        return world.private_chat(chat_id, person)
    if chat_id in world.people and person in (0, chat_id):
        return own_chat(world, chat_id)
    found = world.chats.get(chat_id)
    while found is not None and found.migrated_to:
        found = world.chats.get(found.migrated_to)
    if found is None:
        raise bad_request("chat not found")
    return found


def own_chat(world: World, person: int) -> Chat:
    """A person's private chat with the only bot there is; among several, the one in which something was said last."""
    if len(world.bots) == 1:
        return world.private_chat(next(iter(world.bots)), person)
    spoken = [chat for (_, who), chat in world.private.items() if who == person and chat.posts]
    if not spoken:
        raise bad_request("chat not found")
    return max(spoken, key=lambda chat: next(reversed(chat.posts.values())).body["date"])

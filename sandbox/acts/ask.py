"""What people's side is asked to do, read from JSON with plain words for what is missing; and the table of all acts."""

from collections.abc import Callable
from typing import Any, TypeVar

from sandbox.chats import Chat
from sandbox.errors import bad_request
from sandbox.people import Bot, Person
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

    def text(self, name: str, default: str | None = None) -> str:
        value = self.body.get(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, str):
            raise bad_request(f"{name} must be a text")
        return value.encode("utf-8", "replace").decode()

    def number(self, name: str, default: float) -> float:
        value = self.body.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise bad_request(f"{name} must be a number")
        return float(value)

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


def chat_of(world: World, chat_id: int, person: int) -> Chat:
    """A chat as people name it: a group by its id, a private chat by the bot's."""
    if chat_id in world.bots:
        if person not in world.people:
            raise bad_request("person_id: there is no such person")
        return world.private_chat(chat_id, person)
    found = world.chats.get(chat_id)
    while found is not None and found.migrated_to:
        found = world.chats.get(found.migrated_to)
    if found is None:
        raise bad_request("chat not found")
    return found

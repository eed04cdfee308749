"""Keeps a world in a file between runs, as JSON: `--state FILE`.

Only values and the dataclasses listed here are written, each object once and by number after that, so that what is shared
stays shared. Nothing in the file is ever executed. The file is written anew beside the old one and then put in its place, so
a crash leaves the old or the new one whole.
"""

import asyncio
import base64
import json
from collections import deque
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

from sandbox import polls
from sandbox.chats import Chat, Link, Post, Topic
from sandbox.errors import bad_request
from sandbox.files import File
from sandbox.payments import Books, Invoice, Payment
from sandbox.people import Bot, Person
from sandbox.rights import Member
from sandbox.updates import Hook, Queue, Update
from sandbox.world import World

KINDS = {
    kind.__name__: kind for kind in (Chat, Link, Post, Topic, File, Invoice, Payment, Bot, Person, Member, Hook, Update)
}
PARTS = ("people", "bots", "chats", "private", "usernames", "polls")
GROUPS: dict[str, Any] = {"t": tuple, "s": set, "q": deque}
BEAT = 2.0  # seconds between looks whether anything happened


class Writer:
    """Turns objects into JSON values."""

    def __init__(self) -> None:
        self.seen: dict[int, int] = {}

    def value(self, item: Any) -> Any:
        if item is None or isinstance(item, str | int | float | bool):
            return item
        if isinstance(item, list):
            return [self.value(one) for one in item]
        if isinstance(item, bytes):
            return {"b": base64.b64encode(item).decode()}
        if isinstance(item, dict):
            return {"d": [[self.value(key), self.value(one)] for key, one in item.items()]}
        if isinstance(item, tuple | set | frozenset | deque):
            kind = {"tuple": "t", "deque": "q"}.get(type(item).__name__, "s")
            return {kind: [self.value(one) for one in item]}
        return self.thing(item)

    def thing(self, item: Any) -> Any:
        if id(item) in self.seen:
            return {"#": self.seen[id(item)]}
        if type(item).__name__ not in KINDS:
            raise TypeError(f"{type(item).__name__} is not kept")
        number = self.seen[id(item)] = len(self.seen)
        return {
            "!": type(item).__name__,
            "n": number,
            "f": {f.name: self.value(getattr(item, f.name)) for f in fields(item)},
        }


class Reader:
    """Turns them back."""

    def __init__(self) -> None:
        self.made: dict[int, Any] = {}

    def value(self, item: Any) -> Any:
        if isinstance(item, list):
            return [self.value(one) for one in item]
        if not isinstance(item, dict):
            return item
        if "!" in item:
            return self.thing(item)
        ((kind, held),) = item.items()
        if kind == "d":
            return {self.value(key): self.value(one) for key, one in held}
        if kind in GROUPS:
            return GROUPS[kind](self.value(one) for one in held)
        return self.made[held] if kind == "#" else base64.b64decode(held)

    def thing(self, item: dict[str, Any]) -> Any:
        kind = KINDS[item["!"]]
        made = self.made[item["n"]] = kind.__new__(kind)
        for name, held in item["f"].items():
            setattr(made, name, self.value(held))
        return made


def dump(world: World) -> str:
    writer = Writer()
    books: Books = world.kept.get("books") or Books()
    whole: dict[str, Any] = {name: getattr(world, name) for name in PARTS}
    whole["files"] = world.files.by_unique
    whole["queues"] = {bot: (q.waiting, q.allowed, q.hook, q.next_id, q.newest) for bot, q in world.queues.items()}
    whole["kept"] = {name: held for name, held in world.kept.items() if name != "books"}
    whole["books"] = (books.payments, books.links)
    whole["ahead"] = world.clock.ahead
    return json.dumps(writer.value(whole), ensure_ascii=False, separators=(",", ":"))


def load(world: World, text: str) -> None:
    """Puts a kept world in place of the first one; polls that were open close at their time."""
    whole = Reader().value(json.loads(text))
    for name in PARTS:
        setattr(world, name, whole[name])
    world.files.by_unique = whole["files"]
    world.files.size = sum(len(file.content) for file in world.files.by_unique.values())
    world.kept = whole["kept"]
    books = world.kept["books"] = Books()
    books.payments, books.links = whole["books"]
    world.clock.ahead = whole["ahead"]
    for bot, (waiting, allowed, hook, next_id, newest) in whole["queues"].items():
        made: Queue = world.new_queue(bot)
        made.waiting, made.allowed, made.hook, made.next_id, made.newest = (
            waiting,
            frozenset(allowed),
            hook,
            next_id,
            newest,
        )
    for poll_id in world.polls:
        polls.close_in_time(world, poll_id)


class Keeper:
    """Writes the world to its file whenever something happened."""

    def __init__(self, world: World, file: Path) -> None:
        self.world = world
        self.file = file
        self.saved = 0

    def restore(self) -> None:
        if not self.file.exists():
            return
        try:
            load(self.world, self.file.read_text("utf-8"))
        except (ValueError, KeyError, TypeError, AttributeError, OSError):
            raise bad_request(f"{self.file} is not a state of this sandbox") from None

    def save(self) -> None:
        if self.saved == self.world.events.seq and self.file.exists():
            return
        self.saved = self.world.events.seq
        fresh = self.file.with_name(self.file.name + ".new")
        fresh.write_text(dump(self.world), "utf-8")
        fresh.replace(self.file)

    async def run(self) -> None:
        try:
            while not self.world.closing.is_set():
                self.save()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.world.closing.wait(), BEAT)
        finally:
            self.save()

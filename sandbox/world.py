"""Everything the sandbox holds: people, bots, chats, files, and what runs beside them; and how to find each of it."""

import asyncio
import hashlib
import random
import re
from collections import deque
from collections.abc import Callable
from typing import Any

from sandbox.chats import Chat, Topic
from sandbox.clock import Clock
from sandbox.errors import bad_request, forbidden, not_found, unauthorized
from sandbox.events import Events
from sandbox.faults import Faults
from sandbox.files import Files
from sandbox.people import Bot, Person, first_people
from sandbox.queries import Queries
from sandbox.rates import Limits, Rates
from sandbox.rights import Member, all_rights
from sandbox.updates import Queue, Update

TOKEN = re.compile(r"(\d{1,16}):([A-Za-z0-9_-]{1,128})\Z")
CALLS = 100_000  # kept records of calls
OWNER = 1001


class World:
    """The state of one sandbox. All of it lives on one event loop, so nothing here locks."""

    def __init__(self, seed: int = 0, clock: Clock | None = None, limits: Limits | None = None) -> None:
        self.clock = clock or Clock()
        self.chance = random.Random(seed)  # noqa: S311  (reproducible on purpose)
        self.events = Events(self.clock.now)
        self.files = Files()
        self.faults = Faults()
        self.rates = Rates(limits or Limits())
        self.queries = Queries(self.clock.now)
        self.people: dict[int, Person] = {person.id: person for person in first_people()}
        self.bots: dict[int, Bot] = {}
        self.queues: dict[int, Queue] = {}
        self.chats: dict[int, Chat] = {}
        self.private: dict[tuple[int, int], Chat] = {}
        self.usernames: dict[str, int] = {p.username.lower(): p.id for p in self.people.values() if p.username}
        self.calls: deque[tuple[Any, ...]] = deque(maxlen=CALLS)
        self.polls: dict[str, tuple[Chat, int]] = {}
        self.kept: dict[str, Any] = {}  # odds and ends of single methods: sticker sets, scores, prepared results
        self.on_bot: list[Callable[[Bot], None]] = []
        self.closing = asyncio.Event()
        self._first_chats()

    def now(self) -> float:
        return self.clock.now()

    def stamp(self) -> int:
        return int(self.clock.now())

    def code(self, length: int = 16) -> str:
        """A fresh unguessable-looking word; the same for the same seed and course of events."""
        return hashlib.sha256(self.chance.randbytes(16)).hexdigest()[:length]

    def _first_chats(self) -> None:
        office = self.add_chat(Chat(-1001000000001, "supergroup", "Office 3F"), range(1001, 1013))
        office.description = "Twelve people on one floor"
        forum = self.add_chat(Chat(-1001000000002, "supergroup", "Parents' forum", forum=True), range(1001, 1021))
        forum.newest = 2
        forum.topics[1] = Topic(1, "General")
        forum.topics[2] = Topic(2, "Deals")
        self.add_chat(Chat(-1001000000003, "channel", "Sandbox channel", username="sandbox_channel"), range(1001, 1021))
        self.add_chat(Chat(-2000000001, "group", "Stairwell B"), range(1001, 1007))

    def add_chat(self, chat: Chat, members: range | list[int], owner: int = OWNER) -> Chat:
        self.chats[chat.id] = chat
        if chat.username:
            self.usernames[chat.username.lower()] = chat.id
        for user in members:
            chat.members[user] = Member(user, "creator" if user == owner else "member")
        return chat

    def new_chat_id(self, kind: str) -> int:
        base = -2000000001 if kind == "group" else -1001000000003
        return min([base, *(c for c in self.chats if (c > -(10**12)) == (kind == "group"))]) - 1

    def bot_of(self, token: str) -> Bot:
        """The bot of a token; a well-formed token nobody used yet makes one."""
        found = TOKEN.match(token)
        if not found:
            raise not_found()
        number, secret = int(found[1]), found[2]
        bot = self.bots.get(number)
        if bot is None:
            if number == 0 or number in self.people or number >= 2**52:
                raise unauthorized()
            bot = self._new_bot(number, secret)
        elif bot.secret != secret:
            raise unauthorized()
        return bot

    def _new_bot(self, number: int, secret: str) -> Bot:
        bot = Bot(number, secret, "Tuan" if not self.bots else f"Bot {number}", f"sandbox_{number}_bot")
        self.bots[number] = bot
        self.new_queue(number)
        self.usernames[bot.username.lower()] = number
        for chat_id in (-1001000000001, -1001000000002, -1001000000003, -2000000001):
            chat = self.chats.get(chat_id)
            if chat and not chat.migrated_to:
                chat.members[number] = Member(number, "administrator", all_rights(chat.kind), promoted_by=OWNER)
        if OWNER in self.people:
            self.private_chat(number, OWNER).started = True
        for told in self.on_bot:
            told(bot)
        return bot

    def new_queue(self, bot: int) -> Queue:
        made = self.queues[bot] = Queue(self.clock.now, self.faults, lambda update: self._heard(bot, update))
        return made

    def _heard(self, bot: int, update: Update) -> None:
        self.events.add("update", 0, {"bot_id": bot, "update_id": update.id, "kind": update.kind})

    def private_chat(self, bot: int, person: int) -> Chat:
        """The private chat of a bot and a person; it is there, if unstarted, for everyone."""
        chat = self.private.get((bot, person))
        if chat is None:
            who = self.people[person]
            chat = self.private[(bot, person)] = Chat(person, "private", person=person, bot=bot)
            shown: dict[str, Any] = {"id": person, "type": "private", "first_name": who.first_name}
            if who.last_name:
                shown["last_name"] = who.last_name
            if who.username:
                shown["username"] = who.username
            chat.show_private(shown)
        return chat

    def user(self, number: int) -> dict[str, Any] | None:
        """A User object of a person or bot."""
        who: Person | Bot | None = self.people.get(number) or self.bots.get(number)
        return who.api() if who else None

    def resolve(self, address: int | str) -> int:
        """A chat id from what a call passes: a number or @username."""
        if isinstance(address, int):
            return address
        if address.startswith("@"):
            found = self.usernames.get(address[1:].lower())
            if found is not None:
                return found
        raise bad_request("chat not found" if address else "chat_id is empty")

    def chat_for(self, bot: Bot, address: int | str) -> Chat:
        """The chat a bot means, if it knows it; nothing is said yet about whether it may write there."""
        number = address if type(address) is int else self.resolve(address)
        if number > 0:
            if number not in self.people:
                raise (
                    forbidden("bot can't send messages to bots")
                    if number in self.bots
                    else bad_request("chat not found")
                )
            return self.private_chat(bot.id, number)
        chat = self.chats.get(number)
        if chat is None or (bot.id not in chat.members and not chat.username):
            raise bad_request("chat not found")
        if chat.migrated_to:
            raise bad_request("group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.migrated_to)
        return chat

    def writable(self, bot: Bot, address: int | str) -> Chat:
        """The chat a bot means, if it may write there at all; raises 403 with the platform's reason."""
        chat = self.chat_for(bot, address)
        if chat.kind == "private":
            self.check_private(chat)
            return chat
        self.check_inside(bot, chat)
        return chat

    def check_private(self, chat: Chat) -> None:
        if self.people[chat.person].deactivated:
            raise forbidden("user is deactivated")
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        if not chat.started and chat.opened_until < self.now():
            raise forbidden("bot can't initiate conversation with a user")

    def check_inside(self, bot: Bot, chat: Chat) -> None:
        name = f"{chat.kind} chat"
        if chat.dead:
            raise forbidden("the group chat was deleted")
        member = chat.member(bot.id)
        if member.status == "kicked":
            raise forbidden(f"bot was kicked from the {name}")
        if not member.inside:
            raise forbidden(f"bot is not a member of the {name}")

"""The scene of one update: who did something, in which circle, in which language, and the one write it may make.

Invariants: whoever writes is remembered, and is a member of the circle they act in, within the same write; what is kept
in memory is kept after the commit.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Concatenate, ParamSpec, TypeVar

from aiogram.exceptions import TelegramAPIError
from aiogram.fsm.context import FSMContext
from sqlalchemy.orm import Session

from bot.core.buttons import Button, Buttons
from bot.core.config.sections import Attention
from bot.core.i18n import language_of
from bot.core.words import Words
from handlers.memory import Known, Memory, Place, Sender
from handlers.ports import Campaigns, Unit
from models import circles, people
from models.errors import DomainError
from models.people import Person

P = ParamSpec("P")
T = TypeVar("T")

WITHIN = frozenset({"creator", "administrator", "member"})  # Telegram's statuses; "restricted" says it by is_member


@dataclass(frozen=True, slots=True)
class Who:
    """Who acts, where and when: the first thing every work is told."""

    person_id: int
    circle_id: int | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Reloaded:
    """What became of taking bot.toml over: its mistakes, or the settings that wait for the next start."""

    mistakes: Sequence[str] = ()
    restart: Sequence[str] = ()


@dataclass
class Desk:
    """What handlers share over the life of the process; /reload may change the language and the operators."""

    buttons: Buttons
    memory: Memory
    bot_id: int
    bot_username: str
    language: str  # the bot's own, where nothing else is known
    operators: frozenset[int]  # Telegram ids
    reload: Callable[[int], Awaitable[Reloaded]]  # for an operator: takes bot.toml over, or says what is wrong with it
    attention: Attention  # of bot.toml: quotas, and the quiet hours of whoever chose none
    campaigns: Campaigns


@dataclass
class Scene:
    """One update as handlers see it. `place` is None outside circles, `sender` where nobody in particular acts."""

    desk: Desk
    unit: Unit
    sender: Sender | None
    person: Known | None
    place: Place | None
    private: bool
    public: bool = False  # a group that anybody can look into
    speaks: bool = False  # a message of theirs stands in the chat, so they are in it
    state: FSMContext | None = None  # the conversation this person is in here

    @property
    def now(self) -> datetime:
        return self.unit.now

    @cached_property
    def words(self) -> Words:
        """In the language this person reads here, in the currency and the zone of the place."""
        words = Words(language_of(self.person or self.sender, self.place, self.desk.language), now=self.now)
        return words.here(currency=self.place.currency if self.place else None, zone=self.zone)

    @property
    def operates(self) -> bool:
        """Whether bot.toml names the sender as an operator."""
        return self.sender is not None and self.sender.telegram_id in self.desk.operators

    @property
    def zone(self) -> str | None:
        """The person's own, else the circle's (which falls back to its shop's)."""
        if self.person is not None and self.person.timezone:
            return self.person.timezone
        return self.place.timezone if self.place else None

    def button(self, label: str, op: str, subject: int, arg: str | int | None = None, **values: object) -> Button:
        """A button whose label is a block of the templates."""
        return self.desk.buttons.button(self.words.say(label, **values), op, subject, arg)

    async def write(self, work: Callable[Concatenate[Session, Who, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs the work as this person; remembers them and their membership if that is news. Raises what the work raised.

        Whoever speaks in a chat is in it. Of whoever taps and is not known as a member Telegram is asked, and only then.
        """
        if self.sender is None:
            raise DomainError("nobody_acts")
        if self.speaks:
            return await self._write(not self._is_member(), work, *args, **kwargs)
        try:
            return await self._write(False, work, *args, **kwargs)
        except DomainError as refused:
            if refused.code != "not_a_member" or self.place is None:
                raise
        await self._must_be_inside()
        return await self._write(True, work, *args, **kwargs)

    async def _write(
        self, joins: bool, work: Callable[Concatenate[Session, Who, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        def acted(session: Session) -> tuple[Known, T]:
            known = self._introduced(session)
            who = self._who(session, known.id, joins)
            return known, work(session, who, *args, **kwargs)

        known, result = await self.unit.write(acted)
        self._keep(known)
        return result

    async def spoke(self) -> None:
        """Whoever speaks in a circle is a member of it; written once, then known."""
        if self.sender is None or self.place is None or not self.place.approved or self._is_member():
            return
        if self.person is not None and await self.unit.read(circles.is_member, self.place.id, self.person.id):
            self.desk.memory.members.put((self.place.id, self.person.id), True, self.now)
        else:
            await self.write(_nothing_more)

    async def look_up(self) -> None:
        """Learns who the sender is, where a tap did not need to know (`middleware.set_scene`)."""
        if self.person is None and self.sender is not None:
            self._is(await self.unit.read(known_as, self.sender))

    def _is(self, person: Known | None) -> None:
        self.person = person
        self.__dict__.pop("words", None)  # they may have chosen a language

    def _who(self, session: Session, person_id: int, joins: bool) -> Who:
        if self.place is None:
            return Who(person_id, None, self.now)
        if joins:
            circles.join(session, self.place.id, person_id, self.now)
        return Who(person_id, self.place.id, self.now)

    def _introduced(self, session: Session) -> Known:
        """The sender's row, brought up to date if it does not say what Telegram says."""
        sender = self.sender
        assert sender is not None
        if self.person is not None and self.person.sender == sender:
            return self.person
        met = people.meet(session, sender.telegram_id, sender.name, sender.username, sender.language, self.now)
        return Known(met.id, sender, met.chosen_language, met.reachable, met.timezone)

    def _is_member(self) -> bool:
        place, person = self.place, self.person
        return bool(place and person and self.desk.memory.members.get((place.id, person.id), self.now))

    async def _must_be_inside(self) -> None:
        """Raises not_a_member for one who only looks on."""
        assert self.place is not None
        assert self.sender is not None
        try:
            member = await self.unit.lookups.member(self.place.chat_id, self.sender.telegram_id)
        except TelegramAPIError as error:
            if self.public:
                raise DomainError("not_a_member") from error
            return  # only an admin bot is told for certain; Telegram lets nobody else near a private group's buttons
        if member.status not in WITHIN and not getattr(member, "is_member", False):
            raise DomainError("not_a_member")

    def _keep(self, known: Known) -> None:
        memory = self.desk.memory
        if known is not self.person:
            self._is(known)
            memory.people.put(known.sender.telegram_id, known, self.now)
        if self.place is not None:
            memory.members.put((self.place.id, known.id), True, self.now)

    def forget_person(self) -> None:
        """After a write that changed what is remembered of the sender."""
        if self.sender is not None:
            self.desk.memory.people.drop(self.sender.telegram_id)


def _nothing_more(session: Session, who: Who) -> None:
    """The work of whoever only spoke."""


def known_as(session: Session, sender: Sender) -> Known | None:
    """The sender as we have them, if we ever met."""
    person = people.by_telegram_id(session, sender.telegram_id)
    return None if person is None else known(person)


def known(person: Person) -> Known:
    """A row of people as handlers keep it in mind."""
    assert person.id is not None
    assert person.telegram_id is not None
    sender = Sender(person.telegram_id, person.name, person.username, person.language)
    reachable = person.started_at is not None and person.unreachable_at is None
    return Known(person.id, sender, person.chosen_language, reachable, person.timezone)

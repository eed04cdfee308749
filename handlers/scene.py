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
from bot.core.i18n import language_of
from bot.core.words import Words
from handlers.memory import Known, Memory, Place, Sender
from handlers.ports import Unit
from models import circles, people
from models.errors import DomainError

P = ParamSpec("P")
T = TypeVar("T")

WITHIN = frozenset({"creator", "administrator", "member"})  # Telegram's statuses; "restricted" says it by is_member


@dataclass(frozen=True, slots=True)
class Who:
    """Who acts, where and when: the first thing every work is told."""

    person_id: int
    circle_id: int | None
    now: datetime


@dataclass(frozen=True)
class Desk:
    """What handlers share over the life of the process."""

    buttons: Buttons
    memory: Memory
    bot_id: int
    bot_username: str
    language: str  # the bot's own, where nothing else is known
    operators: frozenset[int]  # Telegram ids
    reload: Callable[[], Awaitable[Sequence[str]]]  # takes bot.toml over, or says what is wrong with it


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
    def zone(self) -> str | None:
        """The person's own, else the circle's (which falls back to its shop's)."""
        if self.person is not None and self.person.timezone:
            return self.person.timezone
        return self.place.timezone if self.place else None

    def button(self, label: str, op: str, subject: int, arg: str | int | None = None, **values: object) -> Button:
        """A button whose label is a block of the templates."""
        return self.desk.buttons.button(self.words.say(label, **values), op, subject, arg)

    async def write(self, work: Callable[Concatenate[Session, Who, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs the work as this person; remembers them and their membership if that is news. Raises what the work raised."""
        if self.sender is None:
            raise DomainError("nobody_acts")
        joins = self.place is not None and not self._is_member()
        if joins and self.public:
            await self._must_be_inside()

        def acted(session: Session) -> tuple[int, T]:
            who = self._who(session, joins)
            return who.person_id, work(session, who, *args, **kwargs)

        person_id, result = await self.unit.write(acted)
        self._keep(person_id)
        return result

    def _who(self, session: Session, joins: bool) -> Who:
        person_id = self.known_id or self._remember(session)
        if self.place is None:
            return Who(person_id, None, self.now)
        if joins:
            circles.join(session, self.place.id, person_id, self.now)
        return Who(person_id, self.place.id, self.now)

    @property
    def known_id(self) -> int | None:
        """The row of the sender, if it still says what Telegram says."""
        return self.person.id if self.person is not None and self.person.sender == self.sender else None

    def _remember(self, session: Session) -> int:
        sender = self.sender
        assert sender is not None
        return people.remember(session, sender.telegram_id, sender.name, sender.username, sender.language, self.now)

    def _is_member(self) -> bool:
        place, person = self.place, self.person
        return bool(place and person and self.desk.memory.members.get((place.id, person.id), self.now))

    async def _must_be_inside(self) -> None:
        """In a public group people who only look on can tap; in a private one Telegram lets nobody else near its buttons."""
        assert self.place is not None
        assert self.sender is not None
        try:
            member = await self.unit.lookups.member(self.place.chat_id, self.sender.telegram_id)
        except TelegramAPIError as error:
            raise DomainError("not_a_member") from error
        if member.status not in WITHIN and not getattr(member, "is_member", False):
            raise DomainError("not_a_member")

    def _keep(self, person_id: int) -> None:
        memory, sender = self.desk.memory, self.sender
        assert sender is not None
        if self.known_id is None:
            before = self.person
            chosen, started, zone = (before.chosen_language, before.started, before.timezone) if before else (None, False, None)
            self.person = Known(person_id, sender, chosen, started, zone)
            memory.people.put(sender.telegram_id, self.person, self.now)
        if self.place is not None:
            memory.members.put((self.place.id, person_id), True, self.now)

    def forget_person(self) -> None:
        """After a write that changed what is remembered of the sender."""
        if self.sender is not None:
            self.desk.memory.people.drop(self.sender.telegram_id)

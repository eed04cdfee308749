"""Taps: one table from a button's op to what it does. Telegram delivers whatever a client sends, so nothing is believed.

Invariants: data without our tag reaches no handler; a circle's button counts only on the message it belongs to; a
private button only in its member's own private chat.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum, auto

from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery

from bot.core.buttons import Pressed
from handlers.scene import Scene
from models.errors import DomainError


class At(Enum):
    """Where a button lives."""

    CIRCLE = auto()  # a message in a group chat: a card, or a question only its author sees
    PRIVATE = auto()
    ANYWHERE = auto()


@dataclass(frozen=True, slots=True)
class Tap:
    """A tap with our own tag. `id` is the row it speaks of, `message_id` the message it stands under."""

    query_id: str
    op: str
    id: int
    arg: str | None
    message_id: int

    @property
    def number(self) -> int:
        """The argument where it counts something. Raises DomainError("old_button") for one that is no number."""
        if self.arg is None or not self.arg.isdecimal():
            raise DomainError("old_button")
        return int(self.arg)

    def answer(self, text: str | None = None, *, alert: bool = False, url: str | None = None) -> AnswerCallbackQuery:
        """What the person who tapped sees at once; Telegram takes 200 characters."""
        return AnswerCallbackQuery(callback_query_id=self.query_id, text=text, show_alert=alert or None, url=url)


Answer = AnswerCallbackQuery | None
Handler = Callable[[Tap, Scene], Awaitable[Answer]]


class Taps:
    """The table. Registered with aiogram as the one handler of callback queries."""

    def __init__(self) -> None:
        self._table: dict[str, tuple[At, Handler]] = {}

    def on(self, *ops: str, at: At) -> Callable[[Handler], Handler]:
        """Names the ops a handler answers."""

        def register(handler: Handler) -> Handler:
            for op in ops:
                if op in self._table:
                    raise ValueError(f"two handlers for {op!r}")
                self._table[op] = (at, handler)
            return handler

        return register

    @property
    def ops(self) -> frozenset[str]:
        return frozenset(self._table)

    async def handle(self, query: CallbackQuery, scene: Scene) -> Answer:
        """Answers one tap. Raises DomainError("old_button") for what no button of ours ever said there."""
        pressed = scene.desk.buttons.parse(query.data or "")
        if pressed is None or query.message is None:
            raise DomainError("old_button")
        at, handler = self._table.get(pressed.op, (None, None))
        if handler is None or not _lives(at, scene):
            raise DomainError("old_button")
        return await handler(_tap(query, pressed, query.message.message_id), scene)


def _lives(at: At | None, scene: Scene) -> bool:
    if at is At.PRIVATE:
        return scene.private
    return at is At.ANYWHERE or scene.place is not None


def _tap(query: CallbackQuery, pressed: Pressed, message_id: int) -> Tap:
    return Tap(query.id, pressed.op, pressed.id, pressed.arg, message_id)


taps = Taps()

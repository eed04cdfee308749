"""When a message may leave: the platform's rates, in one place.

Invariants: never more than `per_second` sends in any second over all chats, `per_chat` in any second to one chat,
`per_group` in any minute to one group; an edit counts as a send; a chat that was told to wait stops alone.
Source: telegram.md, "Rates". Windows are a little longer than the platform's, since sends may arrive closer together
than they left.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_SECOND = 1.02
_CHAT_SECOND = 1.05
_MINUTE = 60.5
_REACTIONS = 5  # a second and circle: they are no messages, yet a bot that hammers is told to wait


@dataclass(frozen=True, slots=True)
class Rates:
    """From bot.toml, [rates]. `card_gap`: seconds between two edits of one card while few follow each other."""

    per_second: int = 30
    per_chat_per_second: int = 1
    per_group_per_minute: int = 20
    card_gap: float = 3.0


class Window:
    """At most `most` events in any `seconds`."""

    __slots__ = ("_seconds", "_times")

    def __init__(self, most: int, seconds: float) -> None:
        self._times: deque[float] = deque(maxlen=most)
        self._seconds = seconds

    def free_at(self) -> float:
        """From when on one more is allowed."""
        full = len(self._times) == self._times.maxlen
        return self._times[0] + self._seconds if full else 0.0

    def free(self, now: float) -> int:
        """How many more are allowed now."""
        recent = sum(1 for time in self._times if time + self._seconds > now)
        return (self._times.maxlen or 0) - recent

    def idle(self, now: float) -> bool:
        return not self._times or self._times[-1] + self._seconds <= now

    def take(self, now: float) -> None:
        self._times.append(now)


class _Chat:
    __slots__ = ("paused_until", "windows")

    def __init__(self, windows: tuple[Window, ...]) -> None:
        self.windows = windows
        self.paused_until = 0.0

    def free_at(self) -> float:
        return max(self.paused_until, *(window.free_at() for window in self.windows))

    def idle(self, now: float) -> bool:
        return self.paused_until <= now and all(window.idle(now) for window in self.windows)


class Throttle:
    """Counts sends per target (`person:…` or `circle:…`). `clock` is monotonic, in seconds."""

    def __init__(self, rates: Rates, clock: Callable[[], float]) -> None:
        self._rates = rates
        self._clock = clock
        self._overall = Window(rates.per_second, _SECOND)
        self._chats: dict[str, _Chat] = {}

    def free(self) -> int:
        """How many sends are allowed now over all chats."""
        return self._overall.free(self._clock())

    def waiting(self) -> Mapping[str, float]:
        """The targets that must not be written to now, each with the time it may again."""
        now = self._clock()
        self._chats = {target: chat for target, chat in self._chats.items() if not chat.idle(now)}
        return {target: free_at for target, chat in self._chats.items() if (free_at := chat.free_at()) > now}

    def overall_free_at(self) -> float:
        """From when on anything at all may leave."""
        return self._overall.free_at()

    def allows(self, target: str) -> bool:
        now = self._clock()
        chat = self._chats.get(target)
        return self._overall.free_at() <= now and (chat is None or chat.free_at() <= now)

    def take(self, target: str) -> None:
        """A send leaves now."""
        now = self._clock()
        self._overall.take(now)
        for window in self._chat(target).windows:
            window.take(now)

    def pause(self, target: str, seconds: float) -> None:
        """Telegram said "retry after": this chat waits, no other."""
        chat = self._chat(target)
        chat.paused_until = max(chat.paused_until, self._clock() + seconds)

    def _chat(self, target: str) -> _Chat:
        chat = self._chats.get(target)
        if chat is None:
            chat = self._chats[target] = _Chat(self._windows(target))
        return chat

    def _windows(self, target: str) -> tuple[Window, ...]:
        second = Window(self._rates.per_chat_per_second, _CHAT_SECOND)
        if target.startswith("reactions:"):
            return (Window(_REACTIONS, _CHAT_SECOND),)
        if target.startswith("circle:"):
            return second, Window(self._rates.per_group_per_minute, _MINUTE)
        return (second,)

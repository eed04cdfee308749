"""When a message may leave: the platform's rates, in one place.

Invariants: never more than `per_second` sends in any second over all chats, `per_chat` in any second to one chat,
`per_group` in any minute to one group; an edit counts as a send; a chat that was told to wait stops alone.
Source: core.telegram.org/bots/faq, "My bot is hitting limits, how do I avoid this?".

The platform counts when a call arrives, which nobody here sees: not before it left, and not later than its answer less
the quickest way there and back. So a place is free again a second after the latest moment its call may have arrived.
That uses 99.6 % of the limit; a window wide enough for every delay (1.02 s) used 98 %. What is sent by the thousand goes
evenly, since calls that leave in one burst delay each other and everything else.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import takewhile

_SECOND = 1.001
_CHAT_SECOND = 1.05
_MINUTE = 60.5
_REACTIONS = 5  # a second and circle: they are no messages, yet a bot that hammers is told to wait
_LONGEST_WAY = 0.5  # seconds; a call that was answered later arrived long before, and its place is not kept for it
_WAYS = 1000  # round trips of which the quickest counts
_NOISE = 0.002  # seconds by which a quicker way than the quickest known may surprise
_EVEN = 0.95  # of the even distance is kept between two sends of many, so that what was late is made up for
_FREE = 30  # sends a second that the platform takes without Stars
_DOUBTS, _DOUBTED = 3, 1.0  # so many chats that kept their own rate and were told to wait in so many seconds: no Stars left
_POOR = 60.0  # seconds at the free rate before the paid one is tried again
_TIDY = 1.0  # seconds between two looks for chats that nobody wrote to lately


@dataclass(frozen=True, slots=True)
class Rates:
    """From bot.toml, [rates]. `card_gap`: seconds between two edits of one card while few follow each other.

    `paid`: each message says that Stars may pay for it, which the platform wants above 30 a second.
    """

    per_second: int = 30
    per_chat_per_second: int = 1
    per_group_per_minute: int = 20
    card_gap: float = 3.0
    paid: bool = False


@dataclass(slots=True, eq=False)
class Place:
    """A send's place in the rates: when it leaves, and the latest moment it may have arrived, as far as is known."""

    target: str
    leaves: float
    arrived: float


class Window:
    """At most `most` events in any `seconds`; each may begin as soon as the one `most` places before is over."""

    __slots__ = ("_places", "_seconds")

    def __init__(self, most: int, seconds: float) -> None:
        self._places: deque[Place] = deque(maxlen=most)
        self._seconds = seconds

    def holding(self, most: int) -> "Window":
        """The same for another number of events; those that began lately count."""
        other = Window(most, self._seconds)
        other._places.extend(self._places)
        return other

    def free_at(self) -> float:
        """From when on one more is allowed."""
        full = len(self._places) == self._places.maxlen
        return self._places[0].arrived + self._seconds if full else 0.0

    def free(self, now: float) -> int:
        """How many more are allowed until then."""
        over = sum(1 for _ in takewhile(lambda place: place.arrived + self._seconds <= now, self._places))
        return (self._places.maxlen or 0) - len(self._places) + over

    def last(self) -> float:
        """When the latest one leaves."""
        return self._places[-1].leaves if self._places else 0.0

    def idle(self, now: float) -> bool:
        return not self._places or self._places[-1].arrived + self._seconds <= now

    def take(self, place: Place) -> None:
        self._places.append(place)


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
        self._resting: dict[str, float] = {}  # target -> when it may be written to again
        self._apart = _EVEN / rates.per_second
        self._refused: dict[str, float] = {}  # chats told to wait though Stars were to pay, and when
        self._poor_until: float | None = None
        self._ways: deque[float] = deque(maxlen=_WAYS)
        self._quickest = 0.0
        self._tidied = 0.0

    def free(self, ahead: float = 0.0) -> int:
        """How many sends over all chats may leave now, or within the seconds ahead."""
        return self._overall.free(self._clock() + ahead)

    def evenly(self, ahead: float) -> int:
        """How many of those that go evenly may leave within the seconds ahead."""
        now = self._clock()
        room = now + ahead - max(now, self.evenly_free_at())
        return min(self.free(ahead), int(room / self._apart) + 1) if room >= 0 else 0

    def evenly_free_at(self) -> float:
        """From when on one of those may leave, as far as the one before is concerned."""
        return self._overall.last() + self._apart

    def waiting(self) -> Mapping[str, float]:
        """The targets that must not be written to now, each with the time it may again."""
        now = self._clock()
        if self._poor_until is not None and self._poor_until <= now:
            self._poor_until = None
            self._goes_at(self._rates.per_second)
        if now - self._tidied >= _TIDY:
            self._tidied = now
            self._chats = {target: chat for target, chat in self._chats.items() if not chat.idle(now)}
        self._resting = {target: free_at for target, free_at in self._resting.items() if free_at > now}
        return self._resting.copy()

    def rests(self, target: str) -> bool:
        """Whether it stands among those that must wait."""
        return self._resting.get(target, 0.0) > self._clock()

    def overall_free_at(self) -> float:
        """From when on anything at all may leave."""
        return self._overall.free_at()

    def take(self, target: str, *, evenly: bool = False) -> Place:
        """A place for one send, which must not leave before its moment. Moments never go back."""
        earliest = self.evenly_free_at() if evenly else self._overall.last()
        moment = max(self._clock(), earliest, self._overall.free_at())
        place = Place(target, moment, moment)
        self._overall.take(place)
        chat = self._chat(target)
        for window in chat.windows:
            window.take(place)
        self._resting[target] = chat.free_at()
        return place

    def answered(self, place: Place, took: float) -> None:
        """The platform answered just now, `took` seconds after the call left."""
        self._way(took)
        surely = max(self._quickest / 2, self._quickest - _NOISE)
        latest = min(self._clock() - surely, place.leaves + _LONGEST_WAY)
        if latest > place.arrived:
            place.arrived = latest
            if place.target in self._resting:
                self._resting[place.target] = self._chat(place.target).free_at()

    def pause(self, target: str, seconds: float) -> None:
        """Telegram said "retry after": this chat waits, no other."""
        chat = self._chat(target)
        chat.paused_until = max(chat.paused_until, self._clock() + seconds)
        self._resting[target] = chat.free_at()

    def refused(self, target: str) -> None:
        """This chat was told to wait though Stars were to pay for it.

        When several are, one after the other, the Stars are spent: all go at the free rate for a while, so that not each
        chat of thousands has to be told.
        """
        now = self._clock()
        self._refused = {chat: at for chat, at in self._refused.items() if at > now - _DOUBTED} | {target: now}
        if len(self._refused) >= _DOUBTS and self._rates.per_second > _FREE:
            self._poor_until = now + _POOR
            self._goes_at(_FREE)

    def _goes_at(self, per_second: int) -> None:
        self._overall = self._overall.holding(per_second)
        self._apart = _EVEN / per_second

    def _way(self, took: float) -> None:
        """Keeps the quickest of the last ways; it is looked for only when it may have changed."""
        forgotten = self._ways[0] if len(self._ways) == _WAYS else None
        self._ways.append(took)
        if len(self._ways) == 1 or took < self._quickest:
            self._quickest = took
        elif forgotten is not None and forgotten <= self._quickest:
            self._quickest = min(self._ways)

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

"""What stays in mind between updates, so that a tap costs no statement to know who taps where.

Invariants: only what is committed gets in; nothing is believed for longer than `BELIEVED`, since another process may
have changed it; a shelf never holds more than `ROOM` entries.
"""

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from models.states import CircleState

BELIEVED = timedelta(seconds=60)
WHISPERS = 3  # acknowledgements in words a minute and circle: of a group's 20 a hot card takes 14
ROOM = 50_000

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Sender:
    """A person as Telegram shows them with every update."""

    telegram_id: int
    name: str
    username: str | None
    language: str | None  # what their app speaks
    chosen_language: None = None  # nobody has chosen anything before we have a row of them


@dataclass(frozen=True, slots=True)
class Known:
    """A person we have a row of: as they were when it was last written, and what they chose."""

    id: int
    sender: Sender
    chosen_language: str | None = None
    started: bool = False
    timezone: str | None = None

    @property
    def language(self) -> str | None:
        """What their app speaks."""
        return self.sender.language


@dataclass(frozen=True, slots=True)
class Place:
    """A circle's row as handlers need it."""

    id: int
    chat_id: int
    title: str
    state: str
    shop_id: int | None
    language: str | None
    timezone: str | None
    currency: str | None  # of its shop
    is_admin: bool
    is_forum: bool

    @property
    def approved(self) -> bool:
        return self.state == CircleState.APPROVED and self.shop_id is not None


class Shelf(Generic[K, V]):
    """Entries that are believed for a while; the oldest make room."""

    def __init__(self) -> None:
        self._kept: dict[K, tuple[V, datetime]] = {}

    def get(self, key: K, now: datetime) -> V | None:
        found = self._kept.get(key)
        return found[0] if found is not None and now < found[1] else None

    def put(self, key: K, value: V, now: datetime) -> None:
        self._kept.pop(key, None)
        self._kept[key] = (value, now + BELIEVED)
        if len(self._kept) > ROOM:
            del self._kept[next(iter(self._kept))]

    def drop(self, key: K) -> None:
        self._kept.pop(key, None)

    def clear(self) -> None:
        self._kept.clear()


class Memory:
    """The shelves of one process."""

    def __init__(self) -> None:
        self._whispered: dict[int, deque[datetime]] = {}  # circle -> when a typed seat was acknowledged in words
        self.people: Shelf[int, Known] = Shelf()  # by Telegram id
        self.places: Shelf[int, Place] = Shelf()  # by chat id
        self.members: Shelf[tuple[int, int], bool] = Shelf()  # (circle, person)
        self.cards: Shelf[tuple[int, int], int] = Shelf()  # (circle, message) -> group buy
        self.came_by: Shelf[tuple[int, int], int] = Shelf()  # (group buy, person) -> whose link led there, 0 for nobody's

    def may_whisper(self, circle_id: int, now: datetime) -> bool:
        """Whether one more acknowledgement in words has room in this circle's minute; if so it is counted."""
        lately = self._whispered.setdefault(circle_id, deque(maxlen=WHISPERS))
        if len(lately) == WHISPERS and now - lately[0] < BELIEVED:
            return False
        lately.append(now)
        return True

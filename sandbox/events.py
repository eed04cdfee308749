"""What happened, numbered, for the chat page and for tests: a ring of events that any number of readers follow."""

import asyncio
from collections import deque
from collections.abc import Callable
from itertools import islice
from typing import Any

Make = Callable[[], dict[str, Any]]
KEPT = 20_000
BATCH = 500  # events a reader is handed at a time: a slow one holds no more than these


class Events:
    """Events keep their content as a function until somebody reads them: a bot at full speed has no reader."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._ring: deque[tuple[int, float, str, int, Make | dict[str, Any]]] = deque(maxlen=KEPT)
        self._readers: set[asyncio.Event] = set()
        self.seq = 0

    def add(self, kind: str, chat: int, content: Make | dict[str, Any]) -> None:
        self.seq += 1
        if self._readers and callable(content):
            content = content()
        self._ring.append((self.seq, self._now(), kind, chat, content))
        for reader in self._readers:
            reader.set()

    def since(self, seq: int, most: int = BATCH) -> list[dict[str, Any]]:
        """The oldest events after a number that are still kept; numbers leave no gaps, so a reader sees what it missed."""
        first = max(0, seq + 1 - self._ring[0][0]) if self._ring else 0
        found: list[dict[str, Any]] = []
        for number, moment, kind, chat, content in islice(self._ring, first, first + most):
            made = content() if callable(content) else content
            found.append({"seq": number, "t": moment, "type": kind, **({"chat_id": chat} if chat else {}), **made})
        return found

    def last(self, kind: str, most: int) -> list[dict[str, Any]]:
        """The newest events of a kind, oldest first."""
        numbers = islice((number for number, _, named, *_ in reversed(self._ring) if named == kind), most)
        return [self.since(number - 1, 1)[0] for number in reversed(list(numbers))]

    def listen(self) -> asyncio.Event:
        bell = asyncio.Event()
        self._readers.add(bell)
        return bell

    def leave(self, bell: asyncio.Event) -> None:
        self._readers.discard(bell)

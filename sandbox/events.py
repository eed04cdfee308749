"""What happened, numbered, for the chat page and for tests: a ring of events that any number of readers follow."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

Make = Callable[[], dict[str, Any]]
KEPT = 20_000


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

    def since(self, seq: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for number, moment, kind, chat, content in reversed(self._ring):
            if number <= seq:
                break
            made = content() if callable(content) else content
            found.append({"seq": number, "t": moment, "type": kind, **({"chat_id": chat} if chat else {}), **made})
        found.reverse()
        return found

    def listen(self) -> asyncio.Event:
        bell = asyncio.Event()
        self._readers.add(bell)
        return bell

    def leave(self, bell: asyncio.Event) -> None:
        self._readers.discard(bell)

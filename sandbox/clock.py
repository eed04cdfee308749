"""The platform's clock: real time plus what people moved it on by; it also rings at set times."""

import asyncio
import heapq
import time
from collections.abc import Callable


class Clock:
    """Unix seconds that only go forward. What is due rings in order of its time when the clock is moved past it."""

    def __init__(self, base: Callable[[], float] = time.time) -> None:
        self._base = base
        self.ahead = 0.0
        self._bells: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0
        self._handle: asyncio.TimerHandle | None = None

    def now(self) -> float:
        return self._base() + self.ahead

    def advance(self, seconds: float) -> float:
        """Moves the clock on; each bell on the way rings at its own time."""
        target = self.now() + max(0.0, seconds)
        while self._bells and self._bells[0][0] <= target:
            at, _, ring = heapq.heappop(self._bells)
            self.ahead += max(0.0, at - self.now())
            ring()
        self.ahead += max(0.0, target - self.now())
        self._wind()
        return self.now()

    def at(self, moment: float, ring: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._bells, (moment, self._count, ring))
        self._wind()

    def _wind(self) -> None:
        if self._handle:
            self._handle.cancel()
            self._handle = None
        if self._bells:
            loop = asyncio.get_running_loop()
            self._handle = loop.call_later(max(0.0, self._bells[0][0] - self.now()), self.advance, 0.0)

    def stop(self) -> None:
        self._bells.clear()
        if self._handle:
            self._handle.cancel()
            self._handle = None

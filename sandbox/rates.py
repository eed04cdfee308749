"""The platform's limits on sending: so many a second in all, in a chat, and in a group a minute; edits count too."""

import math
from collections import deque
from dataclasses import dataclass

from sandbox.errors import too_many

PAID = 1000.0
BURST = 4  # what the platform lets pass in one chat before it holds a bot to one a second


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a bot may send; zero switches a limit off."""

    per_second: float = 30
    per_chat_per_second: float = 1
    per_group_per_minute: float = 20

    @property
    def off(self) -> bool:
        return not (self.per_second or self.per_chat_per_second or self.per_group_per_minute)


UNLIMITED = Limits(0, 0, 0)


class Window:
    """At most `most` events in any span of `length` seconds."""

    def __init__(self, length: float) -> None:
        self.length = length
        self.times: deque[float] = deque()

    def wait(self, now: float, most: float, count: int) -> float:
        times = self.times
        while times and times[0] <= now - self.length:
            times.popleft()
        room = int(most) - len(times)
        if count <= room:
            return 0.0
        behind = min(len(times), count - room) - 1
        return times[behind] + self.length - now if times else 0.0


class Rates:
    """What each bot sent lately; a refused call costs nothing."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._overall: dict[int, Window] = {}
        self._chats: dict[tuple[int, int], Window] = {}
        self._groups: dict[tuple[int, int], Window] = {}
        self.refused = 0

    def spend(self, bot: int, chat: int, group: bool, count: int, now: float, paid: bool = False) -> None:
        """Books `count` messages or raises 429 with the seconds to wait."""
        limits = self.limits
        if limits.off:
            return
        asked: list[tuple[Window, float]] = []
        if limits.per_second:
            most = PAID if paid else limits.per_second
            asked.append((self._overall.setdefault(bot, Window(1.0)), most))
        if limits.per_chat_per_second:
            asked.append((self._chats.setdefault((bot, chat), Window(BURST / limits.per_chat_per_second)), BURST))
        if group and limits.per_group_per_minute:
            asked.append((self._groups.setdefault((bot, chat), Window(60.0)), limits.per_group_per_minute))
        wait = max((window.wait(now, max(most, count), count) for window, most in asked), default=0.0)
        if wait > 0:
            self.refused += 1
            raise too_many(max(1, math.ceil(wait)))
        for window, _ in asked:
            window.times.extend([now] * count)

    def use(self, now: float) -> dict[str, int]:
        """Messages of the last second by bot, for the inspector."""
        return {str(bot): sum(1 for t in window.times if t > now - 1) for bot, window in self._overall.items()}

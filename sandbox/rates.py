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

    def past(self, now: float) -> int:
        """How many there were in the span that ends now."""
        times = self.times
        while times and times[0] <= now - self.length:
            times.popleft()
        return len(times)

    def above(self, now: float, free: float, count: int) -> int:
        """How many of the next `count` are more than the free ones."""
        before = self.past(now)
        return max(0, before + count - int(free)) - max(0, before - int(free))

    def wait(self, now: float, most: float, count: int) -> float:
        self.past(now)
        times = self.times
        room = int(most) - len(times)
        if count <= room:
            return 0.0
        behind = min(len(times), count - room) - 1
        return times[behind] + self.length - now if times else 0.0


class Bucket:
    """So many a second on average with a short burst: an empty bucket fills by `rate` a second up to its size."""

    def __init__(self, size: float, now: float) -> None:
        self.size = size
        self.level = size
        self.at = now

    def wait(self, now: float, rate: float, count: int) -> float:
        self.level = min(self.size, self.level + max(0.0, now - self.at) * rate)
        self.at = now
        needed = min(count, self.size) - self.level
        return needed / rate if needed > 1e-9 else 0.0

    def take(self, count: int) -> None:
        self.level -= count


class Rates:
    """What each bot sent lately; a refused call costs nothing."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._overall: dict[int, Window] = {}
        self._free: dict[int, Window] = {}  # those of them that nobody paid for
        self._chats: dict[tuple[int, int], Bucket] = {}
        self._groups: dict[tuple[int, int], Window] = {}
        self.refused = 0

    def spend(self, bot: int, chat: int, group: bool, count: int, now: float, purse: int = 0) -> int:
        """Books `count` messages or raises 429 with the seconds to wait; returns how many were above the free rate.

        `purse` is how many of those the bot can pay for and wants to. What is paid for passes by the free limit and takes
        no place in it; edits, which cannot be paid for, keep to it. Source: the Bot API on `allow_paid_broadcast`.
        """
        limits = self.limits
        if limits.off:
            return 0
        above = 0
        windows: list[Window] = []
        waits = [0.0]
        bucket: Bucket | None = None
        if limits.per_second:
            overall, free = (kept.setdefault(bot, Window(1.0)) for kept in (self._overall, self._free))
            above = overall.above(now, limits.per_second, count)
            above = above if above <= purse else 0
            windows += [overall] if above else [overall, free]
            most = PAID if above else limits.per_second
            waits.append((overall if above else free).wait(now, max(most, count), count))
        if limits.per_chat_per_second:
            bucket = self._chats.setdefault((bot, chat), Bucket(BURST, now))
            waits.append(bucket.wait(now, limits.per_chat_per_second, count))
        if group and limits.per_group_per_minute:
            windows.append(self._groups.setdefault((bot, chat), Window(60.0)))
            waits.append(windows[-1].wait(now, max(limits.per_group_per_minute, count), count))
        if max(waits) > 0:
            self.refused += 1
            raise too_many(max(1, math.ceil(max(waits))))
        for window in windows:
            window.times.extend([now] * count)
        if bucket:
            bucket.take(count)
        return above

    def use(self, now: float) -> dict[str, int]:
        """Messages of the last second by bot, for the inspector."""
        return {str(bot): sum(1 for t in window.times if t > now - 1) for bot, window in self._overall.items()}

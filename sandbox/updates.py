"""A bot's updates: kept for as long as the platform keeps them, confirmed by offset, waited for by one poller at a time."""

import asyncio
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sandbox.errors import conflict
from sandbox.faults import Faults

DAY = 86_400.0
MOST = 100_000  # updates that wait for one bot
KEPT = {
    "callback_query": 150.0,
    "shipping_query": 150.0,
    "pre_checkout_query": 150.0,
    "inline_query": 30.0,
    "chosen_inline_result": 600.0,
}
UNASKED = {"chat_member", "message_reaction", "message_reaction_count"}  # only by name in allowed_updates
SECOND_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"
HOOKED = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


@dataclass(slots=True)
class Update:
    """One update as it waits."""

    id: int
    kind: str
    born: float
    body: dict[str, Any]

    def alive(self, now: float) -> bool:
        return now - self.born < KEPT.get(self.kind, DAY)


@dataclass(slots=True)
class Hook:
    """Where a bot wants its updates sent, and how that went."""

    url: str
    secret: str = ""
    connections: int = 40
    address: str = ""
    certificate: bool = False
    failed_at: int = 0
    failure: str = ""


@dataclass(slots=True)
class Queue:
    """The updates of one bot, oldest first."""

    now: Callable[[], float]
    faults: Faults
    told: Callable[[Update], None]  # hears of each update as it comes
    waiting: deque[Update] = field(default_factory=deque)
    allowed: frozenset[str] = frozenset()  # empty: all but the unasked ones
    hook: Hook | None = None
    next_id: int = 0
    reader: "asyncio.Future[None] | None" = None
    turn: int = 0  # of the poller that may read
    newest: float = 0.0  # when the last update came
    again: list[Update] = field(default_factory=list)  # what a fault repeats although it was confirmed
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    closed: bool = False  # no poll waits any more

    def wants(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in UNASKED

    def add(self, kind: str, body: dict[str, Any]) -> Update | None:
        if not self.wants(kind):
            return None
        if not self.next_id or (not self.waiting and self.idle()):
            self.next_id = random.randrange(100_000_000, 900_000_000)  # noqa: S311  (the platform begins anywhere after a quiet week)
        update = Update(self.next_id, kind, self.now(), {"update_id": self.next_id, kind: body})
        self.next_id += 1
        self.waiting.append(update)
        if len(self.waiting) > MOST:
            self.waiting.popleft()
        self.newest = update.born
        self.told(update)
        self.wake()
        return update

    def idle(self) -> bool:
        return bool(self.newest) and self.now() - self.newest > 7 * DAY

    def wake(self) -> None:
        self.bell.set()
        if self.reader and not self.reader.done():
            self.reader.set_result(None)

    def close(self) -> None:
        """The platform ends: a poll that waits is answered with what there is."""
        self.closed = True
        self.wake()

    def prune(self) -> None:
        now = self.now()
        if any(not update.alive(now) for update in self.waiting):
            self.waiting = deque(update for update in self.waiting if update.alive(now))

    def confirm(self, offset: int) -> None:
        if offset < 0:
            while len(self.waiting) > -offset:
                self.waiting.popleft()
        while offset > 0 and self.waiting and self.waiting[0].id < offset:
            self.waiting.popleft()

    async def poll(self, offset: int, limit: int, seconds: float) -> list[dict[str, Any]]:
        """The next updates; waits for the first one. A newer poller ends this one with 409."""
        if self.hook:
            raise conflict(HOOKED)
        self.turn += 1
        turn = self.turn
        self.wake()
        self.prune()
        self.confirm(offset)
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while not self.waiting and not self.again and not self.closed and (left := until - loop.time()) > 0:
            self.reader = loop.create_future()
            await asyncio.wait([self.reader], timeout=left)
            if turn != self.turn:
                raise conflict(SECOND_POLLER)
            if self.hook:
                raise conflict("terminated by setWebhook request")
            self.prune()
        return [update.body for update in self.batch(limit)]

    def batch(self, limit: int) -> list[Update]:
        """What a poller gets now; faults may repeat updates or shuffle them."""
        first = self.waiting[0].id if self.waiting else self.next_id
        again = [update for update in self.again if update.id < first]  # what waits anyway comes in its own place
        taken = [*again, *islice(self.waiting, limit)][:limit]
        if not self.faults.on:
            self.again = []
            return taken
        self.again = [update for update in taken[len(again) :] if self.faults.strike("getUpdates", "duplicate")]
        if len(taken) > 1 and (fault := self.faults.strike("getUpdates", "reorder")):
            fault.chance.shuffle(taken)
        return taken

    def info(self) -> dict[str, Any]:
        self.prune()
        hook = self.hook or Hook("")
        made: dict[str, Any] = {
            "url": hook.url,
            "has_custom_certificate": hook.certificate,
            "pending_update_count": len(self.waiting),
        }
        if self.hook:
            made["max_connections"] = hook.connections
            made["ip_address"] = hook.address or "127.0.0.1"
        if hook.failed_at:
            made |= {"last_error_date": hook.failed_at, "last_error_message": hook.failure}
        if self.allowed:
            made["allowed_updates"] = sorted(self.allowed)
        return made

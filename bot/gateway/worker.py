"""The workers: each update through aiogram's dispatcher, each person's in the order of arrival, people side by side.

Invariants: one update of a lane at a time; a failing one is tried again with growing pauses, then parked, and holds back
its own lane only; what this process holds in memory is leased to it, and anything else that waits is swept up.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiogram import Bot, Dispatcher
from aiogram.types import Update
from sqlalchemy.orm import Session

from bot.core.database import Database, DatabaseUnavailable
from bot.gateway.answers import Answer, Answers, is_answer
from bot.gateway.conversations import CURRENT, KeptConversations
from bot.gateway.lookups import Lookups
from bot.gateway.ports import Json
from bot.gateway.unit import AlreadyDone, Unit
from bot.gateway.wire import loads
from models import inbox
from models.inbox import FORGOTTEN, Arrival

log = logging.getLogger(__name__)

IN_FLIGHT = 64
BACKOFF = (1.0, 5.0, 30.0, 120.0)  # seconds before the second, third… try; after the fifth it is parked
_FULL = 2000  # updates in memory at which the poller waits
_SWEEP = 3.0  # seconds between looks for what nobody holds
_LEASE = timedelta(seconds=10)  # a dead process's updates are taken over after this
_WHERE = frozenset({"message_id", "date", "chat", "from", "message_thread_id", "is_topic_message", "ephemeral_message_id"})
_LEASE_ALONE = timedelta(hours=1)


@dataclass(slots=True)
class Waiting:
    """An update in memory, behind the others of its lane."""

    row: int
    lane: int
    update: Json
    attempts: int = 0
    not_before: datetime | None = None


class Worker:
    """Works updates off. `wrote` is called after each update that was done, so that the courier looks at once."""

    def __init__(
        self,
        database: Database,
        dispatcher: Dispatcher,
        bot: Bot,
        answers: Answers,
        lookups: Lookups,
        wrote: Callable[[], None],
    ) -> None:
        self._database = database
        self._dispatcher = dispatcher
        self._bot = bot
        self._answers = answers
        self._lookups = lookups
        self._wrote = wrote
        storage = dispatcher.storage
        self._conversations = storage if isinstance(storage, KeptConversations) else None
        self._lanes: dict[int, deque[Waiting]] = {}
        self._ready: deque[int] = deque()
        self._held: set[int] = set()  # rows in memory
        self._swept: set[int] = set()  # lanes that may have more in the inbox than in memory
        self._look = asyncio.Event()  # such a lane is free: what is next in it is claimed at once
        self._runners: set[asyncio.Task[None]] = set()
        self._stopping = False
        self._has_room = asyncio.Event()
        self._has_room.set()

    def lease_until(self, now: datetime) -> datetime:
        """Until when a row just stored is this process's, unless it says so again."""
        return now + (_LEASE_ALONE if self._database.alone else _LEASE)

    async def store(self, rows: Sequence[tuple[int, int, str]]) -> Mapping[int, int]:
        """Keeps `(update_id, lane, raw JSON)`; returns update id -> row id of the new ones whose turn it is in memory."""
        now = self._database.clock.now()
        held = None if self._database.alone else frozenset(self._held)
        return await self._database.write(_store, self._bot.id, rows, now, self.lease_until(now), held)

    def take(self, arrivals: Iterable[Waiting]) -> None:
        """Puts updates behind their lanes and sets runners on them."""
        for arrival in arrivals:
            if arrival.row not in self._held:
                self._held.add(arrival.row)
                self._put(arrival)
        if len(self._held) >= _FULL:
            self._has_room.clear()

    async def room(self) -> None:
        """Waits while too much is in memory already."""
        await self._has_room.wait()

    async def start(self) -> None:
        """Loads what a former process left behind, before anything new arrives."""
        if self._conversations is not None:
            await self._conversations.load()
        if self._database.alone:
            self.take(map(_waiting, await self._database.read(inbox.pending, self._bot.id)))

    async def sweep(self) -> None:
        """Runs until cancelled: looks for updates nobody holds (replayed, or another process died) and renews leases."""
        while True:
            try:
                await self._sweep_once()
            except DatabaseUnavailable as error:
                log.warning("the inbox could not be swept: %s", error)
            try:
                async with asyncio.timeout(_SWEEP):
                    await self._look.wait()
            except TimeoutError:
                pass

    async def stop(self) -> None:
        """Finishes the updates in hand; those behind them wait in the inbox for the next start."""
        self._stopping = True
        while self._runners:
            await asyncio.wait(self._runners)

    @property
    def idle(self) -> bool:
        """Nothing waits and nothing is in hand."""
        return not self._held

    # Lanes

    def _put(self, arrival: Waiting) -> None:
        lane = self._lanes.get(arrival.lane)
        if lane is not None:
            lane.append(arrival)
            return
        self._lanes[arrival.lane] = deque((arrival,))
        self._open(arrival)

    def _open(self, head: Waiting) -> None:
        """The lane's head may run, now or once its pause is over."""
        wait = (head.not_before - self._database.clock.now()).total_seconds() if head.not_before else 0.0
        if wait > 0:
            asyncio.get_running_loop().call_later(wait, self._go, head.lane)
        else:
            self._go(head.lane)

    def _go(self, lane: int) -> None:
        self._ready.append(lane)
        if len(self._runners) < IN_FLIGHT and not self._stopping:
            runner = asyncio.create_task(self._run())
            self._runners.add(runner)
            runner.add_done_callback(self._runners.discard)

    async def _run(self) -> None:
        """A runner takes one update of a ready lane after another, until no lane is ready."""
        while self._ready and not self._stopping:
            head = self._lanes[self._ready.popleft()][0]
            if await self._try(head):
                self._leave(head)
            else:
                self._open(head)

    def _leave(self, head: Waiting) -> None:
        self._held.discard(head.row)
        if len(self._held) < _FULL:
            self._has_room.set()
        lane = self._lanes[head.lane]
        lane.popleft()
        if lane:
            self._open(lane[0])
            return
        del self._lanes[head.lane]
        if head.lane in self._swept:
            self._swept.discard(head.lane)
            self._look.set()

    # One update

    async def _try(self, arrival: Waiting) -> bool:
        """True once the update is done or parked; False if it is to be tried again."""
        try:
            await self._handle(arrival)
        except AlreadyDone:
            return True
        except Exception as error:
            return await self._failed(arrival, error)
        self._wrote()
        return True

    async def _handle(self, arrival: Waiting) -> None:
        unit = Unit(self._database, arrival.row, self._lookups, self._database.clock.now())
        CURRENT.set(unit)
        answer = await self._dispatch(arrival, unit)
        await unit.finish()
        if unit.staged and self._conversations is not None:
            self._conversations.stored(unit.staged)
        if answer is not None:
            await self._answers.send(answer)

    async def _dispatch(self, arrival: Waiting, unit: Unit) -> Answer | None:
        if not arrival.update:
            return None
        update = Update.model_validate(_lean(arrival.update), context={"bot": self._bot})
        result = await self._dispatcher.feed_update(self._bot, update, unit=unit)
        return result if is_answer(result) else None

    async def _failed(self, arrival: Waiting, error: Exception) -> bool:
        words = f"{type(error).__name__}: {error}"
        if isinstance(error, DatabaseUnavailable):
            log.error("update %s waits for the database: %s", arrival.update.get("update_id"), error)
            arrival.not_before = self._database.clock.now() + timedelta(seconds=BACKOFF[0])
            return False  # no fault of the update's: it is not counted
        arrival.attempts += 1
        log.error("update %s failed (try %d)", arrival.update.get("update_id"), arrival.attempts, exc_info=error)
        if arrival.attempts > len(BACKOFF):
            return await self._keep_outcome(self._database.write(inbox.park, arrival.row, words))
        pause = timedelta(seconds=BACKOFF[arrival.attempts - 1])
        arrival.not_before = self._database.clock.now() + pause
        await self._keep_outcome(self._database.write(inbox.mark_failed, arrival.row, words, arrival.not_before))
        return False

    async def _keep_outcome(self, write: Awaitable[None]) -> bool:
        """True if it could be kept; if not, the update is tried again as if nothing had been learnt."""
        try:
            await write
        except Exception as error:  # whatever it is, it must not end the runner and with it the lane
            log.error("the outcome of an update could not be kept: %s", error)
            return False
        return True

    # What nobody holds

    async def _sweep_once(self) -> None:
        self._look.clear()
        now = self._database.clock.now()
        until = self.lease_until(now)
        if self._held and not self._database.alone:
            await self._database.write(inbox.renew, list(self._held), until)
        if self._has_room.is_set():
            found = await self._database.write(inbox.claim, self._bot.id, now, until, IN_FLIGHT)
            self._swept.update(arrival.lane for arrival in found)
            self.take(map(_waiting, found))


def _store(
    session: Session, bot_id: int, rows: Sequence[tuple[int, int, str]], now: datetime, until: datetime,
    held: Collection[int] | None,
) -> Mapping[int, int]:  # fmt: skip
    """`held`: None where no other process can hold anything."""
    stored = inbox.store(session, bot_id, rows, now, until)
    return stored if held is None or not stored else inbox.unobstructed(session, stored, held)


def _lean(update: Json) -> Json:
    """A tap comes with the whole message it stands under; only where that stands is read, and parsing it all costs 0.1 ms."""
    query = update.get("callback_query")
    if query is None or "message" not in query:
        return update
    where = {key: value for key, value in query["message"].items() if key in _WHERE}
    return {**update, "callback_query": {**query, "message": where}}


def _waiting(arrival: Arrival) -> Waiting:
    update: Json = {} if arrival.payload == FORGOTTEN else loads(arrival.payload)
    return Waiting(arrival.id, arrival.lane, update, arrival.attempts, arrival.not_before)

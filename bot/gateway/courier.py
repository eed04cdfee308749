"""The courier: what stands in the outbox leaves, by priority, at the platform's pace, one sender per chat.

Invariants: claim, commit, send, settle; the outbox alone retries; what a message says is composed when it leaves; a
settlement and what the house does about it are one transaction, fenced by the claim's epoch.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from telegram.error import TelegramError

from bot.core.database import Database, DatabaseUnavailable
from bot.gateway.http import Sender
from bot.gateway.pace import CardPace
from bot.gateway.ports import Hooks, Json, Outgoing
from bot.gateway.settling import Letter, Result, prepare, settle
from bot.gateway.throttle import Rates, Throttle
from bot.gateway.verdicts import DELIVERED, Fate, Verdict, judge
from models import deliveries
from models.deliveries import OutboxRow
from models.outbox import Route

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
_TOO_LATE = 15.0  # seconds after the claim at which a send must not begin: its lease could end before its time limit
_IN_FLIGHT = 64
_LOOK = 1.0  # seconds between looks for what other processes queued
_BREATH = 0.02  # seconds between two looks that found nothing: taps come by the hundred
_EXPIRE = 10.0


class Courier:
    """`wake()` after anything was queued in this process; `run()` until `stop()`."""

    def __init__(
        self,
        database: Database,
        sender: Sender,
        hooks: Hooks,
        rates: Rates,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._sender = sender
        self._hooks = hooks
        self._clock = clock
        self._throttle = Throttle(rates, clock)
        self._pace = CardPace(rates.card_gap, clock)
        self._wake = asyncio.Event()
        self._busy: dict[str, asyncio.Task[None]] = {}  # target -> the one delivery on its way there
        self._stopping = False
        self._stopped = asyncio.Event()  # set while no claim is under way
        self._stopped.set()
        self._expired_at = float("-inf")

    def wake(self) -> None:
        """Something may be due: look."""
        self._wake.set()

    async def run(self) -> None:
        """Delivers until `stop()`. An outage of the database is waited out."""
        self._stopped.clear()
        try:
            while not self._stopping:
                await self._turn()
        finally:
            self._stopped.set()

    async def stop(self, seconds: float = 10.0) -> None:
        """Begins nothing new and waits for what is on its way."""
        self._stopping = True
        self._wake.set()
        await self._stopped.wait()
        if self._busy:
            await asyncio.wait(self._busy.values(), timeout=seconds)

    # Claiming

    async def _turn(self) -> None:
        try:
            await self._free_expired()
            if not await self._claim():
                await self._rest()
        except DatabaseUnavailable as error:
            log.error("the courier waits for the database: %s", error)
            await asyncio.sleep(_LOOK)

    async def _free_expired(self) -> None:
        """At the start a process that is alone knows that whoever held a lease is dead."""
        first = self._expired_at == float("-inf")
        if self._clock() - self._expired_at < _EXPIRE:
            return
        now = self._database.clock.now()
        await self._database.write(deliveries.expire, now + LEASE if first and self._database.alone else now)
        self._expired_at = self._clock()

    async def _claim(self) -> bool:
        self._wake.clear()
        slots = min(_IN_FLIGHT - len(self._busy), self._throttle.free())
        if slots <= 0:
            return False
        rows = await self._database.write(
            deliveries.claim,
            self._database.clock.now(),
            slots,
            LEASE,
            {*self._busy, *self._throttle.waiting()},
            set(self._pace.resting()),
        )
        for row in rows:
            self._begin(row)
        return bool(rows)

    def _begin(self, row: OutboxRow) -> None:
        self._throttle.take(row.target)
        if row.route is Route.CARD and row.card_id is not None:
            self._pace.edited(row.card_id)
        task = asyncio.create_task(self._deliver(row, self._clock()))
        self._busy[row.target] = task
        task.add_done_callback(lambda _: self._done(row.target))

    def _done(self, target: str) -> None:
        self._busy.pop(target, None)
        self._wake.set()

    async def _rest(self) -> None:
        """Until something was queued, a rate allows more, or a message falls due."""
        await asyncio.sleep(_BREATH)
        wait = min(self._until_free(), await self._until_due())
        try:
            async with asyncio.timeout(max(wait, 0.0)):
                await self._wake.wait()
        except TimeoutError:
            pass

    def _until_free(self) -> float:
        now = self._clock()
        moments = [*self._throttle.waiting().values(), *self._pace.resting().values()]
        if self._throttle.free() <= 0:
            moments.append(self._throttle.overall_free_at())
        return min((moment - now for moment in moments), default=_LOOK)

    async def _until_due(self) -> float:
        if self._wake.is_set():
            return 0.0
        now = self._database.clock.now()
        due = await self._database.read(deliveries.next_due, now)
        return _LOOK if due is None else min(_LOOK, (due - now).total_seconds())

    # One message

    async def _deliver(self, row: OutboxRow, claimed_at: float) -> None:
        try:
            letter = await self._database.read(prepare, self._hooks, row, self._database.clock.now())
            if self._clock() - claimed_at > _TOO_LATE:
                letter = replace(letter, outgoing=None, verdict=Verdict(Fate.AGAIN, "claimed too long ago to begin"))
            await self._settle(await self._send(letter))
        except DatabaseUnavailable as error:
            log.error("message %d waits for its lease to end: %s", row.id, error)
        except Exception:
            log.exception("message %d could not be settled; its lease will end", row.id)

    async def _send(self, letter: Letter) -> Result:
        outgoing, row = letter.outgoing, letter.row
        if outgoing is None:
            return Result(letter, letter.verdict)
        try:
            found = await self._sender.call(outgoing.method, _params(outgoing), outgoing.files)
        except TelegramError as error:
            verdict = judge(error, attempts=row.attempts, promotion=row.promotion)
            if verdict.limited:
                self._throttle.pause(row.target, verdict.after)
            return Result(letter, verdict)
        return Result(letter, DELIVERED, _message(found))

    async def _settle(self, result: Result) -> None:
        """Kept as soon as the database takes it: the message left, and only this memory knows."""
        while True:
            try:
                await self._database.write(settle, self._hooks, result, self._database.clock.now())
            except DatabaseUnavailable as error:
                log.error("the fate of message %d is not kept yet: %s", result.letter.row.id, error)
                if self._stopping:
                    return
                await asyncio.sleep(_LOOK)
            else:
                return


def _params(outgoing: Outgoing) -> Json:
    params = dict(outgoing.params)
    if outgoing.chat_id is not None:
        params["chat_id"] = outgoing.chat_id
    reply = params.get("reply_parameters")
    if isinstance(reply, dict):  # the message may be gone by now; the answer is still worth saying
        params["reply_parameters"] = {"allow_sending_without_reply": True, **reply}
    return params


def _message(found: object) -> Json:
    """The message as Telegram has it; of an album the first; empty for a call that answers True."""
    first = found[0] if isinstance(found, list) and found else found
    return first if isinstance(first, dict) else {}

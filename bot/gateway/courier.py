"""The courier: what stands in the outbox leaves, by priority, at the platform's pace, one sender per chat.

Invariants: claim, commit, send, settle; the outbox alone retries; what a message says is composed when it leaves; a
settlement and what the house does about it are one transaction, fenced by the claim's epoch. A promotion is marked as
begun, and that committed, before its request is made: a sender is a request between that commit and its settlement's,
and only what senders had in hand when a process died is of unknown fate (docs/decisions/0024).

At 1,000 a second a message may cost the process a millisecond, so rows go in company: claimed a moment before the rates
let them leave, composed together, each sent at its own moment, and what plainly arrived is settled together.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from telegram.error import TelegramError

from bot.core.database import Database, DatabaseUnavailable
from bot.gateway.begins import Begins
from bot.gateway.http import Sender
from bot.gateway.pace import CardPace
from bot.gateway.ports import Hooks, Json, Outgoing
from bot.gateway.settling import Letter, Result, is_plain, prepare_all, settle, settle_plain
from bot.gateway.throttle import Place, Rates, Throttle
from bot.gateway.together import Together
from bot.gateway.verdicts import DELIVERED, Fate, Verdict, judge
from models import deliveries
from models.deliveries import OutboxRow
from models.outbox import Priority, Route

log = logging.getLogger(__name__)
T = TypeVar("T")

LEASE = timedelta(seconds=60)
_TOO_LATE = 15.0  # seconds after the claim at which a send must not begin: its lease could end before its time limit
_IN_FLIGHT = 64
_MOST_IN_FLIGHT = 256  # fewer than the wire's connections, so that answers to taps never queue behind a broadcast
_LOOK = 1.0  # seconds between looks for what other processes queued
_BREATH = 0.02  # seconds between two looks: taps come by the hundred, and so do places at 1,000 a second
_AHEAD = 0.09  # seconds; what is claimed that much before its moment is composed, and marked as begun, when it comes
_GROUP = 100  # messages settled in one write
_TOGETHER = 16  # rows composed in one read: whose turn comes first waits for the others
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
        self._paid = rates.paid
        self._most = min(_MOST_IN_FLIGHT, max(_IN_FLIGHT, rates.per_second // 4))
        self._pace = CardPace(rates.card_gap, clock)
        self._wake = asyncio.Event()
        self._busy: set[str] = set()  # targets with a delivery on its way: one a target
        self._unplaced: Counter[bool] = Counter()  # claimed and not composed yet, by whether they are some of many
        self._tasks: set[asyncio.Task[None]] = set()
        self._plain = Together(self._settle_plain, _GROUP)
        self._begins = Begins(database, clock)
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
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)

    # Claiming

    async def _turn(self) -> None:
        try:
            await self._free_expired()
            if await self._claim():
                await asyncio.sleep(_BREATH)
            else:
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
        places = min(self._most - len(self._busy), self._throttle.free(_AHEAD) - self._unplaced.total())
        if places <= 0:
            return False
        rows = await self._database.write(
            deliveries.claim,
            self._database.clock.now(),
            places,
            LEASE,
            self._busy | self._throttle.waiting().keys(),
            set(self._pace.resting()),
            max(0, self._throttle.evenly(_AHEAD) - self._unplaced[True]),
        )
        for start in range(0, len(rows), _TOGETHER):
            self._begin(rows[start : start + _TOGETHER])
        return bool(rows)

    def _begin(self, rows: list[OutboxRow]) -> None:
        for row in rows:
            self._busy.add(row.target)
            self._unplaced[_is_one_of_many(row)] += 1
            if row.route is Route.CARD and row.card_id is not None:
                self._pace.edited(row.card_id)
        task = asyncio.create_task(self._deliver_all(rows, self._clock()))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _done(self, target: str) -> None:
        """Looks again if there was no room for more; a chat that rests is looked at when its rest is over."""
        full = len(self._busy) >= self._most
        self._busy.discard(target)
        if full or not self._throttle.rests(target):
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
        if self._throttle.free(_AHEAD) <= self._unplaced.total():
            moments.append(self._throttle.overall_free_at() - _AHEAD)
        if self._throttle.evenly(_AHEAD) <= self._unplaced[True]:
            moments.append(self._throttle.evenly_free_at() - _AHEAD)
        return min((moment - now for moment in moments), default=_LOOK)

    async def _until_due(self) -> float:
        if self._wake.is_set():
            return 0.0
        now = self._database.clock.now()
        due = await self._database.read(deliveries.next_due, now)
        return _LOOK if due is None else min(_LOOK, (due - now).total_seconds())

    # Some messages: composed together, each sent and settled for itself

    async def _deliver_all(self, rows: list[OutboxRow], claimed_at: float) -> None:
        letters: list[Letter] = []
        try:
            letters = await self._database.read(prepare_all, self._hooks, rows, self._database.clock.now())
        except DatabaseUnavailable as error:
            log.error("messages %s wait for their leases to end: %s", [row.id for row in rows], error)
        except Exception:  # nobody awaits this task; what one row's words do wrong is caught where they are composed
            log.exception("messages %s could not be prepared; their leases will end", [row.id for row in rows])
        finally:
            self._unplaced.subtract(map(_is_one_of_many, rows))
        if not letters:
            for row in rows:
                self._done(row.target)
            return
        placed = [(letter, self._place(letter)) for letter in letters]
        await asyncio.gather(*(self._deliver(letter, place, claimed_at) for letter, place in placed))

    def _place(self, letter: Letter) -> Place | None:
        """What is not sent takes no place in the rates."""
        if letter.outgoing is None:
            return None
        return self._throttle.take(letter.row.target, evenly=_is_one_of_many(letter.row))

    async def _deliver(self, letter: Letter, place: Place | None, claimed_at: float) -> None:
        try:
            if place is not None:
                letter = await self._begun(letter, place.leaves, claimed_at)
            await self._settle(await self._send(letter, place))
        except Exception:  # one message's mistake must not take its company along
            log.exception("message %d could not be settled; its lease will end", letter.row.id)
        finally:
            self._done(letter.row.target)

    async def _begun(self, letter: Letter, leaves: float, claimed_at: float) -> Letter:
        """When its moment has come; what must not begin comes back without anything to send."""
        promotion = letter.row.promotion
        await self._moment(leaves - (self._begins.lead if promotion else 0.0))
        if self._clock() - claimed_at > _TOO_LATE:
            return _kept_back(letter, "claimed too long ago to begin")
        if promotion and not await self._begins.mark(letter.row):
            return _kept_back(letter, "it could not be marked as begun")
        await self._moment(leaves)
        return letter

    async def _moment(self, at: float) -> None:
        if (early := at - self._clock()) > 0:
            await asyncio.sleep(early)

    async def _send(self, letter: Letter, place: Place | None) -> Result:
        outgoing, row = letter.outgoing, letter.row
        if outgoing is None or place is None:
            return Result(letter, letter.verdict)
        left = self._clock()
        try:
            found = await self._sender.call(outgoing.method, _params(outgoing, paid=self._paid), outgoing.files)
        except TelegramError as error:
            verdict = judge(error, attempts=row.attempts, promotion=row.promotion)
            if verdict.limited:
                self._throttle.pause(row.target, verdict.after)
                if self._paid and row.route is Route.PRIVATE:
                    self._throttle.refused(row.target)
            return Result(letter, verdict)
        self._throttle.answered(place, self._clock() - left)
        return Result(letter, DELIVERED, _message(found))

    async def _settle(self, result: Result) -> None:
        if is_plain(result):
            await self._plain.add(result)
        else:
            await self._keep(settle, result)

    async def _settle_plain(self, results: list[Result]) -> list[None]:
        """What arrived during the last write, together."""
        try:
            await self._keep(settle_plain, results)
        except SQLAlchemyError:
            log.exception("%d messages could not be settled together; each is settled for itself", len(results))
            await asyncio.gather(*(self._settle_alone(result) for result in results))
        return [None] * len(results)

    async def _settle_alone(self, result: Result) -> None:
        try:
            await self._keep(settle, result)
        except SQLAlchemyError:
            log.exception("message %d could not be settled; its lease will end", result.letter.row.id)

    async def _keep(self, work: Callable[[Session, Hooks, T, datetime], None], what: T) -> None:
        """Kept as soon as the database takes it: the message left, and only this memory knows."""
        while True:
            try:
                await self._database.write(work, self._hooks, what, self._database.clock.now())
            except DatabaseUnavailable as error:
                log.error("the fate of a message is not kept yet: %s", error)
                if self._stopping:
                    return
                await asyncio.sleep(_LOOK)
            else:
                return


def _kept_back(letter: Letter, why: str) -> Letter:
    return replace(letter, outgoing=None, verdict=Verdict(Fate.AGAIN, why))


def _is_one_of_many(row: OutboxRow) -> bool:
    """A campaign's go evenly, whatever else leaves between them."""
    return row.priority == Priority.CAMPAIGN


def _params(outgoing: Outgoing, *, paid: bool) -> Json:
    params = dict(outgoing.params)
    if paid and outgoing.method.startswith("send"):  # edits and acts know no such parameter
        params["allow_paid_broadcast"] = True
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

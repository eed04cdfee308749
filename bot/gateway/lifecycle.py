"""The gateway of one bot: opened, run in its roles, stopped in an orderly way.

Invariants: what a former process left is worked first; stopping begins nothing new, finishes what is in hand and leaves
the rest in the inbox and the outbox; a part that dies takes the process with it, which loses nothing.
"""

import asyncio
import logging
import random
from collections.abc import Collection
from datetime import timedelta
from enum import StrEnum

import aiohttp
from aiogram import Bot, Dispatcher
from aiogram.exceptions import TelegramAPIError, TelegramNotFound, TelegramUnauthorizedError
from aiogram.types import User
from aiogram.utils.token import TokenValidationError, validate_token

from bot.core.database import Database, DatabaseUnavailable
from bot.gateway.answers import Answers, AnswerSession
from bot.gateway.courier import Courier
from bot.gateway.http import Sender
from bot.gateway.lookups import Lookups
from bot.gateway.poller import Poller
from bot.gateway.ports import CannotRun, Hooks
from bot.gateway.throttle import Rates
from bot.gateway.wire import close_session, open_session
from bot.gateway.worker import Worker
from models import inbox, spent

log = logging.getLogger(__name__)

_PRUNE = timedelta(hours=1)
_LAST_ANSWERS = 5.0  # seconds that answers on their way are given at the end


class Role(StrEnum):
    """What a process does of the gateway's work."""

    LISTEN = "listen"
    DELIVER = "deliver"


class Gateway:
    """`open()`, then `run()`; `stop()` from a signal handler; `close()` always."""

    def __init__(
        self,
        database: Database,
        token: str,
        api_root: str,
        hooks: Hooks,
        rates: Rates | None = None,
        long_poll: int = 50,
    ) -> None:
        _check_token(token)
        self._database = database
        self._token = token
        self._api_root = api_root
        self._hooks = hooks
        self._rates = rates or Rates()
        self._long_poll = long_poll
        self._stopping = asyncio.Event()
        self._wire: aiohttp.ClientSession | None = None
        self.bot: Bot
        self.lookups: Lookups
        self.courier: Courier

    async def open(self) -> User:
        """Connects and asks Telegram who this bot is, however long it is away. Raises CannotRun for a wrong token."""
        self._wire = open_session(self._api_root)
        self.bot = Bot(self._token, session=AnswerSession(self._api_root, self._wire))
        self.lookups = Lookups(self.bot)
        self.courier = Courier(
            self._database, Sender(self._token, self._api_root, self._wire), self._hooks, self._rates
        )
        return await self._who_am_i()

    async def run(self, dispatcher: Dispatcher, roles: Collection[Role] = frozenset(Role)) -> None:
        """Until `stop()`. Raises CannotRun with one line if a person must change something first."""
        answers = Answers(self.bot)
        worker = Worker(self._database, dispatcher, self.bot, answers, self.lookups, self.courier.wake)
        listening = await self._listen(worker) if Role.LISTEN in roles else []
        delivering = [asyncio.create_task(self.courier.run())] if Role.DELIVER in roles else []
        try:
            await self._until_stopped([*listening, *delivering])
        finally:
            for part in listening:
                part.cancel()
            await asyncio.gather(*listening, return_exceptions=True)
            await worker.stop()
            await answers.finish(_LAST_ANSWERS)
            await self.courier.stop()
            await asyncio.gather(*delivering, return_exceptions=True)

    def stop(self) -> None:
        """Ends `run()` in an orderly way; harmless when called again."""
        self._stopping.set()

    def wake(self) -> None:
        """Something was queued outside of an update: the courier looks at once."""
        self.courier.wake()

    async def close(self) -> None:
        """Lets the connections go; the database is closed by whoever opened it."""
        if self._wire is not None:
            await close_session(self._wire)

    async def _listen(self, worker: Worker) -> list[asyncio.Task[None]]:
        assert self._wire is not None, "open() comes first"
        await worker.start()
        poller = Poller(self._database, self._wire, self._token, self._api_root, worker, self._long_poll)
        return [asyncio.create_task(part) for part in (poller.run(), worker.sweep(), self._prune())]

    async def _until_stopped(self, parts: list[asyncio.Task[None]]) -> None:
        stopper = asyncio.create_task(self._stopping.wait())
        try:
            done, _ = await asyncio.wait([*parts, stopper], return_when=asyncio.FIRST_COMPLETED)
            for part in done:
                part.result()
        finally:
            stopper.cancel()

    async def _prune(self) -> None:
        while True:
            try:
                await self._database.write(inbox.prune, self._database.clock.now())
                await self._database.write(spent.prune, self._database.clock.now())
            except DatabaseUnavailable as error:
                log.warning("old rows could not be pruned: %s", error)
            await asyncio.sleep(_PRUNE.total_seconds())

    async def _who_am_i(self) -> User:
        failures = 0
        while True:
            try:
                return await self.bot.me()
            except (TelegramUnauthorizedError, TelegramNotFound) as error:
                raise CannotRun(_WRONG_TOKEN) from error
            except TelegramAPIError as error:
                failures += 1
                pause = min(30.0, 0.5 * 2 ** min(failures, 10)) * random.uniform(0.5, 1)  # noqa: S311  # no secret
                log.warning("Telegram does not answer, again in %.1f s: %s", pause, error)
                await self._pause(pause)

    async def _pause(self, seconds: float) -> None:
        """Raises CannotRun if the process is to stop before Telegram ever answered."""
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return
        raise CannotRun("stopped before Telegram answered")


_WRONG_TOKEN = "Telegram does not know this bot token: check BOT_TOKEN against what BotFather says"  # noqa: S105  # a sentence


def _check_token(token: str) -> None:
    try:
        validate_token(token)
    except TokenValidationError as error:
        raise CannotRun(
            "the bot token has not the form 123456:ABC…: check BOT_TOKEN against what BotFather says"
        ) from error

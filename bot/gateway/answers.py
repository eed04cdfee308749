"""aiogram's way to Telegram: the instant answers to taps, pre-checkout and inline queries, and the look-ups.

Invariants: an answer leaves after the commit it speaks of; a query that is too old is no error; nothing else is sent
here. Answers to taps go as a small JSON body: aiogram's multipart form costs twice the CPU (benchmarks/).
"""

import asyncio
import logging
from typing import TypeGuard, cast

import aiohttp
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest, TelegramNetworkError
from aiogram.methods import AnswerCallbackQuery, AnswerInlineQuery, AnswerPreCheckoutQuery, TelegramMethod
from aiogram.methods.base import TelegramType

from bot.gateway.wire import JSON_HEADERS, LIMIT, dumps

log = logging.getLogger(__name__)
Answer = AnswerCallbackQuery | AnswerPreCheckoutQuery | AnswerInlineQuery
_FLAT = (AnswerCallbackQuery, AnswerPreCheckoutQuery)  # only plain values inside: no form is needed
_AT_ONCE = 256


class AnswerSession(AiohttpSession):
    """aiogram's session over the gateway's own connections, which it never closes."""

    def __init__(self, api_root: str, wire: aiohttp.ClientSession) -> None:
        super().__init__(api=TelegramAPIServer.from_base(api_root))
        self._wire = wire

    async def create_session(self) -> aiohttp.ClientSession:
        return self._wire

    async def close(self) -> None:
        """The gateway closes its connections itself."""

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109  # aiogram's
    ) -> TelegramType:
        if not isinstance(method, _FLAT):
            return await super().make_request(bot, method, timeout)
        url = self.api.api_url(token=bot.token, method=method.__api_method__)
        body = dumps(method.model_dump(exclude_none=True, warnings=False))
        try:
            async with self._wire.post(url, data=body, headers=JSON_HEADERS, timeout=LIMIT) as response:
                content = await response.read()
        except (TimeoutError, aiohttp.ClientError) as error:
            raise TelegramNetworkError(method=method, message=f"{type(error).__name__}: {error}") from error
        if response.status == 200:
            return cast(TelegramType, True)
        self.check_response(bot, method, response.status, content.decode(errors="replace"))
        raise TelegramNetworkError(method=method, message=f"an unexpected answer with status {response.status}")


class Answers:
    """Sends answers beside the workers, so that a slow one holds back nobody's next update."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._tasks: set[asyncio.Task[None]] = set()

    async def send(self, answer: Answer) -> None:
        """Starts sending; waits only while very many are on their way already."""
        task = asyncio.create_task(self._send(answer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        if len(self._tasks) > _AT_ONCE:
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)

    async def finish(self, seconds: float) -> None:
        """Waits for what is on its way."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)

    async def _send(self, answer: Answer) -> None:
        try:
            await self._bot(answer)
        except TelegramBadRequest as error:
            if "query is too old" not in error.message:
                log.warning("an answer was refused: %s", error.message)
        except TelegramAPIError as error:
            log.warning("an answer did not arrive, the card will show it: %s", error.message)


def is_answer(result: object) -> TypeGuard[Answer]:
    """True if a handler returned something to say at once.

    Raises TypeError for any other method: it must leave by the outbox, or a crash would lose it.
    """
    if isinstance(result, Answer):
        return True
    if isinstance(result, TelegramMethod):
        raise TypeError(f"a handler returned {type(result).__name__}; only answers to queries leave at once")
    return False

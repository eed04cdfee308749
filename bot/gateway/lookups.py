"""What only Telegram knows, or makes: a person's standing in a chat, an invite link of it. Asked outside any transaction.

Invariants: an answer is kept for at most 60 s, since it may authorise; two who ask the same at once make one call.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

from aiogram import Bot
from aiogram.types.chat_member_union import ChatMemberUnion

T = TypeVar("T")
_KEPT_SECONDS = 60.0
_MOST = 4096


class Lookups:
    """Raises aiogram's TelegramAPIError when Telegram refuses or does not answer."""

    def __init__(self, bot: Bot, seconds: float = _KEPT_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._bot = bot
        self._seconds = min(seconds, _KEPT_SECONDS)
        self._clock = clock
        self._asked: dict[tuple[object, ...], tuple[float, asyncio.Future[Any]]] = {}

    async def member(self, chat_id: int, person: int) -> ChatMemberUnion:
        """One person's standing in a chat; certain for others than the bot only where the bot is an admin."""
        return await self._ask(("member", chat_id, person), lambda: self._bot.get_chat_member(chat_id, person))

    async def invite_link(self, chat_id: int, name: str) -> str:
        """A new invite link of a chat, by which people ask to be let in; asked for twice within the minute it is one."""
        made = await self._ask(
            ("invite", chat_id, name),
            lambda: self._bot.create_chat_invite_link(chat_id, name=name[:32], creates_join_request=True),
        )
        return made.invite_link

    def forget(self, chat_id: int) -> None:
        """Something changed in that chat: the next question goes to Telegram."""
        for key in [key for key in self._asked if key[1] == chat_id]:
            del self._asked[key]

    async def _ask(self, key: tuple[object, ...], call: Callable[[], Awaitable[T]]) -> T:
        now = self._clock()
        until, answer = self._asked.get(key, (now, None))
        if answer is None or until <= now:
            self._make_room(now)
            answer = asyncio.ensure_future(call())
            answer.add_done_callback(lambda done: self._forget_failure(key, done))
            self._asked[key] = (now + self._seconds, answer)
        return cast(T, await asyncio.shield(answer))

    def _forget_failure(self, key: tuple[object, ...], done: "asyncio.Future[Any]") -> None:
        if (done.cancelled() or done.exception() is not None) and self._asked.get(key, (0.0, None))[1] is done:
            del self._asked[key]

    def _make_room(self, now: float) -> None:
        if len(self._asked) >= _MOST:
            self._asked = {key: kept for key, kept in self._asked.items() if kept[0] > now}

"""A look around at the start: what the bot may do in each circle, which it may have learnt nothing of while it was away.

Invariant: looking twice says nothing twice, so a look that a database cut off is simply taken again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from aiogram.exceptions import TelegramAPIError
from sqlalchemy.orm import Session

from bot.core.outages import DatabaseUnavailable
from handlers.circles import is_within, rights_of
from handlers.ports import Lookups
from models import circles, notices
from models.facts import RightsMissing
from models.rows import load, number_of

log = logging.getLogger(__name__)

Read = Callable[..., Awaitable[list[tuple[int, int]]]]
Write = Callable[..., Awaitable[None]]


AGAIN = timedelta(seconds=1)


async def look_around(
    bot_id: int, lookups: Lookups, read: Read, write: Write, now: Callable[[], datetime], again: timedelta = AGAIN
) -> None:
    """Asks Telegram for the bot's standing in every approved circle and writes down what is news.

    While the database does not answer it begins anew after every `again`, and tells of it once.
    """
    told = False
    while True:
        try:
            return await _look(bot_id, lookups, read, write, now)
        except DatabaseUnavailable as error:
            if not told:
                log.warning("the look around at the start waits for the database: %s", error)
            told = True
            await asyncio.sleep(again.total_seconds())


async def _look(bot_id: int, lookups: Lookups, read: Read, write: Write, now: Callable[[], datetime]) -> None:
    for circle_id, chat_id in await read(circles.approved):
        try:
            member = await lookups.member(chat_id, bot_id)
        except TelegramAPIError as error:
            log.info("Telegram says nothing of circle %d: %s", circle_id, error)
            continue
        is_admin, rights = rights_of(member)
        await write(_stands, circle_id, is_within(member), is_admin, rights, now())


def _stands(
    session: Session, circle_id: int, within: bool, is_admin: bool, rights: tuple[str, ...], now: datetime
) -> None:
    circle = load(session, circles.Circle, circle_id)
    if not within:
        circles.gone(session, circle_id, now)
        return
    first = circle.changed_at is None
    if not first and (circle.is_admin, set(circle.rights)) == (is_admin, set(rights)):
        return
    facts = circles.set_rights(session, number_of(circle.id), is_admin, rights, now)
    lacks = circles.lacks(circle)
    notices.notify(session, [RightsMissing(circle_id, lacks)] if first and lacks else facts, now)

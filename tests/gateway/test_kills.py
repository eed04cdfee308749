"""kill -9 at random moments: no update that Telegram was told of is lost, none counts twice, no message is missing.

A child runs the whole gateway against a server that outlives it; it is killed again and again and at last left alone.
"""

import asyncio
import os
import random
import signal
from datetime import datetime
from pathlib import Path

import pytest
from aiogram import Dispatcher
from aiogram.types import CallbackQuery
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bot.core.database import Database
from bot.gateway.conversations import KeptConversations
from bot.gateway.lifecycle import Gateway
from bot.gateway.ports import Hooks
from bot.gateway.unit import Unit
from models import outbox
from models.inbox import INBOX
from models.outbox import OUTBOX, Message, Route
from tests.gateway.conftest import settle_in
from tests.gateway.house import UNLIMITED, House, until
from tests.gateway.telegram import TOKEN, PretendTelegram, tap
from tests.templates import lay

KILLS = 8
TAPS = 240
SEED = 20261121


def sit(session: Session, update_id: str, person: int, now: datetime) -> None:
    session.execute(text("INSERT INTO test_seats VALUES (:tap, :person)"), {"tap": update_id, "person": person})
    receipt = Message(route=Route.PRIVATE, template=f"seat {update_id}", person_id=person % 4 + 1)
    outbox.enqueue(session, [receipt], now)


def _live(url: str, database_url: str) -> None:
    """A whole gateway, until it is killed or told to stop."""

    async def run() -> None:
        database = Database.open(database_url)
        dispatcher = Dispatcher(storage=KeptConversations(database))

        @dispatcher.callback_query()
        async def join(query: CallbackQuery, unit: Unit) -> object:
            await unit.write(sit, query.id, query.from_user.id, unit.now)
            return query.answer(f"seat {query.id}")

        gateway = Gateway(database, TOKEN, url, Hooks(House().compose), UNLIMITED, long_poll=1)
        await gateway.open()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, gateway.stop)
        await gateway.run(dispatcher)
        await gateway.close()
        await database.close()

    try:
        asyncio.run(run())
    finally:
        os._exit(0)


def _fork(url: str, database_url: str) -> int:
    child = os.fork()
    if child == 0:
        asyncio.events._set_running_loop(None)  # the parent's loop stays with the parent
        _live(url, database_url)
    return child


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
async def test_nothing_is_lost_or_doubled_whenever_it_is_killed(tmp_path: Path, telegram: PretendTelegram) -> None:
    url = f"sqlite:///{tmp_path / 'tuan.db'}"
    _furnish(url)
    moments = random.Random(SEED)
    for number in range(TAPS):
        telegram.send(tap(number + 1, 1000 + number % 40))
    for _ in range(KILLS):
        child = _fork(telegram.url, url)
        await asyncio.sleep(moments.uniform(0.05, 0.35))
        os.kill(child, signal.SIGKILL)
        await asyncio.to_thread(os.waitpid, child, 0)
        telegram.confirmed = max(0, telegram.confirmed - moments.randrange(30))  # some are repeated
    child = _fork(telegram.url, url)
    await until(lambda: _all_done(url), seconds=40)
    os.kill(child, signal.SIGTERM)
    await asyncio.to_thread(os.waitpid, child, 0)
    _check(url, telegram)


def _furnish(url: str) -> None:
    database = Database.open(lay(url))
    database.write_sync(settle_in)
    database.write_sync(lambda session: session.execute(text("CREATE TABLE test_seats (tap TEXT, person BIGINT)")))
    database.close_sync()


def _all_done(url: str) -> bool:
    beside = Database.open(url, exclusive=False)
    try:
        return beside.read_sync(_counts) == (TAPS, TAPS)
    finally:
        beside.close_sync()


def _counts(session: Session) -> tuple[int, int]:
    done = session.scalars(select(INBOX.c.id).where(INBOX.c.state == "done")).all()
    delivered = session.scalars(select(OUTBOX.c.id).where(OUTBOX.c.state == "delivered")).all()
    return len(done), len(delivered)


def _check(url: str, telegram: PretendTelegram) -> None:
    database = Database.open(url)
    seats = database.read_sync(lambda session: list(session.scalars(text("SELECT tap FROM test_seats"))))
    assert sorted(seats, key=int) == [str(number) for number in range(1, TAPS + 1)]
    answered = {call.params["callback_query_id"] for call in telegram.of("answerCallbackQuery")}
    assert answered <= set(seats)
    told = [call.params["text"] for call in telegram.of("sendMessage")]
    assert set(told) == {f"private: seat {number}" for number in range(1, TAPS + 1)}
    assert len(told) - len(set(told)) <= KILLS * 4  # at most what was in mid-send: one a chat, four chats
    database.close_sync()

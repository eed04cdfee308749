"""From a tap on the wire to a kept seat and an answer: the way in, end to end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiogram import Dispatcher, F, Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.methods import AnswerCallbackQuery, SendMessage
from aiogram.types import CallbackQuery, Message
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bot.core.database import Database
from bot.gateway import worker
from bot.gateway.conversations import KeptConversations
from bot.gateway.lifecycle import Gateway
from bot.gateway.ports import CannotRun, Hooks, Outgoing
from bot.gateway.unit import Unit
from bot.gateway.wire import dumps
from models import inbox
from models.errors import DomainError
from models.inbox import INBOX
from tests.gateway.house import until
from tests.gateway.telegram import BOT_ID, TOKEN, PretendTelegram, error, said, tap

pytestmark = pytest.mark.usefixtures("seats")


@pytest.fixture
def seats(database: Database) -> None:
    """A table that only these tests know, standing for whatever a handler writes."""
    database.write_sync(lambda session: session.execute(text("CREATE TABLE test_seats (person BIGINT, word TEXT)")))


def take_seat(session: Session, person: int, word: str) -> int:
    session.execute(text("INSERT INTO test_seats VALUES (:person, :word)"), {"person": person, "word": word})
    return int(
        session.execute(text("SELECT count(*) FROM test_seats WHERE person = :person"), {"person": person}).scalar_one()
    )


def seats_of(database: Database) -> list[tuple[int, str]]:
    return database.read_sync(
        lambda session: [tuple(row) for row in session.execute(text("SELECT person, word FROM test_seats"))]
    )


def states(database: Database) -> dict[int, str]:
    rows = database.read_sync(lambda session: session.execute(select(INBOX.c.update_id, INBOX.c.state)).all())
    return {row.update_id: row.state for row in rows}


def _compose(session: Session, row: Any, now: Any) -> Outgoing:
    return Outgoing(1001, "sendMessage", {"text": row.template})


@asynccontextmanager
async def listening(database: Database, telegram: PretendTelegram, *routers: Router) -> AsyncIterator[Gateway]:
    """A gateway that runs until the block ends, and then stops in order."""
    dispatcher = Dispatcher(storage=KeptConversations(database))
    dispatcher.include_routers(*routers)
    gateway = Gateway(database, TOKEN, telegram.url, Hooks(_compose), long_poll=1)
    await gateway.open()
    running = asyncio.create_task(gateway.run(dispatcher))
    try:
        yield gateway
    finally:
        gateway.stop()
        await running
        await gateway.close()


def joining() -> Router:
    router = Router()

    @router.callback_query(F.data.startswith("join"))
    async def join(query: CallbackQuery, unit: Unit) -> AnswerCallbackQuery:
        count = await unit.write(take_seat, query.from_user.id, query.data or "")
        return query.answer(f"You: {count}")

    return router


async def test_ann_taps_and_is_answered_after_her_seat_is_kept(database: Database, telegram: PretendTelegram) -> None:
    async with listening(database, telegram, joining()):
        telegram.send(tap(1, 1001))
        (answer,) = await telegram.wait_for("answerCallbackQuery")
    assert answer.params == {"callback_query_id": "1", "text": "You: 1"}
    assert answer.content_type == "application/json"
    assert seats_of(database) == [(1001, "join:1")]
    assert states(database) == {1: "done"}


async def test_a_repeated_update_is_one_seat(database: Database, telegram: PretendTelegram) -> None:
    async with listening(database, telegram, joining()):
        telegram.send(tap(1, 1001), tap(1, 1001))
        await telegram.wait_for("answerCallbackQuery")
        telegram.confirmed = 0
        telegram.send(tap(1, 1001), tap(2, 1002))
        await telegram.wait_for("answerCallbackQuery", 2)
    assert sorted(seats_of(database)) == [(1001, "join:1"), (1002, "join:1")]


async def test_one_persons_updates_come_in_order_and_two_people_side_by_side(
    database: Database, telegram: PretendTelegram
) -> None:
    router = Router()
    heard: list[tuple[int, str]] = []
    bao_may_go = asyncio.Event()

    @router.message()
    async def slow(message: Message, unit: Unit) -> None:
        assert message.from_user is not None
        if message.from_user.id == 1001:
            await bao_may_go.wait()
        heard.append((message.from_user.id, message.text or ""))

    async with listening(database, telegram, router):
        telegram.send(said(1, 1001, "first"), said(2, 1001, "second"), said(3, 1002, "mine"), said(4, 1001, "third"))
        await until(lambda: len(heard) == 1)
        assert heard == [(1002, "mine")]
        bao_may_go.set()
        await until(lambda: len(heard) == 4)
    assert heard[1:] == [(1001, "first"), (1001, "second"), (1001, "third")]


async def test_a_poison_update_is_retried_parked_and_holds_back_its_person_only(
    database: Database, telegram: PretendTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "BACKOFF", (0.01, 0.01, 0.01, 0.01))
    router = Router()
    tries: list[str] = []

    @router.message()
    async def poisoned(message: Message, unit: Unit) -> None:
        tries.append(message.text or "")
        if message.text == "poison":
            await unit.write(_half_and_fail)
        await unit.write(take_seat, 1, message.text or "")

    def _half_and_fail(session: Session) -> None:
        take_seat(session, 1, "half")
        raise ZeroDivisionError("no such ladder")

    async with listening(database, telegram, router):
        telegram.send(said(1, 1001, "poison"), said(2, 1001, "after"), said(3, 1002, "other"))
        await until(lambda: states(database) == {1: "parked", 2: "done", 3: "done"})
    assert tries.count("poison") == 5
    assert tries[-1] == "after"
    assert tries.index("other") < 5
    assert ("half" not in {word for _, word in seats_of(database)})  # fmt: skip
    (given_up,) = database.read_sync(inbox.parked)
    assert given_up.error == "ZeroDivisionError: no such ladder"
    assert given_up.attempts == 5


async def test_a_parked_update_is_replayed_by_a_command_beside_the_running_bot(
    database: Database, telegram: PretendTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_SWEEP", 0.05)
    now = database.clock.now()
    stored = database.write_sync(inbox.store, BOT_ID, [(9, 1001, dumps(tap(9, 1001)).decode())], now)
    database.write_sync(inbox.park, stored[9], "the disk was full")
    async with listening(database, telegram, joining()):
        assert database.write_sync(inbox.replay, [stored[9]]) == 1
        await telegram.wait_for("answerCallbackQuery")
    assert states(database) == {9: "done"}


async def test_what_a_former_process_left_is_worked_before_anything_new(
    database: Database, telegram: PretendTelegram
) -> None:
    now = database.clock.now()
    left = [(n, 1001, dumps(tap(n, 1001, f"join:{n}")).decode()) for n in (1, 2, 3)]
    database.write_sync(inbox.store, BOT_ID, left, now)
    async with listening(database, telegram, joining()):
        await telegram.wait_for("answerCallbackQuery", 3, seconds=20)
    assert [word for _, word in seats_of(database)] == ["join:1", "join:2", "join:3"]


class Selling(StatesGroup):
    price = State()


def selling() -> Router:
    router = Router()

    @router.message(F.text == "/sell")
    async def begin(message: Message, state: FSMContext, unit: Unit) -> None:
        await state.set_state(Selling.price)
        await state.update_data(title="oranges")
        await unit.write(take_seat, 1, "began")

    @router.message(Selling.price, F.text == "refuse")
    async def refuse(message: Message, state: FSMContext, unit: Unit) -> None:
        await state.clear()
        with pytest.raises(DomainError):
            await unit.write(_refused)

    @router.message(Selling.price)
    async def price(message: Message, state: FSMContext, unit: Unit) -> None:
        title = (await state.get_data())["title"]
        await state.clear()
        await unit.write(take_seat, 2, f"{title} {message.text}")

    @router.message()
    async def other(message: Message, unit: Unit) -> None:
        await unit.write(take_seat, 3, message.text or "")

    return router


def _refused(session: Session) -> None:
    raise DomainError("ladder_rises")


async def test_a_conversation_moves_with_the_write_and_stays_when_the_rule_refuses(
    database: Database, telegram: PretendTelegram
) -> None:
    async with listening(database, telegram, selling()):
        telegram.send(said(1, 1001, "/sell"), said(2, 1001, "refuse"))
        await until(lambda: states(database) == {1: "done", 2: "done"})
    async with listening(database, telegram, selling()):  # a new process knows where the old one stood
        telegram.send(said(3, 1001, "39.90"), said(4, 1001, "thanks"))
        await until(lambda: len(states(database)) == 4 and set(states(database).values()) == {"done"})
    assert seats_of(database) == [(1, "began"), (2, "oranges 39.90"), (3, "thanks")]


async def test_a_late_answer_is_no_failure(database: Database, telegram: PretendTelegram) -> None:
    telegram.next(
        "answerCallbackQuery",
        error(400, "Bad Request: query is too old and response timeout expired or query ID is invalid"),
    )
    async with listening(database, telegram, joining()):
        telegram.send(tap(1, 1001))
        await telegram.wait_for("answerCallbackQuery")
    assert states(database) == {1: "done"}


async def test_a_handler_may_not_send_by_the_back_door(
    database: Database, telegram: PretendTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "BACKOFF", ())
    router = Router()

    @router.message()
    async def chatty(message: Message, unit: Unit) -> SendMessage:
        return message.answer("hello")

    async with listening(database, telegram, router):
        telegram.send(said(1, 1001, "hi"))
        await until(lambda: states(database) == {1: "parked"})
    assert telegram.of("sendMessage") == []


async def test_a_handler_writes_once(database: Database, telegram: PretendTelegram) -> None:
    router = Router()
    told: list[str] = []

    @router.message()
    async def twice(message: Message, unit: Unit) -> None:
        await unit.write(take_seat, 1, "once")
        with pytest.raises(RuntimeError, match="writes once") as refused:
            await unit.write(take_seat, 1, "twice")
        told.append(str(refused.value))

    async with listening(database, telegram, router):
        telegram.send(said(1, 1001, "hi"))
        await until(lambda: bool(told))
    assert seats_of(database) == [(1, "once")]


SECOND_POLLER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


@pytest.mark.parametrize(
    ("reply", "line"),
    [
        (error(409, SECOND_POLLER), "another process polls"),
        (error(409, WEBHOOK), "a webhook is set"),
        (error(401, "Unauthorized"), "does not know this bot token"),
    ],
)
async def test_what_a_person_must_change_is_said_in_one_line(
    database: Database, telegram: PretendTelegram, reply: Any, line: str
) -> None:
    telegram.next("getUpdates", reply)
    gateway = Gateway(database, TOKEN, telegram.url, Hooks(_compose), long_poll=1)
    await gateway.open()
    with pytest.raises(CannotRun, match=line):
        await gateway.run(Dispatcher())
    await gateway.close()


async def test_a_wrong_token_is_told_before_anything_runs(database: Database, telegram: PretendTelegram) -> None:
    telegram.next("getMe", error(401, "Unauthorized"))
    gateway = Gateway(database, TOKEN, telegram.url, Hooks(_compose))
    with pytest.raises(CannotRun, match="BotFather"):
        await gateway.open()
    await gateway.close()
    with pytest.raises(CannotRun, match="form 123456"):
        Gateway(database, "no token", telegram.url, Hooks(_compose))

"""From a row in the outbox to a message in a chat, and what becomes of it when Telegram does not play along."""

import asyncio
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import select, update

from bot.core.database import Database
from bot.gateway import courier as couriers
from bot.gateway.courier import Courier
from bot.gateway.http import Sender, _input_file
from bot.gateway.ports import Json
from bot.gateway.throttle import Rates
from bot.gateway.wire import open_session
from models import deliveries, outbox
from models.deliveries import PEOPLE
from models.outbox import OUTBOX, Message, Priority, Route
from tests.gateway.cast import ANN, BAO, CHEN, OFFICE
from tests.gateway.house import UNLIMITED, House, delivering, ended, queue, rows, to, until
from tests.gateway.telegram import TOKEN, Call, PretendTelegram, cut_off, error


async def test_a_receipt_leaves_and_its_message_id_is_kept(
    database: Database, telegram: PretendTelegram, house: House
) -> None:
    queue(database, to(ANN))
    async with delivering(database, telegram, house):
        await ended(database)
    (call,) = telegram.of("sendMessage")
    assert call.params == {"chat_id": 1001, "text": "private: receipt", "reply_markup": {"inline_keyboard": []}}
    assert call.content_type == "application/json"
    row = database.read_sync(lambda session: session.execute(select(OUTBOX)).one())
    assert (row.state, row.message_id) == ("delivered", 101)
    assert row.sent_at is not None
    assert house.delivered == [(row.id, {"message_id": 101, "date": 0, "chat": {"id": 1001, "type": "private"}})]


async def test_the_same_dedup_is_said_once(database: Database, telegram: PretendTelegram, house: House) -> None:
    queue(database, to(ANN, dedup="lock:1:ann"), to(BAO, dedup="lock:1:bao"))
    queue(database, to(ANN, dedup="lock:1:ann"))
    async with delivering(database, telegram, house):
        await ended(database)
    assert sorted(call.params["chat_id"] for call in telegram.of("sendMessage")) == [1001, 1002]


async def test_own_actions_go_before_campaigns(database: Database, telegram: PretendTelegram, house: House) -> None:
    queue(
        database,
        to(ANN, "broadcast", priority=Priority.CAMPAIGN, promotion=True),
        to(BAO, "ask", priority=Priority.ASK),
        to(CHEN, "answer", priority=Priority.OWN_ACTION),
    )
    async with delivering(database, telegram, house, Rates(per_second=1)):
        await telegram.wait_for("sendMessage", 3)
        await ended(database)
    assert [call.params["text"] for call in telegram.of("sendMessage")] == [
        "private: answer",
        "private: ask",
        "private: broadcast",
    ]


async def test_what_is_no_longer_worth_saying_is_dropped(
    database: Database, telegram: PretendTelegram, house: House
) -> None:
    queue(database, to(ANN, "stale"))
    async with delivering(database, telegram, house):
        await ended(database)
    assert rows(database) == [("stale", "dropped")]
    assert telegram.of("sendMessage") == []


async def test_a_mistake_in_composing_is_parked_and_can_be_retried(
    database: Database, telegram: PretendTelegram, house: House
) -> None:
    queue(database, to(ANN, "broken"), to(BAO))
    async with delivering(database, telegram, house) as courier:
        await ended(database)
        (given_up,) = database.read_sync(outbox.parked)
        assert given_up.error == "KeyError: 'price'"
        database.write_sync(lambda session: session.execute(update(OUTBOX).values(template="receipt")))
        assert database.write_sync(outbox.retry, database.clock.now(), [given_up.id]) == 1
        courier.wake()
        await telegram.wait_for("sendMessage", 2)
        await ended(database)
    assert rows(database) == [("receipt", "delivered"), ("receipt", "delivered")]


async def test_429_stops_one_chat_and_no_other(database: Database, telegram: PretendTelegram, house: House) -> None:
    telegram.next("sendMessage", error(429, "Too Many Requests: retry after 1", retry_after=1))
    queue(database, to(ANN, "first"))
    async with delivering(database, telegram, house) as courier:
        await telegram.wait_for("sendMessage")
        queue(database, to(ANN, "second"), to(BAO), to(CHEN))
        courier.wake()
        await ended(database)
    calls = telegram.of("sendMessage")
    assert {call.params["chat_id"] for call in calls[1:3]} == {1002, 1003}
    assert calls[2].at - calls[0].at < 0.5
    assert calls[3].params["chat_id"] == 1001
    assert calls[3].at - calls[0].at >= 0.99
    assert {state for _, state in rows(database)} == {"delivered"}


async def test_a_receipt_cut_off_goes_again_and_a_promotion_never(
    database: Database, telegram: PretendTelegram, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.gateway.verdicts._SHORTEST", 0.05)
    telegram.next("sendMessage", cut_off, cut_off)
    queue(database, to(ANN), to(BAO, "broadcast", promotion=True))
    async with delivering(database, telegram, house):
        await ended(database)
    assert rows(database) == [("receipt", "delivered"), ("broadcast", "unknown")]
    assert sorted(call.params["chat_id"] for call in telegram.of("sendMessage")) == [1001, 1001, 1002]


async def test_5xx_is_ambiguous_too(
    database: Database, telegram: PretendTelegram, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.gateway.verdicts._SHORTEST", 0.05)
    telegram.next("sendMessage", error(502, "Bad Gateway"), error(500, "Internal Server Error"))
    queue(database, to(ANN))
    async with delivering(database, telegram, house):
        await ended(database)
    assert len(telegram.of("sendMessage")) == 3


async def test_no_connection_is_certain_so_even_a_promotion_goes_again(
    database: Database, telegram: PretendTelegram, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.gateway.verdicts._SHORTEST", 0.05)
    queue(database, to(ANN, "broadcast", promotion=True))
    wire = open_session()
    away = Courier(database, Sender(TOKEN, "http://127.0.0.1:9", wire), house.hooks(), UNLIMITED)
    running = asyncio.create_task(away.run())
    await until(lambda: "NotSent" in _error(database) or "no connection" in _error(database))
    await away.stop()
    await running
    await wire.close()
    async with delivering(database, telegram, house):
        await ended(database)
    assert rows(database) == [("broadcast", "delivered")]


def _error(database: Database) -> str:
    return database.read_sync(lambda session: session.scalar(select(OUTBOX.c.error))) or ""


async def test_who_blocked_the_bot_is_told_in_the_circle_and_then_by_a_link(
    database: Database, telegram: PretendTelegram, house: House
) -> None:
    telegram.next("sendMessage", error(403, "Forbidden: bot can't initiate conversation with a user"))
    telegram.next("sendMessage", error(400, "Bad Request: not enough rights to send ephemeral messages"))
    queue(database, to(ANN, circle_id=OFFICE))
    async with delivering(database, telegram, house) as courier:
        await ended(database)
        queue(database, to(ANN, "second", circle_id=OFFICE))
        courier.wake()
        await ended(database)
    said = [(call.params["chat_id"], call.params["text"]) for call in telegram.of("sendMessage")]
    assert said == [
        (1001, "private: receipt"),
        (-1001, "ephemeral: receipt"),
        (-1001, "link: receipt"),
        (-1001, "ephemeral: second"),  # known by now: the private way is not tried again
    ]
    assert telegram.of("sendMessage")[1].params["ephemeral_message_parameters"] == {"receiver_user_id": 1001}
    unreachable = database.read_sync(
        lambda session: session.scalar(select(PEOPLE.c.unreachable_at).where(PEOPLE.c.id == ANN))
    )
    assert unreachable is not None


async def test_a_circle_that_kicked_the_bot_is_told_to_the_house(
    database: Database, telegram: PretendTelegram, house: House
) -> None:
    telegram.next("sendMessage", error(403, "Forbidden: bot was kicked from the supergroup chat"))
    queue(database, Message(route=Route.CIRCLE, template="step", circle_id=OFFICE))
    async with delivering(database, telegram, house):
        await ended(database)
    assert rows(database) == [("step", "dead")]
    assert len(house.lost) == 1


async def test_a_group_that_became_a_supergroup_is_followed(
    database: Database, telegram: PretendTelegram, house: House
) -> None:
    telegram.next(
        "sendMessage",
        error(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1009),
    )
    queue(database, Message(route=Route.CIRCLE, template="step", circle_id=OFFICE))
    async with delivering(database, telegram, house):
        await ended(database)
    assert house.moved == [(-1001, -1009)]
    assert [call.params["chat_id"] for call in telegram.of("sendMessage")] == [-1001, -1009]


async def test_files_go_as_multipart_with_their_names(
    database: Database, telegram: PretendTelegram, house: House
) -> None:
    queue(database, to(ANN, "picture"))
    async with delivering(database, telegram, house):
        await ended(database)
    (call,) = telegram.of("sendPhoto")
    assert call.files == {"photo": ("photo.jpg", b"\x89PNG"), "list": ("list.xlsx", b"xx")}
    assert call.params == {"chat_id": "1001", "caption": "x"}


async def test_a_dead_senders_lease_ends_and_only_receipts_go_again(
    database: Database, telegram: PretendTelegram, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue(database, to(ANN), to(BAO, "broadcast", promotion=True))
    past = database.clock.now() + timedelta(seconds=0)
    taken = database.write_sync(deliveries.claim, past, 10, timedelta(milliseconds=1))
    assert database.write_sync(deliveries.begin, taken, past) == {row.id for row in taken}
    monkeypatch.setattr(couriers, "_EXPIRE", 0.05)
    async with delivering(database, telegram, house):
        await ended(database)
    assert rows(database) == [("receipt", "delivered"), ("broadcast", "unknown")]
    late = deliveries.Settlement(state=outbox.OutboxState.DEAD)
    assert not database.write_sync(deliveries.settle, taken[0], late, past)  # the dead one comes back too late


class _Deaf(list[tuple[int, Json]]):
    """A house that fails as soon as it is told."""

    def append(self, told: tuple[int, Json], /) -> None:
        raise RuntimeError(f"{told} was not heard")


async def test_a_hook_that_fails_sends_nothing_twice(
    database: Database, telegram: PretendTelegram, house: House
) -> None:
    queue(database, to(ANN))
    house.delivered = _Deaf()
    async with delivering(database, telegram, house):
        await ended(database)
    assert rows(database) == [("receipt", "delivered")]
    assert len(telegram.of("sendMessage")) == 1


async def test_stopping_finishes_what_is_on_its_way(
    database: Database, telegram: PretendTelegram, house: House
) -> None:
    async def slow(call: Call, request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.2)
        return web.json_response({"ok": True, "result": {"message_id": 5}})

    telegram.next("sendMessage", slow)
    queue(database, to(ANN))
    async with delivering(database, telegram, house):
        await telegram.wait_for("sendMessage")
    assert rows(database) == [("receipt", "delivered")]


def test_a_path_is_sent_under_its_own_name(tmp_path: Path) -> None:
    path = tmp_path / "oranges.jpg"
    path.write_bytes(b"jpeg")
    assert _input_file("photo", path).filename == "oranges.jpg"


async def test_a_connection_limit_is_shared() -> None:
    async with open_session() as wire:
        assert isinstance(wire.connector, aiohttp.TCPConnector)
        assert wire.connector.limit == 320


async def test_what_is_not_sent_takes_no_place_in_the_rates(database: Database, telegram: PretendTelegram, house: House) -> None:
    """At two a second, twenty that are over before the three that are sent would hold those up for ten seconds."""
    queue(database, *(to(ANN, "stale") for _ in range(20)), to(ANN), to(BAO), to(CHEN))
    async with delivering(database, telegram, house, replace(UNLIMITED, per_second=2)):
        began = time.monotonic()
        await ended(database)
    assert time.monotonic() - began < 6
    assert len(telegram.of("sendMessage")) == 3

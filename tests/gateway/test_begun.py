"""What a dead courier had claimed: only a promotion whose request had begun is of unknown fate, all else goes out."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from aiohttp import web
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.database import Database, DatabaseUnavailable
from bot.gateway import courier as couriers
from bot.gateway.courier import Courier
from bot.gateway.http import Sender
from bot.gateway.wire import open_session
from models import deliveries
from models.deliveries import PEOPLE, OutboxRow, Settlement
from models.outbox import OUTBOX, Message, OutboxState, Priority, Route
from tests.gateway.cast import ANN, BAO, NOW
from tests.gateway.house import UNLIMITED, House, delivering, ended, queue, rows, until
from tests.gateway.telegram import TOKEN, Call, PretendTelegram

MOMENT = timedelta(milliseconds=1)
MANY = range(11, 31)


def promotion(person: int, template: str = "broadcast") -> Message:
    return Message(
        route=Route.PRIVATE, template=template, person_id=person, priority=Priority.CAMPAIGN, promotion=True
    )


def moves_in(database: Database) -> None:
    """Twenty more people."""
    found = [
        {"id": who, "telegram_id": 1000 + who, "name": f"P{who}", "seen_at": NOW, "by_initial": False, "keeps_cues": True}
        for who in MANY
    ]
    database.write_sync(lambda session: session.execute(PEOPLE.insert(), found))


async def test_a_promotion_that_was_claimed_and_not_begun_goes_out_after_all(
    database: Database, telegram: PretendTelegram, house: House
) -> None:
    queue(database, promotion(ANN), promotion(BAO))
    now = database.clock.now()
    ann, _ = database.write_sync(deliveries.claim, now, 10, MOMENT)
    assert database.write_sync(deliveries.begin, [ann], now) == {ann.id}
    database.write_sync(deliveries.expire, now + MOMENT)
    assert rows(database) == [("broadcast", "unknown"), ("broadcast", "queued")]
    async with delivering(database, telegram, house):
        await ended(database)
    assert rows(database) == [("broadcast", "unknown"), ("broadcast", "delivered")]
    assert [call.params["chat_id"] for call in telegram.of("sendMessage")] == [1000 + BAO]


async def test_one_that_begins_a_second_time_is_of_unknown_fate_by_that_time_only(database: Database) -> None:
    queue(database, promotion(ANN))
    now = database.clock.now()
    (first,) = database.write_sync(deliveries.claim, now, 1, MOMENT)
    database.write_sync(deliveries.begin, [first], now)
    database.write_sync(deliveries.settle, first, Settlement(state=OutboxState.QUEUED, not_before=now), now)
    (second,) = database.write_sync(deliveries.claim, now, 1, MOMENT)
    database.write_sync(deliveries.expire, now + MOMENT)
    assert rows(database) == [("broadcast", "queued")]
    assert second.attempts == first.attempts + 1


async def test_who_lost_a_row_meanwhile_may_not_begin_it(database: Database) -> None:
    queue(database, promotion(ANN), promotion(BAO))
    now = database.clock.now()
    ann, bao = database.write_sync(deliveries.claim, now, 10, MOMENT)
    late = replace(ann, lease_epoch=ann.lease_epoch - 1)
    assert database.write_sync(deliveries.begin, [late, bao], now) == {bao.id}
    assert database.read_sync(lambda session: session.scalar(select(OUTBOX.c.sent_at).where(OUTBOX.c.id == ann.id))) is None


async def test_without_its_mark_a_promotion_is_not_sent(
    database: Database, telegram: PretendTelegram, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is away for a moment: whatever it was asked to mark goes out once it is back."""
    mark, asked = deliveries.begin, [False]

    def begin(session: Session, begun: Sequence[OutboxRow], now: datetime) -> set[int]:
        if not asked[0]:
            asked[0] = True
            raise DatabaseUnavailable("away")
        assert telegram.of("sendMessage") == []
        return mark(session, begun, now)

    monkeypatch.setattr(deliveries, "begin", begin)
    queue(database, promotion(ANN))
    async with delivering(database, telegram, house):
        await ended(database)
    assert rows(database) == [("broadcast", "delivered")]
    assert len(telegram.of("sendMessage")) == 1


async def test_a_courier_that_dies_leaves_no_more_unknown_than_it_had_on_the_wire(
    database: Database, telegram: PretendTelegram, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It claims two seconds ahead, twenty in all; one was answered, and a few are on the wire when it ends."""
    monkeypatch.setattr(couriers, "_AHEAD", 2.0)
    moves_in(database)
    asked: set[int] = set()

    async def silence(call: Call, request: web.Request) -> web.StreamResponse:
        asked.add(call.params["chat_id"] - 1000)
        await asyncio.sleep(60)
        return web.Response()

    queue(database, *(promotion(who) for who in MANY))
    wire = open_session()
    courier = Courier(database, Sender(TOKEN, telegram.url, wire), house.hooks(), replace(UNLIMITED, per_second=10))
    running = asyncio.create_task(courier.run())
    await telegram.wait_for("sendMessage")
    telegram.next("sendMessage", *[silence] * len(MANY))
    try:
        await until(lambda: len(asked) >= 2)
    finally:
        for task in (running, *courier._tasks):
            task.cancel()
        await asyncio.gather(running, *courier._tasks, return_exceptions=True)
        await wire.close()
    begun = _in_mid_send(database)
    came = {call.params["chat_id"] - 1000 for call in telegram.of("sendMessage")}
    assert asked <= begun
    assert len(begun - came) <= 1  # marked, and its request not made yet
    telegram.script.clear()
    database.write_sync(deliveries.expire, database.clock.now() + couriers.LEASE)
    async with delivering(database, telegram, house):
        await ended(database)
    states = [state for _, state in rows(database)]
    assert (states.count("unknown"), states.count("delivered")) == (len(begun), len(MANY) - len(begun))
    told = [call.params["chat_id"] - 1000 for call in telegram.of("sendMessage")]
    assert sorted(told) == sorted(set(MANY) - (begun - came))


def _in_mid_send(database: Database) -> set[int | None]:
    going = (OUTBOX.c.state == "sending", OUTBOX.c.sent_at.is_not(None))
    return database.read_sync(lambda session: set(session.scalars(select(OUTBOX.c.person_id).where(*going))))

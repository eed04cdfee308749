"""Messages in company: claimed, composed and settled together, each with a fate of its own."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from bot.core.database import Database
from bot.core.outgoing import Outgoing
from bot.gateway import courier as couriers
from bot.gateway.settling import Letter, Result, settle_plain
from bot.gateway.verdicts import DELIVERED
from models import deliveries
from models.outbox import OUTBOX, Priority
from tests.gateway.cast import ANN, BAO, CHEN, DORA
from tests.gateway.house import UNLIMITED, House, delivering, ended, queue, rows, to
from tests.gateway.telegram import PretendTelegram


async def test_of_a_campaign_only_as_many_are_claimed_as_the_rate_lets_go(
    database: Database, telegram: PretendTelegram, house: House
) -> None:
    promoted = [to(person, "broadcast", priority=Priority.CAMPAIGN, promotion=True) for person in (ANN, BAO, CHEN)]
    queue(database, *promoted, to(DORA, "answer", priority=Priority.OWN_ACTION), to(ANN, "ask", priority=Priority.ASK))
    now = database.clock.now()
    claimed = database.write_sync(deliveries.claim, now, 10, couriers.LEASE, (), (), 1)
    assert [(row.template, row.person_id) for row in claimed] == [("answer", DORA), ("ask", ANN), ("broadcast", BAO)]
    claimed = database.write_sync(deliveries.claim, now, 10, couriers.LEASE, {"person:1"}, (), 5)
    assert [(row.template, row.person_id) for row in claimed] == [("broadcast", CHEN)]


async def test_among_many_that_rest_the_few_that_may_go_are_found(database: Database) -> None:
    queue(database, *(to(ANN, f"{number}") for number in range(200)), to(BAO, "last"))
    claimed = database.write_sync(
        deliveries.claim, database.clock.now(), 2, couriers.LEASE, {"person:1", "person:9"}, (), 2
    )
    assert [row.template for row in claimed] == ["last"]


async def test_messages_settled_together_are_settled_one_by_one_if_one_is_in_other_hands(
    database: Database, house: House
) -> None:
    queue(database, to(ANN), to(BAO), to(CHEN))
    now = database.clock.now()
    ann, bao, chen = database.write_sync(deliveries.claim, now, 10, couriers.LEASE)
    late = replace(bao, lease_epoch=bao.lease_epoch - 1)
    results = [Result(Letter(row, None), DELIVERED, {"message_id": row.id + 100}) for row in (ann, late, chen)]
    database.write_sync(settle_plain, house.hooks(), results, now)
    assert [state for _, state in rows(database)] == ["delivered", "sending", "delivered"]
    assert [row for row, _ in house.delivered] == [ann.id, chen.id]
    database.write_sync(settle_plain, house.hooks(), [Result(Letter(bao, None), DELIVERED, {"message_id": 7})], now)
    found = database.read_sync(lambda session: session.execute(select(OUTBOX.c.message_id).order_by(OUTBOX.c.id)).all())
    assert [row.message_id for row in found] == [ann.id + 100, 7, chen.id + 100]


async def test_a_group_that_the_database_refuses_is_settled_one_by_one(
    database: Database, telegram: PretendTelegram, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise StatementError("no", None, None, ValueError())

    monkeypatch.setattr(couriers, "settle_plain", refused)
    queue(database, to(ANN), to(BAO), to(CHEN))
    async with delivering(database, telegram, house):
        await ended(database)
    assert [state for _, state in rows(database)] == ["delivered"] * 3
    assert len(telegram.of("sendMessage")) == 3


async def test_where_stars_pay_each_message_says_so(
    database: Database, telegram: PretendTelegram, house: House
) -> None:
    queue(database, to(ANN), to(BAO, "broadcast", promotion=True))
    async with delivering(database, telegram, house, replace(UNLIMITED, paid=True)):
        await ended(database)
    assert [call.params["allow_paid_broadcast"] for call in telegram.of("sendMessage")] == [True, True]


def test_an_edit_cannot_be_paid_for() -> None:
    assert "allow_paid_broadcast" not in couriers._params(Outgoing(1, "editMessageText", {"text": "x"}), paid=True)


async def test_one_that_cannot_be_composed_leaves_its_company_alone(
    database: Database, telegram: PretendTelegram, house: House
) -> None:
    queue(database, to(ANN), to(BAO, "broken"), to(CHEN, "stale"), to(DORA))
    async with delivering(database, telegram, house):
        await ended(database)
    assert [state for _, state in rows(database)] == ["delivered", "parked", "dropped", "delivered"]

"""Cards: a thousand taps are a handful of edits, and the last one shows what is so."""

import asyncio

import pytest
from aiohttp import web
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.database import Database
from bot.gateway.throttle import Rates
from models import outbox
from models.cards import Card
from models.catalogue import Product
from models.deliveries import CARDS
from models.group_buys import Round
from models.shops import Shop
from tests.gateway.cast import NOW, OFFICE
from tests.gateway.house import House, delivering, ended, rows
from tests.gateway.telegram import Call, PretendTelegram, cut_off, error

CARD = 1


@pytest.fixture
def card(database: Database) -> int:
    """A card of a group buy; what it is about does not matter here."""
    database.write_sync(_make_card)
    return CARD


def _make_card(session: Session) -> None:
    shop = Shop(id=1, key="orchard", name="Orchard Lane", currency="CNY", timezone="Asia/Shanghai")
    product = Product(id=1, shop_id=1, key="oranges", title={"en": "Honey oranges"}, price=3990)
    deal = Round(
        id=1, shop_id=1, circle_id=OFFICE, product_id=1, state="open", price=3990, created_at=NOW, closes_at=NOW
    )  # fmt: skip
    for row in (shop, product, deal, Card(id=CARD, round_id=1, circle_id=OFFICE)):
        session.add(row)
        session.flush()


def mark(database: Database) -> None:
    database.write_sync(outbox.mark_card, CARD, database.clock.now())


def card_of(database: Database) -> tuple[int | None, str | None]:
    row = database.read_sync(lambda session: session.execute(select(CARDS)).one())
    return row.message_id, row.digest


async def test_a_thousand_taps_are_one_mark_and_one_edit(
    database: Database, telegram: PretendTelegram, house: House, card: int
) -> None:
    await asyncio.gather(*(database.write(outbox.mark_card, card, database.clock.now()) for _ in range(1000)))
    assert rows(database) == [("card", "queued")]
    async with delivering(database, telegram, house):
        await ended(database)
    assert len(telegram.of("sendMessage")) == 1
    assert card_of(database) == (101, "nobody yet")
    assert house.cards_sent == [101]


async def test_a_card_is_edited_at_a_gap_and_the_last_edit_is_right(
    database: Database, telegram: PretendTelegram, house: House, card: int
) -> None:
    gap = Rates(per_second=1000, per_chat_per_second=1000, per_group_per_minute=1000, card_gap=0.2)
    async with delivering(database, telegram, house, gap) as courier:
        for number in range(30):
            house.shows = f"{number} people"
            mark(database)
            courier.wake()
            await asyncio.sleep(0.02)
        await ended(database)
    edits = telegram.of("editMessageText")
    assert card_of(database)[1] == "29 people"
    assert edits[-1].params["text"] == "29 people"
    took = telegram.calls[-1].at - telegram.calls[0].at
    assert len(edits) <= took / 0.2 + 1  # arrivals jitter; the pace itself is proven in test_throttle


async def test_a_card_that_shows_it_already_is_not_edited(
    database: Database, telegram: PretendTelegram, house: House, card: int
) -> None:
    async with delivering(database, telegram, house) as courier:
        for _ in range(2):
            mark(database)
            courier.wake()
            await ended(database)
    assert [call.method for call in telegram.calls] == ["sendMessage"]
    assert rows(database) == [("card", "delivered"), ("card", "dropped")]


async def test_not_modified_is_success(database: Database, telegram: PretendTelegram, house: House, card: int) -> None:
    telegram.next("editMessageText", error(400, "Bad Request: message is not modified: specified new message content"))
    async with delivering(database, telegram, house) as courier:
        for house.shows in ("Ann", "Ann and Bao"):
            mark(database)
            courier.wake()
            await ended(database)
    assert card_of(database) == (101, "Ann and Bao")
    assert rows(database) == [("card", "delivered"), ("card", "delivered")]


async def test_a_deleted_card_is_sent_anew(
    database: Database, telegram: PretendTelegram, house: House, card: int
) -> None:
    telegram.next("editMessageText", error(400, "Bad Request: message to edit not found"))
    async with delivering(database, telegram, house) as courier:
        for house.shows in ("Ann", "Ann and Bao"):
            mark(database)
            courier.wake()
            await ended(database)
    assert [call.method for call in telegram.calls] == ["sendMessage", "editMessageText", "sendMessage"]
    assert house.cards_sent == [101, 102]
    assert card_of(database) == (102, "Ann and Bao")


async def test_a_mark_made_while_the_card_is_on_its_way_is_not_lost(
    database: Database, telegram: PretendTelegram, house: House, card: int
) -> None:
    async def taps_meanwhile(call: Call, request: web.Request) -> web.StreamResponse:
        house.shows = "Ann and Bao"
        await database.write(outbox.mark_card, CARD, database.clock.now())
        return web.json_response({"ok": True, "result": {"message_id": 55}})

    telegram.next("sendMessage", taps_meanwhile)
    mark(database)
    async with delivering(database, telegram, house):
        await telegram.wait_for("editMessageText")
        await ended(database)
    assert card_of(database) == (55, "Ann and Bao")


async def test_an_edit_cut_off_is_superseded_by_the_younger_mark(
    database: Database, telegram: PretendTelegram, house: House, card: int
) -> None:
    async def taps_then_dies(call: Call, request: web.Request) -> web.StreamResponse:
        house.shows = "Ann and Bao"
        await database.write(outbox.mark_card, CARD, database.clock.now())
        return await cut_off(call, request)

    telegram.next("editMessageText", taps_then_dies)
    async with delivering(database, telegram, house) as courier:
        mark(database)
        await telegram.wait_for("sendMessage")
        await ended(database)
        house.shows = "Ann"
        mark(database)
        courier.wake()
        await ended(database)
    assert [state for _, state in rows(database)] == ["delivered", "superseded", "delivered"]
    assert card_of(database) == (101, "Ann and Bao")

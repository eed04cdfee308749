"""Money: provider invoices with shipping and tips, refusals on both sides, Stars."""

import asyncio
from typing import Any

import pytest

from sandbox.errors import ApiError
from sandbox.rates import Limits, Rates
from tests.sandbox.conftest import BOT, Play

BOX = {"chat_id": 1001, "title": "Oranges", "description": "A box", "payload": "order:1043", "currency": "CNY",
       "provider_token": "1:TEST:x", "prices": [{"label": "Oranges", "amount": 3200}]}  # fmt: skip


async def asked(play: Play, kind: str) -> dict[str, Any]:
    """The next update, which must be of this kind."""
    (update,) = await play.updates(timeout=10)
    made: dict[str, Any] = update[kind]
    return made


async def test_a_box_is_shipped_tipped_and_paid(play: Play) -> None:
    bill = await play.bot("sendInvoice", **BOX, is_flexible=True, need_name=True, max_tip_amount=500)
    assert bill["reply_markup"]["inline_keyboard"][0][0]["pay"] is True
    paying = asyncio.create_task(
        play.do("pay", person_id=1001, chat_id=BOT, message_id=bill["message_id"], tip=300, shipping="gate")
    )
    shipping = await asked(play, "shipping_query")
    options = [{"id": "home", "title": "Home", "prices": [{"label": "Home", "amount": 1000}]},
               {"id": "gate", "title": "Gate 2", "prices": [{"label": "Gate", "amount": 100}]}]  # fmt: skip
    await play.bot("answerShippingQuery", shipping_query_id=shipping["id"], ok=True, shipping_options=options)
    checkout = await asked(play, "pre_checkout_query")
    assert (checkout["total_amount"], checkout["shipping_option_id"], checkout["order_info"]["name"]) == (
        3600,
        "gate",
        "Li Wei",
    )
    await play.bot("answerPreCheckoutQuery", pre_checkout_query_id=checkout["id"], ok=True)
    assert (await paying)["paid"] is True
    paid = (await play.only("message"))["successful_payment"]
    assert (paid["invoice_payload"], paid["total_amount"], paid["currency"]) == ("order:1043", 3600, "CNY")
    assert (await play.chat(BOT))[0]["sandbox"]["paid_by"] == [1001]


async def test_a_bot_that_refuses_and_one_that_is_silent_are_not_paid(play: Play) -> None:
    bill = await play.bot("sendInvoice", **BOX)
    paying = asyncio.create_task(play.do("pay", person_id=1001, message_id=bill["message_id"]))
    checkout = await asked(play, "pre_checkout_query")
    lacks = await play.refused("answerPreCheckoutQuery", pre_checkout_query_id=checkout["id"], ok=False)
    assert "error_message" in lacks
    await play.bot("answerPreCheckoutQuery", pre_checkout_query_id=checkout["id"], ok=False, error_message="Sold out")
    assert await paying == {"paid": False, "error": "Sold out"}
    assert (await play.do("pay", person_id=1001, message_id=bill["message_id"], refuse=True))["paid"] is False
    again = asyncio.create_task(play.do("pay", person_id=1001, message_id=bill["message_id"]))
    late = await asked(play, "pre_checkout_query")
    await play.do("clock", advance=11)
    assert "query is too old" in await play.refused("answerPreCheckoutQuery", pre_checkout_query_id=late["id"], ok=True)
    assert await again == {"paid": False, "error": "timeout"}


async def test_stars_move_once_each_way(play: Play) -> None:
    url = await play.bot(
        "createInvoiceLink",
        title="Recipe",
        description="x",
        payload="r",
        currency="XTR",
        prices=[{"label": "x", "amount": 40}],
    )
    paying = asyncio.create_task(play.do("pay", person_id=1003, invoice_link=url))
    checkout = await asked(play, "pre_checkout_query")
    await play.bot("answerPreCheckoutQuery", pre_checkout_query_id=checkout["id"], ok=True)
    charge = (await paying)["telegram_payment_charge_id"]
    assert await play.bot("getMyStarBalance") == {"amount": 40}
    assert "CHARGE_NOT_FOUND" in await play.refused(
        "refundStarPayment", user_id=1004, telegram_payment_charge_id=charge
    )
    await play.bot("refundStarPayment", user_id=1003, telegram_payment_charge_id=charge)
    assert await play.bot("getMyStarBalance") == {"amount": 0}
    book = (await play.bot("getStarTransactions"))["transactions"]
    assert [("source" in line, "receiver" in line) for line in book] == [(True, False), (False, True)]
    stars = {person["id"]: person["stars"] for person in (await play.see("state"))["people"]}
    assert stars[1003] == 100_000


async def test_a_paid_broadcast_costs_a_tenth_of_a_star_above_the_free_rate(limited: Play) -> None:
    await limited.bot("getMe")
    await limited.do("limits", per_chat_per_second=0, per_group_per_minute=0)

    async def burst(count: int, **more: Any) -> list[bool]:
        answers = [await limited.raw("sendMessage", chat_id=1001, text="drop", **more) for _ in range(count)]
        await limited.do("clock", advance=2)
        return [answer["ok"] for answer in answers]

    assert (await burst(33)).count(True) == 30
    assert (await burst(33, allow_paid_broadcast=True)).count(True) == 30  # it has nothing to pay with
    limited.world.bots[BOT].stars = 2
    assert all(await burst(33, allow_paid_broadcast=True))
    assert await limited.bot("getMyStarBalance") == {"amount": 1, "nanostar_amount": 700_000_000}
    (line,) = (await limited.bot("getStarTransactions"))["transactions"]
    assert line["receiver"] == {"type": "telegram_api", "request_count": 3}
    assert (line["amount"], line["nanostar_amount"]) == (0, 300_000_000)


def test_what_is_paid_for_takes_no_place_of_what_cannot_be() -> None:
    """An edit knows no allow_paid_broadcast: it keeps to the free rate, and only what was free counts there."""
    rates = Rates(Limits(30, 0, 0))

    def sends(now: float, count: int, stars: int = 0) -> int:
        return sum(rates.spend(BOT, 1001, False, 1, now, stars) for _ in range(count))

    assert sends(0.0, 30 + 40, stars=1000) == 40
    with pytest.raises(ApiError, match="Too Many Requests"):
        sends(0.1, 1)
    assert sends(0.6, 40, stars=1000) == 40
    assert sends(1.05, 30) == 0  # the free ones are a second old, the paid ones are not
    with pytest.raises(ApiError, match="Too Many Requests"):
        sends(1.05, 1)
    assert sends(1.05, 1, stars=1000) == 1

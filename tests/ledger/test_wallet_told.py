"""What people read and press: /wallet, the buttons below "please pay", and what is said when something comes in or back."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import invariants, ledger, notices, vouchers
from models.facts import PointsCredited, WalletCredited
from models.people import person_table
from models.shops import shop_table
from models.vouchers import Terms, Worth
from tests.conversations.town import BOT, Seen, Town

ANN, BAO = "Ann", "Bao"


def gifts(session: Session, name: str, now: datetime) -> None:
    """5.00 in the wallet, 70 points, and a voucher of 10.00 from 30.00 on."""
    shop = session.execute(select(shop_table.c.id)).scalar_one()
    person = session.execute(select(person_table.c.id).where(person_table.c.name == name)).scalar_one()
    for account, amount, reason in (
        (ledger.wallet(shop, person), 500, "complaint:9"), (ledger.points(shop, person), 70, "showcase:1"),
    ):  # fmt: skip
        source = ledger.shop(shop, account.unit)
        ledger.transfer(session, reason=reason, debit=source, credit=account, amount=amount, now=now)
    terms = Terms(key="letter:1", worth=Worth.AMOUNT, value=1000, valid_for=timedelta(days=7), min_order=3000)
    voucher = vouchers.grant(session, vouchers.put(session, shop, terms, now), person, "letter:1:1", now)
    told = [
        vouchers.granted(session, voucher),
        WalletCredited(person, None, shop, 500, "complaint"),
        PointsCredited(person, None, shop, 70, "showcase"),
    ]
    notices.notify(session, told, now)


async def given(town: Town, name: str = ANN) -> None:
    await town.app.database.write(gifts, name, town.app.database.clock.now())
    town.app.wake()
    await town.settled()


async def asked_to_pay(town: Town) -> Seen:
    """The message that asks Ann to pay; she leads, so the pick list comes too."""
    return next(seen for seen in reversed(await town.ann.private()) if "I have paid" in seen.buttons)


async def test_an_empty_wallet_is_one_sentence(town: Town) -> None:
    await town.ann.start()
    await town.ann.whisper("/wallet")
    assert (await town.ann.private())[-1].text == (
        "Your wallet is empty: what shops owe you, rewards, vouchers and points will stand here."
    )


async def test_what_comes_in_is_told_and_stands_in_the_wallet(town: Town) -> None:
    await town.ann.start()
    await given(town)
    said = [seen.text for seen in await town.ann.private()]
    assert any(
        text.startswith("🎟 A voucher for you from Orchard Lane: 10.00 less · from 30.00\nGood until ") for text in said
    )
    assert (
        "5.00 CNY is in your wallet: something was wrong with it.\nIt can be spent on any order there. /wallet" in said
    )
    assert any(text.startswith("70 points for you: ") for text in said)
    await town.ann.whisper("/wallet")
    lines = (await town.ann.private())[-1].text.splitlines()
    assert lines[0] == "5.00 CNY in your wallet at Orchard Lane."
    assert lines[2] == "70 points, worth 0.70 on an order"
    assert lines[3].startswith("🎟 10.00 less · from 30.00 · until ")
    assert lines[5] == "Last movements:"
    assert (lines[6].split(" · ")[0], lines[7].split(" · ")[0]) == ("+70 points", "+5.00")
    assert lines[7].endswith("something was wrong with it")


async def test_voucher_points_and_wallet_go_onto_an_order_by_a_button_each(town: Town) -> None:
    await town.ann.start()
    await given(town)
    await town.offer(ladder=(), minimum=1)
    await town.ann.press("+1")
    await town.later(hours=24, seconds=2)
    asked = await asked_to_pay(town)
    assert asked.buttons == (
        "🎟 Use a voucher: 10.00 less",
        "Use 70 points: 0.70 less",
        "Use my wallet (5.00)",
        "I have paid",
        "I cannot",
    )
    await town.ann.press("Use a voucher", BOT)
    told = (await town.ann.private())[-1]
    assert told.text.startswith("🎟 10.00 less on order 1001.\nStill to pay: 29.90 CNY, by ")
    await town.ann.press("Use 70 points", BOT)
    await town.ann.press("Use my wallet", BOT)
    told = (await town.ann.private())[-1]
    assert told.text.startswith("5.00 from your wallet is on order 1001.\nStill to pay: 24.20 CNY, by ")
    assert told.buttons == ("I have paid", "I cannot")
    assert await town.ann.tap(asked, "Use my wallet (5.00)", BOT) == (
        "There is nothing in your wallet for this order. /wallet shows what you have."
    )
    assert "one goes onto an order" in await town.ann.tap(asked, "🎟 Use a voucher: 10.00 less", BOT)
    await town.ann.press("I cannot", BOT)
    said = [seen.text for seen in await town.ann.private()]
    assert "5.00 CNY of order 1001" in " ".join(said)
    assert any("is off order 1001 and good again" in text for text in said)
    await town.ann.whisper("/wallet")
    assert (await town.ann.private())[-1].text.startswith("5.00 CNY in your wallet")
    assert await town.count(invariants.check) == []


async def test_nobody_else_sees_or_moves_what_is_anns(town: Town) -> None:
    await town.ann.start()
    await town.bao.start()
    await given(town)
    await town.offer(ladder=(), minimum=1)
    await town.ann.press("+1")
    await town.later(hours=24, seconds=2)
    asked = await asked_to_pay(town)
    await town.bao.whisper("/wallet")
    own = (await town.bao.private())[-1].id
    for (button,) in asked.raw["reply_markup"]["inline_keyboard"][:3]:
        assert await town.bao.tap(own, button["callback_data"], BOT, forge=True) != "Done. What is left to pay comes in a moment."
    await town.bao.whisper("/wallet")
    assert "empty" in (await town.bao.private())[-1].text
    await town.ann.whisper("/wallet")
    assert (await town.ann.private())[-1].text.startswith("5.00 CNY in your wallet")
    assert not any("wallet" in seen.text for seen in await town.bao.sees())


async def test_in_chinese(town: Town) -> None:
    await town.ann.start()
    await town.ann.whisper("/language")
    await town.ann.press("中文", BOT)
    await given(town)
    await town.ann.whisper("/wallet")
    lines = (await town.ann.private())[-1].text.splitlines()
    assert lines[0] == "5.00 CNY，你在 Orchard Lane 的钱包余额。"
    assert lines[3].startswith("🎟 减 10.00 · 满 30.00 可用 · 有效期到 ")
    assert lines[7].endswith("东西有问题")

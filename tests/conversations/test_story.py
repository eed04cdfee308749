"""From the lock to the last piece handed over: receipts in private, the owner's desk, what goes wrong and what is done."""

from models import invariants
from tests.conversations.town import BOT, Seen, Town, order_number, seats_of


async def _locked(town: Town) -> int:
    """Ann, Bao and Chen (who pressed start) are in when the price is fixed."""
    deal = await town.offer()
    for person in (town.li, town.ann, town.bao, town.chen):
        await person.start()
    await town.ann.press("+1")
    await town.bao.say("+2", reply_to=(await town.card()).id)
    await town.chen.press("+1")
    await town.later(hours=24, seconds=2)
    return deal


async def test_the_lock_tells_each_what_is_owed_and_the_owner_what_to_pack(town: Town) -> None:
    await _locked(town)
    card = await town.card()
    assert "36.00" in card.text
    assert card.buttons == ("Wait for a seat",)
    receipt = (await town.bao.private())[-1]
    assert "72.00" in receipt.text
    assert {"I have paid", "I cannot"} <= set(receipt.buttons)
    picks = (await town.li.private())[-1].text
    assert "Ann" in picks
    assert "Bao" in picks


async def test_paid_claimed_confirmed_handed_over_and_again(town: Town) -> None:
    await _locked(town)
    number = order_number(await town.bao.private())
    assert "Thank you" in await town.bao.press("I have paid", BOT)
    claim = (await town.li.private())[-1]
    assert str(number) in claim.text
    await town.li.press("It has arrived", BOT)
    assert "✅" in (await town.bao.private())[-1].text or "paid" in (await town.bao.private())[-1].text
    await town.li.whisper(f"/handover {number}")
    await town.li.press("handed over", BOT)
    assert "Thank you, noted." in await town.bao.press("Again", BOT)


async def test_the_owner_works_by_name_and_by_reply(town: Town) -> None:
    await _locked(town)
    await town.li.whisper("/paid ann")
    assert "Ann" in (await town.li.private())[-1].text
    assert "Noted as paid" in await town.li.press("Ann has paid", BOT)
    await town.chen.press("I have paid", BOT)
    claim = (await town.li.private())[-1]
    await town.li.whisper("/paid", reply_to=claim.id)
    assert "Chen" in (await town.li.private())[-1].text
    await town.li.whisper("/paid nobody")
    assert "nobody" in (await town.li.private())[-1].text


async def test_orders_is_the_pick_list_with_its_files(town: Town) -> None:
    await _locked(town)
    await town.li.whisper("/orders")
    listed = (await town.li.private())[-1]
    assert "Honey oranges" in listed.text
    assert {"XLSX", "CSV", "Arrived"} <= set(listed.buttons)
    await town.li.press("XLSX", BOT)
    await town.li.press("CSV", BOT)
    files = [seen.raw["document"]["file_name"] for seen in await town.li.private() if "document" in seen.raw]
    assert files == ["pick-list.xlsx", "pick-list.csv"]
    await town.li.press("Arrived", BOT)
    assert "📦" in (await town.ann.private())[-1].text


async def test_who_cannot_pay_gives_the_seat_to_who_waits(town: Town) -> None:
    deal = await _locked(town)
    await town.dora.start()
    assert "wait for a seat" in await town.dora.press("Wait for a seat")
    await town.ann.press("I cannot", BOT)
    await town.dora.press("Take it", BOT)
    assert await town.count(seats_of, deal) == {"Bao": 2, "Chen": 1, "Dora": 1}
    assert "36.00" in (await town.dora.private())[-1].text


async def test_something_is_wrong_with_a_photo_and_the_owner_replaces_it(town: Town) -> None:
    await _locked(town)
    number = order_number(await town.bao.private())
    await town.li.whisper(f"/paid {number}")
    await town.li.press(f"{number} Bao has paid", BOT)
    await town.li.whisper(f"/handover {number}")
    await town.li.press("handed over", BOT)
    await town.bao.press("Something is wrong", BOT)
    await town.bao.press("1", BOT)
    await town.bao.photo("one is squashed")
    complaint = next(seen for seen in reversed(await town.li.private()) if "squashed" in seen.text)
    assert "photo" in complaint.raw
    await town.li.press("Replace", BOT)
    told = [seen.text for seen in await town.bao.private()]
    assert any("replace" in text.lower() for text in told)


async def test_recall_tells_every_buyer(town: Town) -> None:
    deal = await _locked(town)
    await town.li.whisper("/recall")
    await town.li.press("Honey oranges", BOT)
    assert "Stopped" in await town.li.press("Yes, stop it", BOT)
    assert await town.count(seats_of, deal) == {}
    assert "stopped" in (await town.ann.private())[-1].text.lower()


async def test_what_a_recall_owes_is_given_back_once(town: Town) -> None:
    await _locked(town)
    await town.bao.press("I have paid", BOT)
    await town.li.press("It has arrived", BOT)
    await town.li.whisper("/recall")
    await town.li.press("Honey oranges", BOT)
    await town.li.press("Yes, stop it", BOT)
    assert "given back" in await town.li.press("I gave it back", BOT)
    assert "72.00" in (await town.bao.private())[-1].text
    assert "already" in await town.li.press("I gave it back", BOT)
    assert await town.count(invariants.check) == []


async def test_others_get_nothing_from_an_owners_commands(town: Town) -> None:
    await _locked(town)
    for command in ("/paid 1001", "/orders", "/recall", "/sell", "/refund ann"):
        await town.ann.whisper(command)
        assert "owners" in (await town.ann.private())[-1].text
    await town.ann.whisper("/reload")
    assert "operator" in (await town.ann.private())[-1].text


async def test_who_never_pressed_start_is_told_in_the_circle_alone(town: Town) -> None:
    await town.offer(ladder=(), minimum=1)
    await town.emil.press("+1")
    await town.later(hours=24, seconds=2)
    mine = [seen for seen in await town.emil.sees() if seen.only_me]
    assert any("39.90" in seen.text for seen in mine)
    assert not any("39.90" in seen.text and seen.only_me for seen in await _others(town))


async def _others(town: Town) -> list[Seen]:
    return await town.fang.sees()


async def test_a_part_of_the_money_goes_back_once(town: Town) -> None:
    await _locked(town)
    number = order_number(await town.bao.private())
    await town.bao.press("I have paid", BOT)
    claim = (await town.li.private())[-1]
    await town.li.press("It has arrived", BOT)
    await town.li.whisper(f"/refund {number} 99.00")
    await town.li.press("give money back", BOT)
    assert "more than was paid" in await town.li.press("give money back", BOT)
    await town.li.whisper(f"/refund {number} 12.00")
    await town.li.press("give money back", BOT)
    assert "12.00 of the 72.00" in (await town.li.private())[-1].text
    await town.li.press("Yes, give this back", BOT)
    assert "12.00" in (await town.bao.private())[-1].text
    assert "another time" in await town.li.press("Yes, give this back", BOT)
    await town.li.whisper("/refund bao 10,5")
    await town.li.press("give money back", BOT)
    assert "10.50 of the 60.00" in (await town.li.private())[-1].text
    await town.li.whisper("/refund 10", reply_to=claim.id)
    await town.li.press("give money back", BOT)
    assert "10.00 of the 60.00" in (await town.li.private())[-1].text
    assert await town.count(invariants.check) == []

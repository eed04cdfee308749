"""A group buy in the private chat: it shows the seat as it is, and an old one says that it is old."""

from tests.conversations.town import BOT, Town, seats_of


async def _shared(town: Town) -> None:
    """Ann's link leads Bao to the group buy."""
    await town.ann.start()
    await town.bao.say("morning")
    await town.ann.press("Share")
    await town.bao.start((await town.ann.private())[-1].text.split("start=")[1].split()[0])


async def test_the_message_shows_the_seat_after_each_tap(town: Town) -> None:
    deal = await town.offer()
    await _shared(town)
    await town.bao.press("+1", BOT)
    await town.bao.press("+1", BOT)
    shown = [seen for seen in await town.bao.private() if "each now" in seen.text]
    assert len(shown) == 1
    assert "You have 2." in shown[0].text
    assert "Ann shared this" in shown[0].text
    await town.bao.press("−1", BOT)
    assert "You have 1." in (await town.bao.private())[-1].text
    assert await town.count(seats_of, deal) == {"Bao": 1}


async def test_an_old_one_says_so_and_moves_nothing(town: Town) -> None:
    deal = await town.offer()
    await _shared(town)
    await town.bao.press("+1", BOT)
    old = (await town.bao.private())[-1]
    await town.later(hours=24, seconds=2)
    before = await town.count(seats_of, deal)
    answer = await town.bao.tap(old, "+1", BOT)
    assert answer
    assert "39.90" not in answer
    assert await town.count(seats_of, deal) == before

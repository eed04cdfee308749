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


async def _given(town: Town, pieces: str) -> str:
    """Ann gives so many of her three pears; the link's token."""
    await town.ann.whisper("/my")
    await town.ann.press("Give away", BOT)
    await town.ann.press(pieces, BOT)
    return (await town.ann.private())[-1].text.split("start=")[1].split()[0]


async def test_a_friend_who_chooses_another_option_changes_the_card(town: Town) -> None:
    await town.offer("pears")
    await town.ann.start()
    await town.ann.say("+3 large", reply_to=(await town.card()).id)
    token = await _given(town, "1")
    await town.nils.start(token)
    for option in ("small", "large"):
        await town.nils.press(option, BOT)
        await town.nils.press("Gate 2", BOT)
        assert (option == "small") == ("small" in (await town.card()).text.split("1. Ann")[1].split("\n")[0])


async def test_a_giver_who_takes_fewer_gives_no_more_than_is_left(town: Town) -> None:
    await town.offer("pears")
    await town.ann.start()
    await town.ann.say("+3 large", reply_to=(await town.card()).id)
    taken, open_ = await _given(town, "1"), await _given(town, "2")
    await town.nils.start(taken)
    await town.nils.press("large", BOT)
    await town.nils.press("Gate 2", BOT)
    await town.ann.say("-2 large", reply_to=(await town.card()).id)
    await town.hana.start(open_)
    assert "×" not in (await town.hana.private())[-1].text
    assert (await town.hana.private())[-1].buttons == ()
    await town.nils.start(taken)
    assert (await town.nils.private())[-1].buttons
    await town.ann.say("0", reply_to=(await town.card()).id)
    await town.nils.start(taken)
    assert (await town.nils.private())[-1].buttons == ()

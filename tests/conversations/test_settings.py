"""Start, language, one's own list, privacy, a shared link, a gift."""

from tests.conversations.town import BOT, OFFICE, Town, seats_of


async def test_start_greets_and_an_owner_hears_how_to_sell(town: Town) -> None:
    await town.ann.say("hello")
    await town.ann.start()
    assert "Office 3F" in (await town.ann.private())[-1].text
    await town.li.start()
    assert "/sell" in (await town.li.private())[-1].text


async def test_language_is_chosen_and_kept(town: Town) -> None:
    await town.offer()
    await town.ann.start()
    await town.ann.whisper("/language")
    assert await town.ann.press("中文", BOT) != "We speak English now."
    await town.ann.whisper("/help")
    assert "接龙" in (await town.ann.private())[-1].text or "回复" in (await town.ann.private())[-1].text
    assert "39.90" in await town.ann.press("+1")


async def test_my_shows_seats_and_orders(town: Town) -> None:
    await town.ann.start()
    await town.ann.whisper("/my")
    assert "no seat" in (await town.ann.private())[-1].text
    await town.offer(ladder=())
    await town.ann.press("+1")
    await town.ann.whisper("/my")
    assert "Honey oranges" in (await town.ann.private())[-1].text
    await town.later(hours=24, seconds=2)
    await town.ann.whisper("/my")
    mine = (await town.ann.private())[-1]
    assert "39.90" in mine.text
    assert any("I have paid" in button for button in mine.buttons)


async def test_privacy_exports_hides_and_erases(town: Town) -> None:
    deal = await town.offer()
    await town.ann.start()
    await town.ann.press("+1")
    await town.bao.press("+1")
    await town.ann.whisper("/privacy")
    await town.ann.press("Stand by my initial", BOT)
    await town.bao.press("+1")
    assert "1. A" in (await town.card()).text
    assert "1. Ann" not in (await town.card()).text
    await town.ann.press("Send me all of it", BOT)
    assert any("document" in seen.raw for seen in await town.ann.private())
    await town.ann.press("Erase me", BOT)
    await town.ann.press("Yes, erase me", BOT)
    assert "Ann" not in str(await town.count(seats_of, deal))


async def test_a_shared_link_leads_a_friend_of_the_circle(town: Town) -> None:
    deal = await town.offer()
    await town.ann.start()
    await town.bao.say("morning")
    assert "private chat" in await town.ann.press("Share")
    link = (await town.ann.private())[-1].text.split("start=")[1].split()[0]
    await town.bao.start(link)
    shown = (await town.bao.private())[-1]
    assert "Ann shared this" in shown.text
    assert "You: 1" in await town.bao.press("+1", BOT)
    assert await town.count(seats_of, deal) == {"Bao": 1}
    await town.nils.start(link)
    assert "not in" in (await town.nils.private())[-1].text


async def test_a_friend_who_never_spoke_in_the_circle_joins_by_a_link_and_one_from_elsewhere_does_not(town: Town) -> None:
    deal = await town.offer()
    await town.ann.start()
    await town.ann.press("Share")
    await town.ann.press("Say something with it", BOT)
    sentence = "The last ones were as sweet as honey, and there were none left on Monday."
    await town.ann.whisper(sentence)
    payload = (await town.ann.private())[-1].text.split("start=")[1].split()[0]
    await town.hana.start(payload)
    assert sentence in (await town.hana.private())[-1].text
    await town.hana.press("+1", BOT)
    assert await town.count(seats_of, deal) == {"Hana": 1}
    await town.nils.start(payload)
    assert "not in" in (await town.nils.private())[-1].text


async def test_share_before_start_leads_into_the_private_chat(town: Town) -> None:
    await town.offer()
    url = await town.dora.press("Share")
    assert "?start=share_" in url
    await town.dora.start(url.split("start=")[1])
    await town.dora.press("Say something with it", BOT)
    await town.dora.whisper("They were sweet last time")
    assert "They were sweet" in (await town.dora.private())[-1].text


async def test_a_gift_shows_the_friend_no_price(town: Town) -> None:
    await town.offer("pears")
    await town.ann.start()
    await town.ann.press("+1 large")
    await town.ann.whisper("/my")
    await town.ann.press("Give away", BOT)
    token = (await town.ann.private())[-1].text.split("start=")[1].split()[0]
    await town.nils.start(token)
    seen = (await town.nils.private())[-1]
    assert "Ann" in seen.text
    assert "20.00" not in seen.text
    await town.nils.press("small", BOT)
    await town.nils.press("Gate 2", BOT)
    assert "Ann ×1 small" in (await town.card(OFFICE)).text
    assert not any("20.00" in seen.text for seen in await town.nils.private())


async def test_what_nobody_understands_gets_one_kind_sentence(town: Town) -> None:
    await town.ann.start()
    await town.ann.whisper("qwertz")
    assert "/help" in (await town.ann.private())[-1].text
    await town.ann.whisper("/cancel")
    assert "nothing to cancel" in (await town.ann.private())[-1].text


async def test_a_photo_out_of_the_blue_is_answered_kindly(town: Town) -> None:
    await town.fang.start()
    for caption in ("look what I had for lunch", ""):
        await town.fang.photo(caption)
        assert "/help" in (await town.fang.private())[-1].text
    await town.fang.whisper("/cancel")
    assert "nothing to cancel" in (await town.fang.private())[-1].text

"""An owner opens a group buy from the chat in a minute, and a member opens one as its leader."""

from tests.conversations.town import BOT, Town, seats_of


async def test_one_line_is_read_back_and_opens(town: Town) -> None:
    await town.li.start()
    await town.li.whisper("/sell Mangoes 25.50, 3 people 22, 5 people 20, Sun 20:00, stock 30, max 4")
    read_back = (await town.li.private())[-1]
    for part in ("Mangoes", "25.50", "22.00", "20.00", "30", "4"):
        assert part in read_back.text
    assert await town.li.press("Open in Office 3F", BOT) == "It is open in Office 3F."
    card = await town.card()
    assert "Mangoes" in card.text
    assert (await town.ann.press("+1")).startswith("You: 1 · 25.50")


async def test_a_second_tap_on_open_opens_nothing(town: Town) -> None:
    await town.li.start()
    await town.li.whisper("/sell Mangoes 25.50, Sun 20:00")
    read_back = (await town.li.private())[-1]
    await town.li.tap(read_back, "Open in Office 3F", BOT)
    await town.li.tap(read_back, "Open in Office 3F", BOT)
    cards = [seen for seen in await town.ann.sees() if "Mangoes" in seen.text]
    assert len(cards) == 1


async def test_a_photo_whose_caption_says_it_all_in_chinese(town: Town) -> None:
    await town.li.start()
    await town.li.photo("蜜橙 39.9, 3人36, 8人32, 周日20:00")
    assert "蜜橙" in (await town.li.private())[-1].text
    await town.li.press("Open in", BOT)
    card = await town.card()
    assert "photo" in card.raw
    assert "蜜橙" in card.text


async def test_a_pasted_list_seats_those_who_are_there(town: Town) -> None:
    await town.ann.say("hello")
    await town.bao.say("hi")
    await town.li.start()
    await town.li.whisper("#接龙\nMangoes 25.50, Sun 20:00\n1. Ann 2份\n2. Bao\n3. Nobody Here 5份")
    await town.li.press("Open in", BOT)
    card = await town.card()
    assert "Ann ×2" in card.text
    assert "Bao ×1" in card.text
    assert "Nobody" not in card.text


async def test_what_cannot_be_understood_is_named(town: Town) -> None:
    await town.li.start()
    await town.li.whisper("/sell Mangoes")
    told = (await town.li.private())[-1].text
    assert "price" in told.lower()
    await town.li.whisper("Mangoes 25.50, Sun 20:00")
    assert "25.50" in (await town.li.private())[-1].text
    await town.li.press("Cancel", BOT)
    await town.li.whisper("what now")
    assert "/help" in (await town.li.private())[-1].text


async def test_again_offers_the_same_once_more(town: Town) -> None:
    first = await town.offer(ladder=(), minimum=5)
    await town.li.start()
    await town.later(hours=25)
    await town.li.whisper("/sell")
    await town.li.press("Honey oranges", BOT)
    card = await town.card()
    assert "+1" in card.buttons
    await town.ann.press("+1")
    assert await town.count(seats_of, first) == {}


async def test_a_member_opens_and_leads(town: Town) -> None:
    await town.offer(minimum=5)
    await town.later(hours=25)
    await town.dora.say("/buy")
    assert "you lead it" in await town.dora.press("Honey oranges", text="What shall open")
    assert "Dora leads" in (await town.card()).text
    await town.dora.say("/deals")
    assert "Honey oranges" in (await town.dora.whispers())[-1]


async def test_reload_names_mistakes_and_takes_over_what_is_right(town: Town) -> None:
    file = town.app.file
    assert file is not None
    await town.olga.start()
    right = file.read_text(encoding="utf-8")
    file.write_text(right.replace('price = "20.00"', 'price = "a lot"'), encoding="utf-8")
    await town.olga.whisper("/reload")
    assert "bot.toml" in (await town.olga.private())[-1].text
    file.write_text(right.replace('price = "20.00"', 'price = "21.00"'), encoding="utf-8")
    await town.olga.whisper("/reload")
    assert "Taken over" in (await town.olga.private())[-1].text

"""What strangers, forgers and people of other chats try: the pieces they ask for do not move."""

from tests.conversations.town import BOT, OFFICE, PLAIN, Town, seats_of


async def test_someone_who_is_not_in_the_chat_taps(town: Town) -> None:
    deal = await town.offer()
    card = await town.card()
    answer = await town.nils.tap(card, "+1")
    assert "a chat you are not in" in answer
    assert await town.count(seats_of, deal) == {}


async def test_forged_data_and_data_of_another_time(town: Town) -> None:
    deal = await town.offer()
    card = await town.card()
    data = card.raw["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    bent = data[:-1] + ("A" if data[-1] != "A" else "B")
    for forged in ("j:1", f"j:{deal}.AAAAAA", bent, "x" * 64, "j:99999999999:1......."):
        assert "another time" in await town.ann.tap(card, forged, forge=True)
    assert await town.count(seats_of, deal) == {}


async def test_a_button_pressed_on_a_message_it_does_not_belong_to(town: Town) -> None:
    deal = await town.offer()
    card = await town.card()
    data = card.raw["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    await town.ann.press("+1")
    await town.bao.press("+1")
    await town.chen.press("+1")
    line = next(seen for seen in await town.ann.sees() if "all pay 36.00 now" in seen.text)
    assert "another time" in await town.dora.tap(line, data, forge=True)
    await town.li.start()
    greeting = (await town.li.private())[-1]
    assert "another time" in await town.li.tap(greeting, data, BOT, forge=True)
    assert await town.count(seats_of, deal) == {"Ann": 1, "Bao": 1, "Chen": 1}


async def test_an_anonymous_admin_gets_one_line_a_day_and_no_seat(town: Town) -> None:
    deal = await town.offer()
    card = await town.card()
    for _ in range(3):
        await town.li.say("+1", reply_to=card.id, anonymous=True)
    lines = [seen for seen in await town.bao.sees() if "write as yourself" in seen.text]
    assert len(lines) == 1
    assert await town.count(seats_of, deal) == {}


async def test_names_with_markup_are_only_names(town: Town) -> None:
    await town.offer()
    person = await town.post("people", name="<b>Eve</b> & \u202eevil", language_code="en")
    await town.post("join", chat_id=OFFICE, person_id=person["id"])
    await town.settled()
    card = await town.card()
    await town.post("tap", chat_id=OFFICE, person_id=person["id"], message_id=card.id, button="+1")
    await town.settled()
    assert "<b>Eve</b> &" in (await town.card()).text


async def test_a_chat_nobody_approved_hears_one_line(town: Town) -> None:
    for text in ("+1", "/deals", "hello", "/deals", "/help"):
        await town.ann.say(text, chat=PLAIN)
    assert len([seen for seen in await town.ann.sees(PLAIN) if seen.by_bot]) == 1

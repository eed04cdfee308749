"""Joining by a tap and by typing, changing, leaving; what people see when they do."""

from tests.conversations.town import OFFICE, Town, seats_of


async def test_ann_taps_and_is_answered_at_once(town: Town) -> None:
    deal = await town.offer()
    answer = await town.ann.press("+1")
    assert answer.startswith("You: 1 · 39.90 each now")
    assert "2 more people and all pay 36.00" in answer
    assert await town.count(seats_of, deal) == {"Ann": 1}
    assert "1. Ann ×1 (leads)" in (await town.card()).text


async def test_bao_types_as_a_reply_and_only_bao_is_told(town: Town) -> None:
    deal = await town.offer()
    card = await town.card()
    await town.bao.say("+2", reply_to=card.id)
    assert await town.count(seats_of, deal) == {"Bao": 2}
    assert any("You: 2" in text for text in await town.bao.whispers())
    assert await town.ann.whispers() == []
    assert "Bao ×2" in (await town.card()).text


async def test_a_bare_plus_one_counts_when_one_group_buy_is_open(town: Town) -> None:
    deal = await town.offer()
    await town.chen.say("+1")
    await town.dora.say("我要2份")
    await town.emil.say("＋１")
    assert await town.count(seats_of, deal) == {"Chen": 1, "Dora": 2, "Emil": 1}
    card = await town.card()
    assert "3 people 36.00 ◀" in card.text


async def test_replies_to_other_messages_and_talk_never_count(town: Town) -> None:
    deal = await town.offer()
    idea = await town.bao.say("shall we go for lunch?")
    await town.ann.say("+1", reply_to=idea)
    await town.chen.say("+1 to that idea")
    await town.chen.say("my number is +8613800000000")
    assert await town.count(seats_of, deal) == {}
    assert [seen for seen in await town.ann.sees() if seen.only_me] == []


async def test_leaving_by_zero_and_by_tapping_fewer(town: Town) -> None:
    deal = await town.offer()
    await town.ann.press("+1")
    await town.bao.say("+2", reply_to=(await town.card()).id)
    await town.bao.say("0", reply_to=(await town.card()).id)
    assert await town.ann.press("−1") == "You are out. Nothing to pay."
    assert await town.count(seats_of, deal) == {}


async def test_too_much_gets_one_kind_sentence_without_a_price(town: Town) -> None:
    deal = await town.offer()
    card = await town.card()
    for wish in ("+9", "+0", "+999", "+1 purple elephants please and then some more of it"):
        await town.ann.say(wish, reply_to=card.id)
    told = await town.ann.whispers()
    assert told[0] == "9 is more than 5 a person. Reply +5 to have 5."
    assert "+0 changes nothing" in told[1]
    assert not any("39.90" in text or "36.00" in text for text in told[:3])
    assert sum((await town.count(seats_of, deal)).values()) <= 1


async def test_options_by_button_by_word_and_by_slip(town: Town) -> None:
    deal = await town.offer("pears")
    card = await town.card()
    assert {"+1 small", "+1 large"} <= set(card.buttons)
    await town.ann.press("+1 large")
    await town.bao.say("+2 small", reply_to=card.id)
    await town.chen.say("+1", reply_to=card.id)
    await town.dora.say("+1 lagre", reply_to=card.id)
    await town.emil.say("+1 large\n+1 small", reply_to=card.id)
    assert await town.count(seats_of, deal) == {"Ann": 1, "Bao": 2, "Emil": 2}
    assert "Which one?" in (await town.chen.whispers())[-1]
    assert "large" in (await town.dora.whispers())[-1]


async def test_an_edited_line_replaces_its_own_effect(town: Town) -> None:
    deal = await town.offer()
    card = await town.card()
    line = await town.ann.say("+1", reply_to=card.id)
    await town.ann.edit(line, "+3")
    assert await town.count(seats_of, deal) == {"Ann": 3}
    await town.ann.edit(line, "+2 less ripe")
    assert await town.count(seats_of, deal) == {"Ann": 2}
    talk = await town.bao.say("good morning")
    await town.bao.edit(talk, "+1")
    assert await town.count(seats_of, deal) == {"Ann": 2, "Bao": 1}
    await town.bao.edit(talk, "never mind")
    assert await town.count(seats_of, deal) == {"Ann": 2}


async def test_several_open_and_the_bot_asks_which(town: Town) -> None:
    oranges, pears = await town.offer(), await town.offer("pears")
    await town.ann.say("+2")
    assert "Several group buys are open" in (await town.ann.whispers())[-1]
    assert await town.count(seats_of, oranges) == {}
    answer = await town.ann.press("Honey oranges", text="Several group buys")
    assert answer.startswith("You: 2")
    assert await town.count(seats_of, oranges) == {"Ann": 2}
    assert await town.count(seats_of, pears) == {}


async def test_the_price_falls_for_all_and_one_line_says_so(town: Town) -> None:
    await town.offer()
    for person in (town.ann, town.bao, town.chen):
        await person.press("+1")
    lines = [seen.text for seen in await town.ann.sees(OFFICE) if seen.by_bot and not seen.only_me]
    assert sum("all pay 36.00 now" in line for line in lines) == 1

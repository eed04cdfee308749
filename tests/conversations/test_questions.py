"""Buyers answer buyers: from the card's button to an answer in the circle."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import people
from models.answers import answer_table
from models.asks import ask_table
from models.paths import answers_read
from models.questions import question_table
from tests.conversations.buyers import awake, received
from tests.conversations.town import BOT, NAMES, OFFICE, Seen, Town, seats_of

DAYS = timedelta(days=5)


def payload(url: str) -> str:
    """What a deep link presses start with."""
    return url.partition("?start=")[2]


async def asks(town: Town, name: str, words: str, button: str = "Ask buyers") -> None:
    """From the card into the private chat, where the words are typed."""
    person = getattr(town, name)
    await person.start(payload(await person.press(button)))
    await person.whisper(words)


async def boards(town: Town) -> list[Seen]:
    """The questions as the circle reads them."""
    return [seen for seen in await town.gus.sees() if seen.by_bot and not seen.only_me and seen.text.startswith("❓")]


async def test_a_question_by_the_cards_button_is_answered_in_private_and_once_in_the_circle(town_on_both: Town) -> None:
    town = town_on_both
    await received(town, "bao", times=3)
    await awake(town, "chen")
    await town.offer()
    await asks(town, "chen", "Are they sweet or sour?")
    assert "1 person here who knows Honey oranges, 5 kg has been asked" in (await town.chen.private())[-1].text
    asked = (await town.bao.private())[-1]
    assert asked.text.startswith("❓ Chen thinks about Honey oranges, 5 kg and asks: “Are they sweet or sour?”")
    assert "You had it 3 times." in asked.text
    assert asked.buttons == ("Answer", "Not me", "Mute")
    assert await town.chen.press("Yes, all may read it", BOT) == "Good: the circle reads it once it is answered."
    await town.bao.press("Answer", BOT)
    await town.bao.whisper("Sweet as honey.")
    assert "Thank you. Who asked has it, and the circle can read it." in (await town.bao.private())[-1].text
    told = (await town.chen.private())[-1].text
    assert "Bao · bought 3 times" in told
    assert "Sweet as honey." in told
    (board,) = await boards(town)
    assert "Bao · bought 3 times" in board.text
    assert board.buttons == ("Bao’s helps", "All answers")
    assert "❓ Ask buyers · 1" in (await town.card()).buttons


async def test_what_was_asked_before_comes_first_in_any_language(town_on_both: Town) -> None:
    town = town_on_both
    await received(town, "bao", times=2)
    await awake(town, "chen", "dora", "emil")
    await town.offer()
    await asks(town, "chen", "Are they sweet?")
    await town.chen.press("Yes, all may read it", BOT)
    await town.bao.press("Answer", BOT)
    await town.bao.whisper("Very sweet.")
    await asks(town, "dora", "甜吗？")
    offered = (await town.dora.private())[-1]
    assert "Asked before" in offered.text
    assert "Very sweet." in offered.text
    assert offered.buttons == ("That helps", "Ask anyway")
    assert await town.dora.press("That helps", BOT) == "Good. Nobody needs to be asked."
    assert await town.count(asked_at_all) == 1
    assert await town.count(read_by, "dora")
    await asks(town, "emil", "is it sweet")
    await town.emil.press("Ask anyway", BOT)
    assert await town.count(asked_at_all) == 2
    assert "another time" in await town.emil.press("Ask anyway", BOT)
    assert await town.count(asked_at_all) == 2


async def test_a_question_typed_below_the_card_is_asked_and_no_count(town: Town) -> None:
    await received(town, "bao")
    await awake(town, "chen")
    round_id = await town.offer()
    card = await town.card()
    said = await town.chen.say("are they very sour?", reply_to=card.id)
    assert (await town.bao.private())[-1].text.startswith("❓ Chen thinks about")
    assert await town.chen.reactions(said) == ["👍"]
    await town.chen.say("这个甜不甜", reply_to=card.id)
    assert await town.count(asked_at_all) == 2
    await town.chen.say("+2", reply_to=card.id)
    await town.dora.say("nice photo", reply_to=card.id)
    await town.dora.say("what is this?")
    assert await town.count(asked_at_all) == 2
    assert await town.count(seats_of, round_id) == {"Chen": 2}


async def test_who_never_pressed_start_goes_on_with_the_same_words_in_private(town: Town) -> None:
    await received(town, "bao")
    await town.offer()
    card = await town.card()
    await town.fang.say("Are they sweet?", reply_to=card.id)
    (whisper,) = await town.fang.whispers()
    assert whisper.startswith("Go on in private")
    link = next(seen for seen in await town.fang.sees() if seen.only_me).raw["reply_markup"]["inline_keyboard"][0][0]
    await town.fang.start(payload(link["url"]))
    assert await town.count(asked_at_all) == 1
    assert "has been asked" in (await town.fang.private())[-1].text


async def test_asking_by_command_here_and_in_private(town: Town) -> None:
    await received(town, "bao")
    await awake(town, "chen")
    await town.ann.say("/ask")
    assert "Nothing has been offered here yet" not in (await town.ann.whispers())[-1]  # what Bao bought can be asked about
    await town.offer()
    await town.chen.say("/ask are they sweet?")
    assert await town.count(asked_at_all) == 1
    await town.offer("pears")
    await town.chen.say("/ask do they keep for long?")
    link = next(seen for seen in reversed(await town.chen.sees()) if seen.only_me)
    assert link.text == "About what?"
    assert link.buttons == ("Honey oranges, 5 kg", "Pears")
    await town.chen.start(payload(link.raw["reply_markup"]["inline_keyboard"][1][0]["url"]))
    assert "your question is with Orchard Lane now" in (await town.chen.private())[-1].text
    await town.chen.whisper("/ask")
    await town.chen.press("Honey oranges", BOT)
    assert "Type your question" in (await town.chen.private())[-1].text


async def test_not_me_and_mute_are_one_tap_and_why_says_why(town: Town) -> None:
    await received(town, "bao", times=2)
    await received(town, "dora")
    await awake(town, "chen")
    await town.offer()
    await asks(town, "chen", "Are they sweet?")
    assert await town.bao.press("Not me", BOT) == "Noted: somebody else is asked."
    await town.bao.whisper("/why")
    assert "You were asked because you had it 2 times." in (await town.bao.private())[-1].text
    await town.dora.press("Mute", BOT)
    assert (await town.dora.private())[-1].buttons == ("Honey oranges, 5 kg", "Anything")
    assert "/quiet" in await town.dora.press("Anything", BOT)
    assert await town.count(ask_states) == ["declined", "declined"]


async def test_edits_and_deletions_follow_to_the_asker_and_the_circle(town: Town) -> None:
    await received(town, "bao")
    await awake(town, "chen")
    await town.offer()
    await asks(town, "chen", "Are they sweet?")
    await town.chen.press("Yes, all may read it", BOT)
    await town.bao.whisper("Sweet.", reply_to=(await town.bao.private())[-1].id)
    await town.bao.press("Say it otherwise", BOT)
    await town.bao.whisper("Sweet, and a bit sour.")
    (board,) = await boards(town)
    assert "Sweet, and a bit sour." in board.text
    assert "edited" in board.text
    assert "Bao says it otherwise now" in (await town.chen.private())[-1].text
    assert "/quiet" not in await town.bao.press("Take it back", BOT)
    (board,) = await boards(town)
    assert "No answer stands any more." in board.text
    assert "❓ Ask buyers" in (await town.card()).buttons
    await town.chen.press("Take the question back", BOT)
    (board,) = await boards(town)
    assert board.text == "❓ Taken back."


async def test_the_asker_alone_reads_what_is_not_public(town: Town) -> None:
    await received(town, "bao")
    await awake(town, "chen", "emil")
    await town.offer()
    await asks(town, "chen", "Are they sweet?")
    await town.chen.press("Only me", BOT)
    await town.bao.press("Answer", BOT)
    await town.bao.photo("Look how orange.")
    assert "Look how orange." in (await town.chen.private())[-1].text
    assert await boards(town) == []
    assert "❓ Ask buyers" in (await town.card()).buttons
    data = town.app.desk.buttons.data("qall", 1)
    assert "no longer there" in await town.emil.tap((await town.emil.private())[-1], data, BOT, forge=True)


async def test_helpful_asking_back_and_thanks(town: Town) -> None:
    await received(town, "bao")
    await awake(town, "chen")
    await town.offer()
    await asks(town, "chen", "Are they sweet?")
    await town.bao.press("Answer", BOT)
    await town.bao.press("Ask back", BOT)
    await town.bao.whisper("The small ones or the large ones?")
    assert "asks back about Honey oranges" in (await town.chen.private())[-1].text
    await town.chen.press("Answer", BOT)
    await town.chen.whisper("The small ones.")
    assert "“The small ones.”" in (await town.bao.private())[-1].text
    await town.bao.press("Answer", BOT, text="thinks about")
    await town.bao.whisper("Those are sweet.")
    assert "Noted: it helped" in await town.chen.press("That helps", BOT)
    assert "helped" in (await town.bao.private())[-1].text
    assert "One question back" in await town.chen.press("Ask back", BOT)
    assert "taken back" in await town.chen.press("That helps", BOT)


async def test_the_shop_answers_at_once_what_is_asked_of_it_and_late_what_is_not(town: Town) -> None:
    await received(town, "bao")
    await awake(town, "chen", "li")
    await town.offer(closes_at=town.app.database.clock.now() + DAYS)
    await asks(town, "chen", "When does it come?", "Ask the shop")
    assert "Orchard Lane has been asked" in (await town.chen.private())[-1].text
    await town.chen.press("Yes, all may read it", BOT)
    await town.li.press("Answer", BOT)
    await town.li.whisper("On Friday.")
    (board,) = await boards(town)
    assert "the shop" in board.text
    assert board.buttons == ("All answers",)
    await asks(town, "chen", "Are they sweet?")
    await town.li.whisper("/questions")
    assert "answers first" in (await town.li.private())[-1].text
    await town.later(hours=25)
    assert any("Nobody who bought it has answered" in seen.text for seen in await town.li.private())
    await town.li.whisper("/questions")
    page = (await town.li.private())[-1]
    assert "you can answer too" in page.text
    await town.li.press("Answer 1", BOT)
    await town.li.whisper("They are.")
    assert "They are." in (await town.chen.private())[-1].text


async def test_bad_input_gets_one_sentence_and_nothing_moves(town: Town) -> None:
    await received(town, "bao")
    await awake(town, "chen", "dora")
    await town.offer()
    await asks(town, "chen", "???")
    assert "Type your question in a few words" in (await town.chen.private())[-1].text
    await town.chen.whisper("x" * 301)
    assert "at most 300" in (await town.chen.private())[-1].text
    await town.chen.photo("")
    assert "A photo needs a few words" in (await town.chen.private())[-1].text
    assert await town.count(asked_at_all) == 0
    await town.chen.whisper("Are they sweet?")
    assert await town.count(asked_at_all) == 1
    forged = town.app.desk.buttons.data("qans", 1)
    assert "not yours" in (await town.dora.tap((await town.dora.private())[-1], forged, BOT, forge=True)).lower()
    gone = town.app.desk.buttons.data("qans", 77)
    assert await town.dora.tap((await town.dora.private())[-1], gone, BOT, forge=True)
    await town.bao.press("Answer", BOT)
    await town.bao.whisper("!!!")
    await town.chen.press("Take the question back", BOT)
    await town.bao.whisper("Sweet.")
    assert "needs no answer" in (await town.bao.private())[-1].text
    assert await town.count(answers_at_all) == 0
    for words in ("Big ones?", "Ripe ones?", "Heavy ones?", "Green ones?"):
        await asks(town, "chen", words)
    assert "is enough" in (await town.chen.private())[-1].text or "are enough" in (await town.chen.private())[-1].text


async def test_links_wait_for_a_look_and_reports_hide(town_on_both: Town) -> None:
    town = town_on_both
    for name in ("bao", "dora"):
        await received(town, name)
    await awake(town, "chen", "emil", "fang", "li", "gus")
    await town.offer()
    await asks(town, "chen", "Are they sweet?")
    await town.chen.press("Yes, all may read it", BOT)
    await town.bao.press("Answer", BOT)
    await town.bao.whisper("Buy them at t.me/cheaper instead")
    assert "somebody looks at it" in (await town.bao.private())[-1].text
    assert await boards(town) == []
    await town.li.whisper("/questions")
    assert await town.li.press("Take it away", BOT) == "Taken away. Its author hears of it."
    assert "took it away" in (await town.bao.private())[-1].text
    await town.dora.press("Answer", BOT)
    await town.dora.whisper("Sour, all of them!")
    for name in ("emil", "fang"):
        person = getattr(town, name)
        await person.start(payload(await person.press("All answers")))
        await person.press("Report 1", BOT)
    (board,) = await boards(town)
    assert "Sour" not in board.text
    await town.li.press("Show it", BOT, text="Sour")
    (board,) = await boards(town)
    assert "Sour" in board.text
    await town.li.whisper("/questions")
    assert "let an answer be shown (reported)" in (await town.li.private())[-1].text
    assert "for its admins" in (await say_and_whisper(town, "gus", "/questions"))


async def say_and_whisper(town: Town, name: str, text: str) -> str:
    person = getattr(town, name)
    await person.say(text)
    return (await person.whispers())[-1]


async def test_who_leaves_or_blocks_is_asked_no_more(town_on_both: Town) -> None:
    town = town_on_both
    for name in ("bao", "dora"):
        await received(town, name)
    await awake(town, "chen")
    await town.offer()
    await asks(town, "chen", "Are they sweet?")
    await town.post("leave", chat_id=OFFICE, person_id=town.bao.id)
    await town.settled()
    await town.post("block", person_id=town.dora.id)
    await town.settled()
    assert await town.count(ask_states) == ["ended", "ended"]


async def test_find_tells_price_and_answers(town: Town) -> None:
    await received(town, "bao")
    await awake(town, "chen")
    await town.offer()
    await town.chen.whisper("/find 橙")
    found = (await town.chen.private())[-1]
    assert found.text == "Honey oranges, 5 kg · Office 3F\n39.90 now"
    assert found.buttons == ("❓ Honey oranges, 5 kg",)
    await town.chen.whisper("/find ornages")
    assert "Honey oranges" in (await town.chen.private())[-1].text
    await town.chen.whisper("/find bicycle")
    assert "/want bicycle" in (await town.chen.private())[-1].text
    await town.chen.whisper("/find")
    assert "/find oranges" in (await town.chen.private())[-1].text
    await town.gus.say("/find oranges")
    assert "39.90 now" in (await town.gus.whispers())[-1]


async def test_a_showcase_is_shown_with_its_authors_word_and_once_an_order(town: Town) -> None:
    await received(town, "bao")
    await town.bao.whisper("/my")
    await town.bao.press("Show what came", BOT)
    await town.bao.whisper("They are round.")
    assert "Send a photo" in (await town.bao.private())[-1].text
    await town.bao.photo("They are round and sweet.")
    assert "May Office 3F see it" in (await town.bao.private())[-1].text
    assert not [seen for seen in await town.gus.sees() if "round and sweet" in seen.text]
    assert await town.bao.press("Yes, show it there", BOT) == "The circle sees it."
    assert [seen.text for seen in await town.gus.sees() if "round and sweet" in seen.text]
    await town.bao.whisper("/my")
    assert "already" in await town.bao.press("Show what came", BOT)


def asked_at_all(session: Session) -> int:
    return int(session.scalar(select(func.count()).select_from(question_table)) or 0)


def answers_at_all(session: Session) -> int:
    return int(session.scalar(select(func.count()).select_from(answer_table)) or 0)


def ask_states(session: Session) -> list[str]:
    return list(session.scalars(select(ask_table.c.state).order_by(ask_table.c.id)))


def read_by(session: Session, name: str) -> bool:
    person = people.by_telegram_id(session, NAMES[name])
    assert person is not None
    return session.execute(select(answers_read).where(answers_read.c.person_id == person.id)).first() is not None

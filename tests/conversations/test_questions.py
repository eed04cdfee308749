"""Buyers answer buyers: from the card's button to an answer in the circle."""

from tests.conversations.buyers import awake, received
from tests.conversations.town import BOT, Seen, Town


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


async def test_a_question_by_the_cards_button_is_answered_in_private_and_once_in_the_circle(town: Town) -> None:
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

"""The story `tuan demo --headless` plays: a circle of twelve buys oranges together, with people who come late, change
their mind and try too much. Every step waits for what it should bring; what does not come fails the story.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.demo.evening import Evening
from bot.demo.people import Missed, until, words

LI_WEI, OLGA, ANN, BAO, CHEN, DORA, EMIL, FANG, GUS, HANA, IVAN, JUN = range(1001, 1013)
OFFER = "/sell Honey oranges, 5 kg 39.90, 3 people 36, 8 people 32, in 6 hours, stock 13, max 5 each, min 3"

Tell = Callable[[str], None]
Scene = Callable[[Evening], Awaitable[None]]


async def opening(evening: Evening) -> None:
    """Li Wei writes one line to the bot, reads it back, and opens it in the circle."""
    for person in (LI_WEI, ANN, BAO, CHEN, DORA):
        await evening.starts(person)
    await evening.private(LI_WEI).say(OFFER)
    await evening.private(LI_WEI).tap("open")
    card, _ = await evening.circle(ANN).button("j")
    evening.card = card["message_id"]
    await evening.quiet()


async def growing(evening: Evening) -> None:
    """Ann types, Bao taps, Chen is the third and the price falls; each is told seat, price and what is missing."""
    card = evening.card
    await evening.circle(ANN).say("+2", reply_to=card)
    await _on_card(evening, "Ann ×2")
    _expect("39.90", await evening.circle(BAO).tap("j"))
    _expect("36.00", await evening.circle(CHEN).tap("j"))
    await _on_card(evening, "Chen ×1")


async def trying(evening: Evening) -> None:
    """Too many, nothing, an unknown word, a change of mind: one kind sentence each, and nobody else is bothered."""
    card = evening.card
    said = await evening.circle(DORA).say("+1 less ripe", reply_to=card)
    await _on_card(evening, "Dora ×1")
    await evening.circle(DORA).edit(said["message_id"], "+2 less ripe")
    await _on_card(evening, "Dora ×2")
    await evening.circle(EMIL).say("+9", reply_to=card)
    await evening.circle(EMIL).reads("5")
    await evening.circle(EMIL).say("+0", reply_to=card)
    await evening.circle(EMIL).say("我要1份", reply_to=card)
    await _on_card(evening, "Emil ×1")
    await evening.circle(FANG).tap("j")
    await evening.circle(FANG).tap("f")
    await evening.quiet()


async def falling_again(evening: Evening) -> None:
    """The eighth member brings the second step, and all pay 32.00."""
    for person in (GUS, HANA):
        await evening.circle(person).tap("j")
    _expect("32.00", await evening.circle(IVAN).tap("j"))
    _expect("32.00", await evening.circle(JUN).tap("j"))
    await _on_card(evening, "Jun ×1")
    await evening.quiet()


async def deadline(evening: Evening) -> None:
    """Six hours later the price is fixed; everybody hears in private what they owe, Li Wei gets the pick list."""
    await evening.passes(timedelta(hours=6, minutes=1))
    await evening.private(ANN).reads("64.00")
    await evening.private(BAO).reads("32.00")
    await _on_card(evening, "🔒")
    _expect("", await evening.circle(FANG).tap("w"))  # Fang comes late: she waits for a seat
    await evening.quiet()


async def paying(evening: Evening) -> None:
    """Ann pays, Bao cannot; Fang is offered his seat and takes it; Gus forgets and his pieces go back."""
    await evening.private(ANN).tap("paid")
    await evening.private(LI_WEI).tap("ok", with_text="Ann")
    await evening.starts(FANG)
    await evening.private(BAO).tap("cant")
    await evening.private(FANG).tap("take")
    for person in (CHEN, DORA, FANG):
        await evening.private(person).tap("paid")
        await evening.private(LI_WEI).tap("ok", with_text=evening.names[person])
    await evening.quiet()
    await evening.passes(timedelta(hours=25))


async def handing_over(evening: Evening) -> None:
    """The oranges arrive; Li Wei hands them over and marks it; Chen says again, Dora says what is wrong."""
    await evening.private(LI_WEI).tap("arr")
    await evening.private(CHEN).reads("📦")
    await evening.private(LI_WEI).say("/orders")
    for person in (ANN, CHEN, DORA, FANG):
        await evening.private(LI_WEI).say(f"/handover {evening.names[person]}")
        await evening.private(LI_WEI).tap("col", with_text=f" · {evening.names[person]} · ")
    await evening.private(CHEN).tap("ag1")
    await evening.private(DORA).tap("bad")
    await evening.private(DORA).tap("bad", with_text="how many")
    await evening.quiet()
    await evening.private(DORA).photo("One box is soft at the bottom.")
    await evening.private(LI_WEI).tap("rf", with_text="Dora")
    await evening.quiet()


async def campaign(evening: Evening) -> None:
    """Four days on the campaign opens its own group buy, on time, without anybody's hand."""
    await evening.passes(timedelta(days=4))
    await evening.circle(HANA).reads("eggs")
    await evening.quiet()


SCENES: tuple[tuple[str, Scene], ...] = (
    ("Li Wei opens a group buy", opening),
    ("The circle grows", growing),
    ("People try this and that", trying),
    ("Eight are there", falling_again),
    ("The deadline", deadline),
    ("Paying", paying),
    ("Handing over", handing_over),
    ("A campaign opens the next one", campaign),
)


async def play(evening: Evening, tell: Tell, caught_up: Callable[[], Awaitable[None]]) -> None:
    """Plays every scene in turn. Raises Missed where the story does not come true."""
    for title, scene in SCENES:
        tell(f"\n── {title} " + "─" * max(0, 60 - len(title)))
        await scene(evening)
        await caught_up()


async def _on_card(evening: Evening, text: str) -> None:
    """Waits until the card shows `text`."""

    async def look() -> bool | None:
        shown = [words(one) for one in await evening.circle(ANN).messages() if one["message_id"] == evening.card]
        return (bool(shown) and text in shown[0]) or None

    await until(look, f"{text!r} on the card")


def _expect(text: str, answer: str) -> None:
    if not answer or text not in answer:
        raise Missed(f"the answer should say {text!r}: {answer!r}")

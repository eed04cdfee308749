"""A showcase in its circle: a photo with words that goes when its author, the owner or a refund takes it away."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import notices, payments, people
from models.movements import PaymentKind
from models.orders import Order
from models.states import PaymentState
from tests.conversations.buyers import awake, received
from tests.conversations.town import BOT, NAMES, OFFICE, Seen, Town

WORDS = "They are round and sweet."


async def shown(town: Town) -> None:
    """Bao shows what came, and lets the office see it."""
    await received(town, "bao")
    await awake(town, "chen", "dora", "li")
    await town.offer()
    await town.bao.whisper("/my")
    await town.bao.press("Show what came", BOT)
    await town.bao.photo(WORDS)
    await town.bao.press("Yes, show it there", BOT)


async def lines(town: Town) -> list[Seen]:
    """What the office sees of it: the words, or a photo of the bot that has any others."""
    return [seen for seen in await town.gus.sees() if seen.by_bot and (WORDS in seen.text or "photo" in seen.raw)]


async def test_what_is_said_otherwise_is_so_in_the_circle_too(town: Town) -> None:
    await shown(town)
    (line,) = await lines(town)
    assert "photo" in line.raw
    await town.bao.press("Say it otherwise", BOT)
    await town.bao.whisper("Two were bruised.")
    (edited,) = await lines(town)
    assert edited.id == line.id
    assert "Two were bruised." in edited.text
    assert WORDS not in edited.text


@pytest.mark.parametrize("how", ["taken back", "no longer shown there", "erased", "refunded"])
async def test_its_line_goes_with_what_it_showed(town: Town, how: str) -> None:
    await shown(town)
    assert len(await lines(town)) == 1
    match how:
        case "taken back":
            await town.bao.press("Take it back", BOT)
        case "no longer shown there":
            await town.bao.press("Only me", BOT)
        case "erased":
            await town.bao.whisper("/privacy")
            await town.bao.press("Erase me", BOT)
            await town.bao.press("Yes, erase me", BOT)
        case _:
            await town.app.database.write(refunded, town.app.database.clock.now())
            town.app.wake()
            await town.settled()
    assert await lines(town) == []
    await town.chen.start("ask_1")
    assert WORDS not in (await town.chen.private())[-1].text


async def test_two_reports_take_its_line_away_until_a_person_shows_it(town: Town) -> None:
    await shown(town)
    for name in ("chen", "dora"):
        person = getattr(town, name)
        await person.start("ask_1")
        await person.press("Bao’s photo", BOT)
        await person.press("Report", BOT)
    assert await lines(town) == []
    await town.li.whisper("/questions")
    await town.li.press("Show it", BOT)
    assert [WORDS in line.text for line in await lines(town)] == [True]


async def test_a_line_too_old_to_delete_loses_words_and_photo(town: Town) -> None:
    """Telegram lets a bot that is no admin delete what it said within two days only; it may edit at any time."""
    await shown(town)
    await town.post("rights", chat_id=OFFICE, rights={"can_delete_messages": False})
    (line,) = await lines(town)
    await town.later(days=3)
    await town.bao.press("Take it back", BOT)
    (left,) = await lines(town)
    assert (left.id, left.text) == (line.id, "Taken back.")
    assert left.raw["photo"][-1]["file_id"] != line.raw["photo"][-1]["file_id"]


def refunded(session: Session, now: datetime) -> None:
    """The owner gives all of it back."""
    order, li = session.scalars(select(Order)).one(), people.by_telegram_id(session, NAMES["li"])
    assert li is not None
    charge = payments.owe(session, order, PaymentKind.CHARGE, order.total, "charge:1", now)
    charge.state = PaymentState.CONFIRMED
    session.flush()
    notices.notify(session, payments.refund(session, order.id or 0, li.id or 0, now), now)

"""Scenes from the opening to the last piece: Honey oranges, whose price falls twice while people try this and that."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.demo.cast import ANN, BAO, CHEN, DORA, EMIL, GUS, HANA, IVAN, JUN, KIM, LI_WEI, expect
from bot.demo.evening import BOT_ID, Evening
from bot.demo.lines import PEACHES, PEACHES_CAPTION
from bot.demo.people import Missed, payload, words
from models.columns import table_of
from models.people import Person
from models.seats import Seat, SeatEvent


async def opening(evening: Evening) -> None:
    """Li Wei writes one line to the bot, reads it back, and opens it in the circle."""
    for person in (LI_WEI, ANN, BAO, CHEN, DORA):
        await evening.starts(person)
    await evening.private(LI_WEI).say(evening.line("oranges_offer"))
    await evening.private(LI_WEI).tap("open", label="Office 3F")
    await evening.card(evening.line("oranges"))
    await evening.quiet()


async def growing(evening: Evening) -> None:
    """Ann types, Bao taps, Chen is the third and the price falls; each is told seat, price and what is missing."""
    oranges = evening.line("oranges")
    await evening.replies(ANN, oranges, "+2")
    await evening.card(oranges, "Ann ×2")
    expect(await evening.circle(BAO).tap("j"), "39.90")
    await evening.circle(CHEN).say(evening.line("chat_gone"))
    expect(await evening.circle(CHEN).tap("j"), "36.00")
    await evening.card(oranges, "36.00 ◀", "Chen ×1")


async def trying(evening: Evening) -> None:
    """A note, a line mended, too many, nothing at all: one kind sentence each, and nobody else is bothered."""
    oranges, ripe = evening.line("oranges"), evening.line("less_ripe")
    said = await evening.replies(DORA, oranges, f"+1 {ripe}")
    await evening.card(oranges, "Dora ×1")
    await evening.circle(DORA).edit(said["message_id"], f"+2 {ripe}")
    await evening.card(oranges, "Dora ×2")
    await evening.replies(EMIL, oranges, "+9")
    await evening.circle(EMIL).reads("9", "5")
    await evening.replies(EMIL, oranges, "+0")
    await evening.circle(EMIL).reads("+0", "+1")
    await evening.circle(EMIL).say("接龙")
    await evening.card(oranges, "Emil ×1")
    await evening.replies(GUS, oranges, evening.line("aunt"))
    await evening.card(oranges, "Gus ×1")


async def leaving_twice(evening: Evening) -> None:
    """Jun cannot make up his mind; the second time it goes on without him."""
    jun = evening.circle(JUN)
    for _ in range(2):
        await jun.tap("j")
        await jun.tap("f")
    refused = await jun.tap("j")
    if "39.90" in refused or "36.00" in refused or not refused:
        raise Missed(f"who left twice is refused without a price: {refused!r}")
    await evening.quiet()


async def sharing(evening: Evening) -> None:
    """Bao passes his link on with a sentence of his own; Hana comes by it and joins, and the books know whose link it was."""
    bao, hana = evening.private(BAO), evening.private(HANA)
    await evening.circle(BAO).tap("s")
    await bao.tap("sy")
    await evening.quiet()
    await bao.say(evening.line("share"))
    mine = await bao.reads(evening.line("share"), "start=share_")
    await evening.starts(HANA, payload(words(mine)))
    await hana.reads("Bao", evening.line("share"))
    expect(await hana.tap("jn"), "36.00")
    if await evening.app.database.read(_brought_by, HANA) != BAO:
        raise Missed("Hana's seat should know that she came by Bao's link")


async def giving(evening: Evening) -> None:
    """Ann gives one of her two away. Kim, who is not even in the circle, picks where to collect it and sees no price."""
    await evening.private(ANN).say("/my")
    await evening.private(ANN).tap("gift")
    await evening.private(ANN).tap("gift", arg="1")
    gift = await evening.private(ANN).reads("start=gift_")
    await evening.starts(KIM, payload(words(gift)))
    await evening.private(KIM).tap("gft")
    await evening.private(ANN).reads("Kim")
    seen = " ".join(words(message) for message in await evening.private(KIM).messages())
    if re.search(r"\d\.\d\d", seen):
        raise Missed(f"a gift shows no price: {seen!r}")


async def falling_again(evening: Evening) -> None:
    """Peaches open beside it, by a photo with a Chinese caption. Ivan is the eighth; the bot asks which of two he means."""
    await evening.private(LI_WEI).photo(PEACHES_CAPTION)
    await evening.private(LI_WEI).tap("open", on=PEACHES, label="Office 3F")
    await evening.card(PEACHES)
    await evening.circle(IVAN).say("要两份")
    expect(await evening.circle(IVAN).tap("rnd", label=evening.line("oranges")), "32.00")
    await evening.card(evening.line("oranges"), "32.00 ◀", "Ivan ×2")


async def selling_out(evening: Evening) -> None:
    """Somebody deletes the card; it comes again. Hana blocks the bot. Emil takes the last piece, and the price is locked."""
    oranges = evening.line("oranges")
    card = await evening.card(oranges)
    await evening.sandbox.post("delete", chat_id=card["chat"]["id"], message_id=card["message_id"], person_id=LI_WEI)
    expect(await evening.private(HANA).tap("jn"), "32.00")
    anew = await evening.card(oranges, "Hana ×2")
    if anew["message_id"] == card["message_id"]:
        raise Missed("a card that was deleted comes again as a new message")
    await evening.sandbox.post("block", person_id=HANA, bot_id=BOT_ID)
    expect(await evening.circle(EMIL).tap("j", on=oranges), "32.00")
    await evening.card(oranges, "🔒", "Emil ×2")
    await evening.quiet()


def _brought_by(session: Session, telegram_id: int) -> int | None:
    """By whose link this person's seats came about; both are Telegram ids."""
    people, events, seats = table_of(Person), table_of(SeatEvent), table_of(Seat)
    friend = people.alias("friend")
    told = (
        select(friend.c.telegram_id)
        .join(events, events.c.via_person_id == friend.c.id)
        .join(seats, seats.c.id == events.c.seat_id)
        .join(people, people.c.id == seats.c.person_id)
        .where(people.c.telegram_id == telegram_id)
    )
    return session.scalar(told)

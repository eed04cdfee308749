"""Scenes of what reaches people and what does not: a wish, a mute, the owner's words, why, a poll, a draw by lot."""

import json
from datetime import timedelta

import aiohttp

from bot.demo import shop
from bot.demo.cast import ANN, BAO, CHEN, DORA, FANG, GUS, IVAN, JUN, LI_WEI, OLGA, expect
from bot.demo.evening import Evening
from bot.demo.people import Message, Missed, buttons, until, words
from models import draw_record
from models.draw_record import RecordRefused

WISHERS = (ANN, BAO, CHEN, DORA)


async def wishing(evening: Evening) -> None:
    """Gus wishes for mangoes, four add their voice, and Li Wei is asked once. He offers them; who wished hears of it."""
    await evening.morning()
    mangoes = evening.line("mangoes")
    await evening.circle(GUS).say(f"/want {evening.line('mangoes_short')}")
    for person in WISHERS:
        await evening.circle(person).tap("wn")
    await evening.quiet()
    await evening.private(LI_WEI).tap("wof")
    await evening.private(LI_WEI).say(evening.line("mangoes_offer"))
    await evening.private(LI_WEI).tap("open", on=mangoes, label="Office 3F")
    await evening.card(mangoes)
    await evening.private(CHEN).reads(evening.line("mangoes_short"))
    await evening.quiet()


async def telling(evening: Evening) -> None:
    """Fang wants to hear nothing that sells. Li Wei writes to all, sees it as they will; Chen asks why it came to her."""
    fang, chen, li_wei = evening.private(FANG), evening.private(CHEN), evening.private(LI_WEI)
    await fang.say("/quiet")
    await fang.tap("qm", arg="all")
    news = evening.line("news")
    await li_wei.say("/broadcast")
    await li_wei.say(news)
    await li_wei.tap("ba", arg="all")
    await li_wei.tap("bgo")
    await chen.reads(news, "/quiet")
    await evening.quiet()
    if any(news in words(message) for message in await fang.messages()):
        raise Missed("who muted what sells is not written to")
    await chen.say("/why")
    await chen.reads("Orchard Lane", "7", "/quiet")
    await evening.quiet()


async def polling(evening: Evening) -> None:
    """Olga, the operator, lets a members' poll begin: enough want chestnuts, and the group buy opens. Nobody is joined by it."""
    await run_now(evening, "chestnut-poll")
    poll = await _poll(evening)
    for person in (ANN, BAO, CHEN):
        await evening.sandbox.post(
            "vote", chat_id=shop.OFFICE, message_id=poll["message_id"], person_id=person,
            options=[poll["poll"]["options"][0]["text"]],
        )  # fmt: skip
    card = await evening.card(evening.line("chestnuts"))
    if "1. Ann" in words(card):
        raise Missed("a vote joins nobody")
    await evening.quiet()


async def drawing(evening: Evening) -> None:
    """A lucky draw, free for all: six take part, two win, and the file in the chat proves it."""
    await run_now(evening, "autumn-draw")
    for person in (ANN, BAO, CHEN, DORA, IVAN, JUN):
        expect(await evening.circle(person).tap("drw"), "2")
    board = await evening.circle(ANN).reads(evening.line("draw"), "SHA-256")
    await evening.passes(timedelta(hours=2, seconds=5))
    closing = await evening.circle(ANN).reads(evening.line("draw"), "SHA-256")  # the board has lost its own by now
    await evening.passes(timedelta(minutes=2))
    record = await _record(evening)
    seen, told = (next(word for word in words(one).split() if len(word) == 64) for one in (board, closing))
    try:
        proven = draw_record.verified(record, seed_sha256=seen, tickets_sha256=told)
    except RecordRefused as refused:
        raise Missed(str(refused)) from refused
    if (proven.tickets, len(proven.winners)) != (6, 2):
        raise Missed(f"six took part and two won: {proven}")
    await evening.quiet()


async def run_now(evening: Evening, campaign: str) -> None:
    """Olga, the operator, lets a campaign run: by her buttons, sure and surer."""
    olga = evening.private(OLGA)
    await olga.say("/campaigns")
    await olga.tap("cp", label=campaign)
    message, data = await olga.button("cp", arg="sure", on=campaign)
    await olga.press(message, data)

    async def asked() -> tuple[Message, str] | None:
        for one in reversed(await olga.messages()):
            for _, pressed in buttons(one):
                if pressed.startswith("ca:") and ":r" in pressed and campaign in words(one):
                    return one, pressed
        return None

    await olga.press(*await until(asked, f"the question before {campaign} runs"))
    await evening.app.fired()
    await evening.quiet()


async def _poll(evening: Evening) -> Message:
    async def look() -> Message | None:
        return next((one for one in reversed(await evening.circle(ANN).messages()) if "poll" in one), None)

    return await until(look, "a poll in the circle")


async def _record(evening: Evening) -> object:
    """The file that was sent to the circle."""

    async def look() -> str | None:
        messages = reversed(await evening.circle(ANN).messages())
        return next((one["document"]["url"] for one in messages if "draw-" in str(one.get("document"))), None)

    address = await until(look, "the record of the draw")
    async with aiohttp.ClientSession() as session, session.get(f"{evening.sandbox.url}{address}") as response:
        return json.loads(await response.read())

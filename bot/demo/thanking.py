"""Scenes in which buyers carry the selling: a question answered, a friend brought and thanked, a red packet."""

from datetime import timedelta

from bot.demo import shop
from bot.demo.cast import ANN, BAO, CHEN, DORA, EMIL, GUS, IVAN, LI_WEI, LIN, expect
from bot.demo.evening import Evening
from bot.demo.people import Missed, payload, words
from bot.demo.tidings import run_now


async def asking(evening: Evening) -> None:
    """Oranges again. Bao, who never had them, asks those who did; Chen answers in a line, and the circle reads it once."""
    oranges, bao = evening.line("oranges"), evening.private(BAO)
    await evening.private(LI_WEI).tap("rep", on=oranges)
    await evening.card(oranges, "🛒")
    await evening.starts(BAO, payload(await evening.circle(BAO).tap("ask", on=oranges)))
    await bao.say(evening.line("question"))
    await bao.tap("pub", arg="1")
    await evening.private(DORA).tap("qno")
    await evening.private(CHEN).tap("qans")
    await evening.private(CHEN).say(evening.line("answer"))
    await bao.reads("Chen", evening.line("answer"))
    await evening.circle(EMIL).reads("❓", "Chen", evening.line("answer"))
    await evening.card(oranges, "🛒")
    await evening.quiet()


async def inviting(evening: Evening) -> None:
    """Ann brings Lin from another stairwell. Both hear what both will get, and when; Lin joins and buys."""
    ann, lin, mangoes = evening.private(ANN), evening.private(LIN), evening.line("mangoes")
    await run_now(evening, "bring-a-friend")
    await ann.say("/invite")
    await ann.tap("ivp")
    link = await ann.reads("start=inv_")
    await evening.starts(LIN, payload(words(link)))
    await lin.reads("Ann", "3.00", "5.00")
    await lin.tap("rnm")
    await evening.sandbox.post("join", chat_id=shop.OFFICE, person_id=LIN)
    await evening.circle(LIN).say(evening.line("hello"))
    await evening.circle(LIN).tap("j", on=mangoes)
    await evening.circle(GUS).tap("j", on=mangoes)
    await evening.card(mangoes, "Lin ×1")
    await evening.quiet()


async def opening(evening: Evening) -> None:
    """Li Wei hands out a red packet: three tap in its first moments, and what each got is in their wallet, not in the chat."""
    await evening.private(LI_WEI).say("/packet 9.00 3 equal 3h")
    await evening.private(LI_WEI).tap("hand", label="Office 3F")
    for person in (BAO, DORA, IVAN):
        await evening.circle(person).tap("pkt")
    await evening.passes(timedelta(seconds=45))
    board = await evening.circle(BAO).reads("🧧", "3")
    if "3.00" in words(board).partition("\n")[2].replace("9.00", ""):
        raise Missed("nobody's amount stands in the circle")
    for person in (BAO, DORA):
        await evening.private(person).say("/wallet")
        await evening.private(person).reads("3.00", "🎟")
    await evening.quiet()


async def rewarding(evening: Evening) -> None:
    """Lin pays and collects. A week and the return window later both wallets hold what was promised."""
    mangoes = evening.line("mangoes")
    await evening.passes(timedelta(hours=9))
    await evening.private(LIN).tap("paid", on=mangoes)
    await evening.private(LI_WEI).tap("ok", on=("Lin", mangoes))
    await evening.private(LI_WEI).say("/handover lin")
    await evening.private(LI_WEI).tap("col", label="Lin")
    await evening.private(ANN).reads("Lin", "5.00")
    await evening.passes(timedelta(days=7, minutes=1))
    for person, amount in ((ANN, "5.00"), (LIN, "3.00")):
        await evening.private(person).say("/wallet")
        await evening.private(person).reads("Orchard Lane", amount)
    expect(words(await evening.private(ANN).reads("Lin", "5.00")), "Lin")
    await evening.quiet()

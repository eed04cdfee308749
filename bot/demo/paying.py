"""Scenes after the lock: paying, denied, cannot, offers taken and expired, a recall, lapsed."""

from datetime import timedelta

from bot.demo.cast import ANN, BAO, CHEN, DORA, EMIL, FANG, GUS, HANA, IVAN, LI_WEI, OLGA, expect
from bot.demo.evening import Evening
from bot.demo.lines import PEACHES
from bot.demo.people import Missed, words


async def receipts(evening: Evening) -> None:
    """Each hears alone what they owe: in private; in the circle, seen by them only, who never pressed start or blocked the bot."""
    await evening.private(ANN).reads("64.00")
    await evening.private(BAO).reads("32.00")
    for person in (GUS, HANA, IVAN):
        receipt = await evening.circle(person).reads("🔒", "32.00", "6222")
        if not (receipt.get("sandbox") or {}).get("ephemeral_for"):
            raise Missed("what a member owes is for their eyes only")
    await evening.private(LI_WEI).reads("🔒", "Dora ×2", evening.line("less_ripe"))
    for person in (OLGA, FANG):
        expect(await evening.circle(person).tap("w"), "1" if person == OLGA else "2")
    await evening.quiet()


async def paying(evening: Evening) -> None:
    """Ann's money takes two looks to find. Gus taps on what only he sees; Dora hands cash over."""
    await evening.private(ANN).tap("paid")
    await evening.private(LI_WEI).tap("no", on="Ann")
    await evening.private(ANN).reads("Orchard Lane", "64.00")
    await evening.private(ANN).tap("paid", on="Orchard Lane")
    await evening.private(LI_WEI).tap("ok", on="Ann")
    for person in (GUS, IVAN):
        await evening.circle(person).tap("paid")
        await evening.private(LI_WEI).tap("ok", on=evening.names[person])
    for person in (DORA, HANA):
        await evening.private(LI_WEI).say(f"/paid {evening.names[person]}")
        await evening.private(LI_WEI).tap("ok", label=evening.names[person])
    await evening.private(CHEN).tap("paid")
    await evening.private(LI_WEI).tap("ok", on="Chen")
    await evening.quiet()


async def waiting(evening: Evening) -> None:
    """Bao cannot after all. Olga is asked first and lets two hours pass; then Fang is asked, and takes it."""
    await evening.starts(FANG)
    await evening.private(BAO).tap("cant")
    await evening.circle(OLGA).button("take")
    await evening.passes(timedelta(hours=2, minutes=5))
    await evening.private(FANG).tap("take")
    await evening.private(FANG).tap("paid")
    await evening.private(LI_WEI).tap("ok", on="Fang")
    await evening.card(evening.line("oranges"), "Fang ×1")
    await evening.quiet()


async def choosing(evening: Evening) -> None:
    """The peaches come small and large. A slip is asked about; the leader leaves, and the next to have joined leads."""
    fang = evening.circle(FANG)
    await evening.replies(DORA, PEACHES, evening.line("large"))
    await evening.card(PEACHES, "1. Dora")
    await evening.circle(GUS).tap("j", on=PEACHES, arg="0")
    await evening.circle(CHEN).tap("j", on=PEACHES, arg="1")
    await evening.replies(FANG, PEACHES, evening.line("slip"))
    await fang.reads(evening.line("large"))
    await evening.replies(DORA, PEACHES, "0")
    await evening.card(PEACHES, "1. Gus")
    await evening.quiet()


async def deadline(evening: Evening) -> None:
    """Nobody taps anything: the peaches' time is over, and the price is fixed."""
    await evening.passes(timedelta(hours=3))
    await evening.card(PEACHES, "🔒", "60.00")
    await evening.private(CHEN).tap("paid", on=PEACHES)
    await evening.private(LI_WEI).tap("ok", on=PEACHES)
    await evening.quiet()


async def recalling(evening: Evening) -> None:
    """The peaches did not ripen: Li Wei stops the offer, every buyer hears it, and Chen gets back what she paid."""
    await evening.private(LI_WEI).say("/recall")
    await evening.private(LI_WEI).tap("rec", label=PEACHES)
    await evening.private(LI_WEI).tap("rec!")
    await evening.private(CHEN).reads("Orchard Lane", PEACHES)
    await evening.private(LI_WEI).tap("back", on="Chen")
    await evening.private(CHEN).reads("Orchard Lane", "60.00")
    await evening.quiet()


async def lapsing(evening: Evening) -> None:
    """A day later Emil has neither paid nor said anything: his seat lapses, and nobody pays more for it."""
    await evening.passes(timedelta(hours=21))
    await evening.quiet()
    card = await evening.card(evening.line("oranges"))
    if "Emil" in words(card) or "32.00" not in words(card):
        raise Missed("who did not pay in time is off the card, at the same price for all others")
    await evening.circle(EMIL).reads(evening.line("oranges"))

"""Scenes nobody opens by hand: two campaigns at their time. Eggs are paid on joining, pears come about with fewer."""

from datetime import timedelta

from bot.demo.cast import ANN, BAO, CHEN, DORA, EMIL, FANG, LI_WEI, expect
from bot.demo.evening import Evening


async def opening(evening: Evening) -> None:
    """Days later, at the minute bot.toml says."""
    await evening.passes(timedelta(days=4))
    await evening.card(evening.line("eggs"))
    await evening.card(evening.line("pears"))
    await evening.quiet()


async def upfront(evening: Evening) -> None:
    """Eggs are paid on joining: Ann at 36.00, and then the price falls."""
    eggs = evening.line("eggs")
    for person, price in ((ANN, "36.00"), (BAO, "36.00"), (CHEN, "33.00")):
        expect(await evening.circle(person).tap("j", on=eggs), price)
        await evening.private(person).tap("paid", on=eggs)
        await evening.private(LI_WEI).tap("ok", on=(evening.names[person], eggs))
    await evening.card(eggs, "33.00 ◀")
    await evening.quiet()


async def pears(evening: Evening) -> None:
    """Three want pears, four were needed."""
    title = evening.line("pears")
    await evening.replies(DORA, title, evening.line("large"))
    await evening.card(title, "1. Dora")
    await evening.circle(EMIL).tap("j", on=title, arg="0")
    await evening.circle(FANG).tap("j", on=title, arg="1")
    await evening.card(title, "Fang")
    await evening.quiet()


async def difference(evening: Evening) -> None:
    """At the lock all pay 33.00; what Ann and Bao paid above it is in their wallets."""
    await evening.passes(timedelta(hours=6, minutes=1))
    for person in (ANN, BAO):
        await evening.private(person).reads("36.00", "3.00", "33.00")
        await evening.private(person).say("/wallet")
        await evening.private(person).reads("3.00", "Orchard Lane")
    await evening.private(CHEN).reads("🔒", "33.00")
    await evening.quiet()


async def accepted(evening: Evening) -> None:
    """An hour later the pears are one short. Li Wei accepts them openly, and the card says so."""
    await evening.passes(timedelta(hours=1))
    await evening.private(LI_WEI).tap("acc")
    await evening.card(evening.line("pears"), "🔒", "3", "4")
    await evening.private(DORA).reads(evening.line("pears"), "20.00")
    await evening.quiet()

"""Scenes with the goods: arrival, the pick list and its files, handing over, again or not, something is wrong."""

from bot.demo.cast import ANN, CHEN, DORA, FANG, GUS, HANA, IVAN, LI_WEI
from bot.demo.evening import Evening
from bot.demo.people import Message, Missed


async def arriving(evening: Evening) -> None:
    """The oranges are there: whoever paid hears where; Li Wei takes the list and its files."""
    li_wei = evening.private(LI_WEI)
    await li_wei.tap("arr", on=evening.line("oranges"))
    await evening.private(CHEN).reads("📦")
    await li_wei.say("/orders")
    for kind in ("xlsx", "csv"):
        await li_wei.tap("pk", arg=kind)
        await _file(evening, kind)
    await evening.quiet()


async def handing_over(evening: Evening) -> None:
    """By name, by a button of the list, and by Ann, who leads and took Gus's and Ivan's along."""
    li_wei, ann = evening.private(LI_WEI), evening.private(ANN)
    await li_wei.say("/handover ann")
    await li_wei.tap("col", label="Ann", on=" · Ann · ")
    for person in (CHEN, DORA, FANG, HANA):
        await li_wei.tap("col", label=evening.names[person], on=evening.line("oranges"))
    await ann.tap("pk", on=evening.line("oranges"))
    for person in (GUS, IVAN):
        await ann.tap("col", label=evening.names[person])
    await evening.private(DORA).button("bad")
    await evening.quiet()


async def saying(evening: Evening) -> None:
    """Would they buy it again? One tap. Dora shows what is wrong, and gets back what that piece cost."""
    dora, li_wei = evening.private(DORA), evening.private(LI_WEI)
    await evening.private(CHEN).tap("ag1")
    await evening.private(ANN).tap("ag1")
    await evening.private(FANG).tap("ag0")
    await dora.tap("bad")
    await dora.tap("bad", arg="1")
    await evening.quiet()
    await dora.photo(evening.line("soft"))
    await li_wei.tap("rf", on="Dora")
    await dora.reads("32.00")
    await li_wei.tap("back", on="Dora")
    await evening.quiet()
    await li_wei.tap("thx")
    await evening.private(CHEN).reads("Orchard Lane", evening.line("oranges"))
    await evening.quiet()


async def _file(evening: Evening, kind: str) -> Message:
    """Waits for the list as a file."""
    private = evening.private(LI_WEI)
    await evening.quiet()
    for message in reversed(await private.messages()):
        if str((message.get("document") or {}).get("file_name", "")).endswith(kind):
            return message
    raise Missed(f"there should be a {kind} file")

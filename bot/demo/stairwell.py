"""Scenes in Stairwell B, a plain group that reads Chinese: a pasted 接龙, and the group becomes a supergroup."""

from bot.demo.cast import ANN, BAO, CHEN, DORA, LI_WEI, expect
from bot.demo.evening import Evening
from bot.demo.lines import POTATOES, POTATOES_LIST
from bot.demo.people import Missed
from bot.demo.shop import STAIRWELL


async def pasted(evening: Evening) -> None:
    """Li Wei pastes the list the neighbours began elsewhere; who goes by a name on it has a seat, nobody is made up."""
    for person, said in ((ANN, "红薯还有吗？"), (BAO, "我也想要。")):
        await evening.circle(person, STAIRWELL).say(said)
    await evening.quiet()
    await evening.private(LI_WEI).say(POTATOES_LIST)
    await evening.private(LI_WEI).tap("open", on=POTATOES, label="Stairwell B")
    await evening.card(POTATOES, "Ann ×2", "Bao ×1", chat_id=STAIRWELL)
    expect(await evening.circle(CHEN, STAIRWELL).tap("j", on=POTATOES), "15.00", "还差 1 人")
    await evening.quiet()


async def upgraded(evening: Evening) -> None:
    """Telegram gives the group another id. The seats are where they were, and Dora is the fourth."""
    moved = await evening.sandbox.post("upgrade", chat_id=STAIRWELL)
    home = int(moved["to"])
    await evening.quiet()
    await evening.circle(DORA, home).say("我要1份")
    card = await evening.card(POTATOES, "12.00 ◀", "Dora ×1", chat_id=home)
    if card["chat"]["id"] != home:
        raise Missed("the card moves with its group")
    await evening.quiet()

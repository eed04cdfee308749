"""The living circle behind `make demo`: Li Wei opens a group buy and friends join it at a human pace, while whoever
sits at the page plays Ann, Bao and Li Wei. What must be paid after the lock, the friends pay by themselves.
"""

import asyncio
import logging
import random

from bot.demo.evening import Evening
from bot.demo.people import Missed, buttons
from bot.demo.story import ANN, BAO, CHEN, DORA, EMIL, FANG, GUS, HANA, IVAN, JUN, LI_WEI

log = logging.getLogger(__name__)

OFFER = "/sell Honey oranges, 5 kg 39.90, 3 people 36, 8 people 32, in 6 hours, stock 60, max 5 each, min 3"
FRIENDS = (CHEN, DORA, EMIL, FANG, GUS, HANA, IVAN, JUN)
TALK = {
    CHEN: "The last ones were gone in two days here.",
    DORA: "Are they sweet or sour?",
    EMIL: "I can carry a box up for someone.",
    HANA: "Saturday at the gate suits me.",
}


async def live(evening: Evening, seed: int) -> None:
    """Until cancelled. A friend who cannot do what they meant to lets it be; the evening goes on."""
    dice = random.Random(seed)  # noqa: S311  # a story's dice
    for person in (LI_WEI, ANN, BAO, *FRIENDS):
        await evening.starts(person)
    await evening.private(LI_WEI).say(OFFER)
    await evening.private(LI_WEI).tap("open")
    await evening.circle(ANN).button("j")
    friends = list(FRIENDS)
    dice.shuffle(friends)
    await asyncio.gather(_joining(evening, friends, dice), *(_paying(evening, friend, dice) for friend in FRIENDS))


async def _joining(evening: Evening, friends: list[int], dice: random.Random) -> None:
    """One friend after the other looks at the chat, says something perhaps, and joins."""
    for friend in friends:
        await asyncio.sleep(dice.uniform(8, 20))  # people take their time
        try:
            if friend in TALK:
                await evening.circle(friend).say(TALK[friend])
                await asyncio.sleep(dice.uniform(2, 4))
            card, data = await evening.circle(friend).button("j")
            if dice.random() < 0.4:
                await evening.circle(friend).say(f"+{dice.randint(1, 2)}", reply_to=card["message_id"])
            else:
                await evening.circle(friend).press(card["message_id"], data)
        except Missed as missed:
            log.info("a friend lets it be: %s", missed)


async def _paying(evening: Evening, friend: int, dice: random.Random) -> None:
    """Looks into the private chat now and then and says "I have paid" where asked."""
    done: set[int] = set()
    private = evening.private(friend)
    while True:
        await asyncio.sleep(dice.uniform(4, 9))  # people look now and then
        for message in await private.messages():
            paid = next((data for data in buttons(message) if data.startswith("paid:")), None)
            if paid and message["message_id"] not in done:
                done.add(message["message_id"])
                await private.press(message["message_id"], paid)

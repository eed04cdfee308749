"""The living circle behind `make demo`: Li Wei has opened a group buy and friends join it at a human pace, while whoever
sits at the page plays Ann, Bao and Li Wei. What comes to the friends in private, they see to by themselves.

Invariant: a friend who cannot do what they meant to lets it be; the evening goes on until it is cancelled.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from functools import partial

from bot.demo.cast import ANN, BAO, CHEN, DORA, EMIL, FANG, GUS, HANA, IVAN, JUN, LI_WEI
from bot.demo.evening import Evening
from bot.demo.people import Chat, Message, Missed, buttons

log = logging.getLogger(__name__)

FRIENDS = (CHEN, DORA, EMIL, FANG, GUS, HANA, IVAN, JUN)
TALK = {CHEN: "chat_gone", DORA: "chat_sweet", EMIL: "chat_carry", HANA: "chat_gate"}
BEFORE, AFTER = (6.0, 16.0), (2.0, 4.0)  # seconds people take: before they join, after they said something
LOOKS = (4.0, 9.0)  # seconds between two looks into one's private chat
SEEN_TO = ("paid", "take", "ag1")  # what a friend taps when it stands in their private chat


async def opened(evening: Evening) -> None:
    """Li Wei opens the first group buy; returns when its card stands in the circle."""
    for person in (LI_WEI, ANN, BAO, *FRIENDS):
        await evening.starts(person)
    await evening.private(LI_WEI).say(evening.line("living_offer"))
    await evening.private(LI_WEI).tap("open", label="Office 3F")
    await evening.card(evening.line("oranges"))


async def live(evening: Evening, seed: int) -> None:
    """Friends come and go until cancelled."""
    dice = random.Random(seed)  # noqa: S311  # a story's dice
    friends = list(FRIENDS)
    dice.shuffle(friends)
    await asyncio.gather(_joining(evening, friends, dice), *(_minding(evening, friend, dice) for friend in FRIENDS))


async def _joining(evening: Evening, friends: list[int], dice: random.Random) -> None:
    """One friend after the other looks at the chat, says something perhaps, and joins."""
    for friend in friends:
        await asyncio.sleep(dice.uniform(*BEFORE))  # people take their time
        await _if_it_works(partial(_joins, evening, friend, dice))


async def _joins(evening: Evening, friend: int, dice: random.Random) -> None:
    circle, oranges = evening.circle(friend), evening.line("oranges")
    if friend in TALK:
        await circle.say(evening.line(TALK[friend]))
        await asyncio.sleep(dice.uniform(*AFTER))  # and reads what others say
    card, data = await circle.button("j", on=oranges)
    if dice.random() < 0.4:
        await circle.say(f"+{dice.randint(1, 2)}", reply_to=card["message_id"])
    else:
        await circle.press(card, data)


async def _minding(evening: Evening, friend: int, dice: random.Random) -> None:
    """Looks into the private chat now and then: pays, takes an offered seat, says that they would buy it again."""
    done: set[tuple[int, str]] = set()
    while True:
        await asyncio.sleep(dice.uniform(*LOOKS))  # people look now and then
        await _if_it_works(partial(_sees_to, evening.private(friend), done))


async def _sees_to(private: Chat, done: set[tuple[int, str]]) -> None:
    for message in await private.messages():
        data = next((data for _, data in buttons(message) if data.partition(":")[0] in SEEN_TO), None)
        if data is not None and _first_time(message, data, done):
            await private.press(message, data)


def _first_time(message: Message, data: str, done: set[tuple[int, str]]) -> bool:
    key = (message["message_id"], data)
    if key in done:
        return False
    done.add(key)
    return True


async def _if_it_works(act: Callable[[], Awaitable[None]]) -> None:
    try:
        await act()
    except Missed as missed:
        log.info("a friend lets it be: %s", missed)

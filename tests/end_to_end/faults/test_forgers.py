"""Strangers and forgers: whatever they send, nothing moves. The whole database is compared before and after."""

import random
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from bot.core import buttons
from bot.core.buttons import Buttons
from models.columns import table_of
from models.inbox import Inbox
from models.orders import order_table
from models.outbox import Outbox
from tests.conversations.town import BOT, OFFICE, PLAIN, Seen, Town

SEED = 20261121
FORGERIES = 1000
PASSING = {table_of(Inbox).name, table_of(Outbox).name, "conversations"}  # what comes in and goes out leaves a trace there
TOUCHED = {"seen_at", "name", "username", "language"}  # that a person was seen at all is no effect

Books = dict[str, list[tuple[Any, ...]]]


def books(session: Session) -> Books:
    """Every row there is, but for the queues."""
    return {
        name: sorted(
            tuple(str(value) for column, value in row._mapping.items() if column not in TOUCHED)
            for row in session.execute(select(table))
        )
        for name, table in SQLModel.metadata.tables.items()
        if name not in PASSING
    }


def difference(before: Books, after: Books) -> dict[str, list[tuple[Any, ...]]]:
    """Rows that are on one side only, by table."""
    return {
        name: sorted(set(before[name]) ^ set(after[name])) for name in before if sorted(before[name]) != sorted(after[name])
    }


def true_data(seen: Seen) -> list[str]:
    """What the buttons of a message really carry."""
    rows = seen.raw["reply_markup"]["inline_keyboard"]
    return [key["callback_data"] for row in rows for key in row if "callback_data" in key]


def mutated(data: str, dice: random.Random) -> str:
    """A button's data, changed a little: a bit, a letter, a number, a cut, two glued together."""
    way = dice.randrange(6)
    at = dice.randrange(len(data))
    if way == 0:
        return data[:at] + dice.choice("abcxyz019_-:.!") + data[at + 1 :]
    if way == 1:
        return data[:at] or "x"
    if way == 2:
        return data[:at] + data[at + 1 :] or "x"
    if way == 3:
        body, _, tag = data.rpartition(".")
        op, _, rest = body.partition(":")
        return f"{dice.choice(['j', 'f', 'ok', 'rec', 'paid', 'open', 'lead', op])}:{rest}.{tag}"[:64]
    if way == 4:
        return Buttons("4243:another-bots-token").data("j", dice.randrange(1, 20))
    return "".join(chr(dice.choice([*range(32, 127), 0x56E2, 0x1F6D2])) for _ in range(dice.randrange(1, 16)))


async def forged(town: Town, count: int) -> dict[str, list[tuple[Any, ...]]]:
    """What so many forged taps on a card changed."""
    await town.offer()
    await town.ann.press("+1")
    card = await town.card()
    true = true_data(card)
    dice = random.Random(SEED)
    before = await town.count(books)
    for data in (mutated(dice.choice(true), dice) for _ in range(count)):
        if data in true or any(data.casefold() in label.casefold() for label in card.buttons):
            continue  # a letter of "Share" presses that very button
        await town.post(
            "tap", chat_id=OFFICE, person_id=dice.choice([town.ann.id, town.nils.id]), message_id=card.id, button=data,
            forge=True, wait=False,
        )  # fmt: skip
    await town.settled(60)
    return difference(before, await town.count(books))


async def test_a_thousand_forged_taps_move_nothing(town: Town) -> None:
    assert await forged(town, FORGERIES) == {}


async def test_without_the_tag_forgeries_would_be_noticed(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buttons, "compare_digest", lambda *_: True)
    assert "seats" in await forged(town, 100)


async def test_a_true_button_under_a_foreign_message_moves_nothing(town: Town) -> None:
    await town.offer()
    elsewhere = await town.offer("pears", chat=PLAIN)
    office, stairwell = await town.card(), await town.card(PLAIN)
    true = true_data(office)[0]
    await town.bao.press("+1")  # he is known in the office, and tries its button in the stairwell
    before = await town.count(books)
    assert "another time" in await town.bao.tap(stairwell, true, PLAIN, forge=True)
    assert "a chat you are not in" in await town.nils.tap(office, true, forge=True)
    assert difference(before, await town.count(books)) == {}
    assert elsewhere


async def test_a_card_of_another_time_takes_nothing(town: Town) -> None:
    await town.offer()
    card = await town.card()
    await town.ann.press("+1")
    await town.later(hours=25)
    await town.settled(30)
    before = await town.count(books)
    for data in (data for data in true_data(card) if data.startswith(("j:", "f:"))):
        await town.bao.tap(card, data, forge=True)
    assert difference(_without_members(before), _without_members(await town.count(books))) == {}


def _without_members(found: Books) -> Books:
    """That somebody turned out to be in the circle is no effect on any group buy."""
    return {name: rows for name, rows in found.items() if name not in {"people", "members", "memberships"}}


async def test_somebody_elses_private_buttons_do_nothing_in_other_hands(town: Town) -> None:
    await town.offer()
    for person in (town.ann, town.bao, town.chen):
        await person.start()
        await person.press("+1")
    await town.later(hours=25)
    await town.settled(30)
    hers = [seen for seen in await town.ann.private() if seen.buttons][-1]
    keys = true_data(hers)
    assert keys
    greeting = (await town.bao.private())[0]
    await town.li.start()
    before = await town.count(books)
    for data in keys:
        await town.bao.tap(greeting, data, BOT, forge=True)
        await town.bao.tap(await town.card(), data, forge=True)
        await town.li.tap((await town.li.private())[0], data, BOT, forge=True)
    assert difference(before, await town.count(books)) == {}
    assert await town.count(_states) == {"awaiting"}


def _states(session: Session) -> set[str]:
    return set(session.scalars(select(order_table.c.state)))


async def test_an_anonymous_admin_and_a_channel_get_no_seat(town: Town) -> None:
    await town.offer()
    card = await town.card()
    before = await town.count(books)
    await town.li.say("+3", reply_to=card.id, anonymous=True)
    await town.li.say("+3", anonymous=True)
    assert difference(before, await town.count(books)) == {}

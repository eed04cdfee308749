"""A circle at work: its members tap, type and ask without pause, and remember exactly what they did and were told."""

import asyncio
import contextlib
import random
import re
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks.ground import BOT_ID, OFFICE, Ground
from bot.core import migrate, sync
from bot.core.database import Database
from campaigns import slots
from campaigns.linter import check
from models import group_buys, notices
from models.catalogue import products
from models.circles import circle_table
from models.group_buys import Terms
from models.prices import Step

MOST = 90  # pieces a member holds; the group buy takes 99
NUMBER = re.compile(r"\D*(\d+)")


@dataclass
class Deeds:
    """What the members did, and what they were told."""

    pieces: Counter[int] = field(default_factory=Counter)  # person -> what they asked for in all
    count: int = 0
    answered: int = 0
    typed: dict[int, tuple[int, int]] = field(default_factory=dict)  # message -> who typed it, pieces they then have
    asked: Counter[int] = field(default_factory=Counter)  # person -> private messages the bot owes them
    wrong: list[str] = field(default_factory=list)


def opened(file: Path) -> None:
    """A database in line with bot.toml, one group buy open in it, before any bot runs."""
    loaded = check(file)
    assert loaded.config is not None, loaded.mistakes
    url = loaded.config.bot.database_url()
    migrate.upgrade(url)
    database = Database.open(url)
    try:
        now = database.clock.now()
        database.write_sync(sync.sync, loaded.config, slots.load, now)
        database.write_sync(_open, now)
    finally:
        database.close_sync()


def _open(session: Session, now: datetime) -> None:
    product = session.execute(select(products).where(products.c.key == "oranges")).one()
    circle = session.execute(select(circle_table).where(circle_table.c.chat_id == OFFICE)).one()
    terms = Terms(
        shop_id=product.shop_id, circle_id=circle.id, product_id=product.id, price=product.price, per_member=99,
        closes_at=now + timedelta(days=20), ladder=(Step(3, 3600), Step(8, 3200)),
    )  # fmt: skip
    _, facts = group_buys.open_round(session, terms, now)
    notices.notify(session, facts, now)


class Member:
    """One person: a deed, its answer, the next deed."""

    def __init__(self, place: Ground, person: int, seed: int, deeds: Deeds) -> None:
        self._place, self._person, self._deeds = place, person, deeds
        self._dice = random.Random(seed * 1000 + person)

    async def live(self, stop: asyncio.Event) -> None:
        await self._asks("start", bot_id=BOT_ID)
        while not stop.is_set():
            await asyncio.sleep(self._dice.uniform(0.0, 0.3))  # people are not machines
            await self._deed()

    async def _deed(self) -> None:
        roll = self._dice.random()
        if roll < 0.1:
            await self._asks("say", chat_id=BOT_ID, text="/my")
            return
        have = self._deeds.pieces[self._person]
        delta = -1 if have > MOST or (have > 2 and self._dice.random() < 0.45) else 1
        self._deeds.pieces[self._person] += delta
        self._deeds.count += 1
        await (self._types(delta) if roll < 0.3 else self._taps(delta))

    async def _asks(self, act: str, **more: object) -> None:
        """Something that is answered by one private message."""
        self._deeds.asked[self._person] += 1
        await self._place.act(act, person_id=self._person, **more)

    async def _types(self, delta: int) -> None:
        said = await self._place.act(
            "say", chat_id=OFFICE, person_id=self._person, text=f"{delta:+d}", reply_to=self._place.card
        )
        self._deeds.typed[said["message_id"]] = (self._person, self._deeds.pieces[self._person])

    async def _taps(self, delta: int) -> None:
        answer = await self._place.press(self._person, "j" if delta > 0 else "f", wait=3.0)
        if not answer.get("text"):
            return  # cut off before it was told; the card shows it
        self._deeds.answered += 1
        said, have = NUMBER.match(answer["text"]), self._deeds.pieces[self._person]
        if said is None or int(said[1]) != have:
            self._deeds.wrong.append(f"{self._person} has {have} and was told {answer['text']!r}")


@contextlib.asynccontextmanager
async def at_work(place: Ground, seed: int, deeds: Deeds) -> AsyncIterator[None]:
    """The members at work until the block ends, then their last deeds."""
    stop = asyncio.Event()
    members = [asyncio.create_task(Member(place, person, seed, deeds).live(stop)) for person in place.people]
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*members)

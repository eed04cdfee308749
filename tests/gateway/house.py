"""The rest of the house as the courier sees it, in one small class; and a courier that runs while a test looks on."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.core.database import Database
from bot.core.outgoing import Outgoing, Skip
from bot.gateway.courier import Courier
from bot.gateway.http import Sender
from bot.gateway.ports import Hooks, Json
from bot.gateway.throttle import Rates
from bot.gateway.wire import open_session
from models import outbox
from models.circles import Circle
from models.columns import table_of
from models.deliveries import CARDS, OutboxRow
from models.outbox import OUTBOX, Message, Route
from tests.gateway.cast import OFFICE
from tests.gateway.telegram import TOKEN, PretendTelegram

UNLIMITED = Rates(per_second=1000, per_chat_per_second=1000, per_group_per_minute=1000, card_gap=0.05)


@dataclass
class House:
    """What the composition root would give: composes one line, and remembers what it was told."""

    delivered: list[tuple[int, Json]] = field(default_factory=list)
    cards_sent: list[int] = field(default_factory=list)
    moved: list[tuple[int, int]] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    shows: str = "nobody yet"

    def hooks(self) -> Hooks:
        return Hooks(
            compose=self.compose,
            delivered=lambda _, row, message, __: self.delivered.append((row.id, message)),
            card_sent=lambda _, row, message, __: self.cards_sent.append(message["message_id"]),
            migrated=self.migrated,
            chat_lost=lambda _, row, __: self.lost.append(row.id),
        )

    def migrated(self, session: Session, old: int, new: int) -> None:
        self.moved.append((old, new))
        circles = table_of(Circle)
        session.execute(update(circles).where(circles.c.chat_id == old).values(chat_id=new))

    def compose(self, session: Session, row: OutboxRow, now: datetime) -> Outgoing | Skip:
        circle = session.get_one(Circle, OFFICE)
        chat = 1000 + row.person_id if row.route is Route.PRIVATE and row.person_id else circle.chat_id
        match row.template:
            case "stale":
                return Skip("the round is over")
            case "broken":
                raise KeyError("price")
            case "picture":
                return Outgoing(
                    chat, "sendPhoto", {"caption": "x"}, {"photo": b"\x89PNG", "list": ("list.xlsx", b"xx")}
                )
        if row.route is Route.CARD:
            return self._card(session, row, chat)
        params: dict[str, Any] = {"text": f"{row.route}: {row.template}", "reply_markup": {"inline_keyboard": []}}
        if row.route is Route.EPHEMERAL:
            params["ephemeral_message_parameters"] = {"receiver_user_id": 1000 + (row.person_id or 0)}
        return Outgoing(chat, "sendMessage", params)

    def _card(self, session: Session, row: OutboxRow, chat: int) -> Outgoing:
        message_id = session.scalar(select(CARDS.c.message_id).where(CARDS.c.id == row.card_id))
        if message_id is None:
            return Outgoing(chat, "sendMessage", {"text": self.shows}, digest=self.shows)
        return Outgoing(chat, "editMessageText", {"text": self.shows, "message_id": message_id}, digest=self.shows)


@asynccontextmanager
async def delivering(
    database: Database, telegram: PretendTelegram, house: House, rates: Rates = UNLIMITED
) -> AsyncIterator[Courier]:
    wire = open_session()
    courier = Courier(database, Sender(TOKEN, telegram.url, wire), house.hooks(), rates)
    running = asyncio.create_task(courier.run())
    try:
        yield courier
    finally:
        await courier.stop()
        await running
        await wire.close()


def queue(database: Database, *messages: Message) -> None:
    database.write_sync(outbox.enqueue, messages, database.clock.now())


def to(person: int, template: str = "receipt", **more: Any) -> Message:
    return Message(route=Route.PRIVATE, template=template, person_id=person, **more)


def rows(database: Database) -> list[tuple[str, str]]:
    found = database.read_sync(
        lambda session: session.execute(select(OUTBOX.c.template, OUTBOX.c.state).order_by(OUTBOX.c.id)).all()
    )
    return [(row.template, row.state) for row in found]


async def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  # what is waited for happens in a database or on another thread
            await asyncio.sleep(0.01)


async def ended(database: Database) -> None:
    await until(lambda: all(state not in {"queued", "sending"} for _, state in rows(database)))

"""A whole Tuan in one test process: the real app on a real database, talking HTTP with the sandbox; and its people.

Invariant: `settled()` returns only when every update was worked and everything that may leave now has left.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.app import App
from bot.core.clock import Clock
from bot.gateway.throttle import Rates
from campaigns.linter import check
from models import group_buys, notices
from models.catalogue import products
from models.circles import circle_table
from models.group_buys import Round, Terms
from models.inbox import INBOX
from models.outbox import OUTBOX
from models.prices import Step
from sandbox.server import Running, start
from tests.roster import roster
from tests.templates import lay

TOKEN = "4242:AAE-town-token-of-a-test-AAAAAAAAAAA"
BOT = 4242
OFFICE, FORUM, PLAIN = -1001000000001, -1001000000002, -2000000001
NAMES = {
    "li": 1001, "olga": 1002, "ann": 1003, "bao": 1004, "chen": 1005, "dora": 1006, "emil": 1007, "fang": 1008,
    "gus": 1009, "hana": 1010, "ivan": 1011, "jun": 1012, "kim": 1013, "lin": 1014, "mei": 1015, "nils": 1016,
}  # fmt: skip
UNHURRIED = Rates(10_000, 10_000, 100_000, card_gap=0.0)  # a test does not wait for the platform's pace
CONFIG = """
[bot]
token = "env:TUAN_TEST_TOKEN"
api_root = "{url}"
database = "env:TUAN_TEST_DATABASE"
operators = [1002]

[[shop]]
id = "orchard"
name = "Orchard Lane"
currency = "CNY"
timezone = "Asia/Shanghai"
owners = [1001]
pay_to = {{ en = "Transfer to Li Wei, 6222", zh_CN = "转账给李伟 6222" }}
pickup = ["Gate 2, Sat 10:00-12:00"]

[[circle]]
chat_id = -1001000000001
name = "Office 3F"
tags = ["office"]
language = "en"

[[product]]
id = "oranges"
title = {{ en = "Honey oranges, 5 kg", zh_CN = "蜜橙 5 公斤" }}
price = "39.90"
stock = 50

[[product]]
id = "pears"
title = {{ en = "Pears", zh_CN = "梨" }}
price = "20.00"
options = ["small", "large"]
{more}
"""

FORUM_TOO = """
[[circle]]
chat_id = -1001000000002
name = "Forum"
"""


@dataclass(frozen=True)
class Seen:
    """A message as one person sees it."""

    id: int
    text: str
    buttons: tuple[str, ...]
    by_bot: bool
    only_me: bool
    raw: dict[str, Any]


class Refused(Exception):  # noqa: N818  # reads as what happened
    """The sandbox would not do it."""


class Person:
    """Somebody with a phone: they see what Telegram shows them and press what they see."""

    def __init__(self, town: "Town", person_id: int) -> None:
        self.town = town
        self.id = person_id

    async def say(self, text: str, chat: int = OFFICE, reply_to: int | None = None, **more: object) -> int:
        """Writes into a chat and waits for what comes of it; the message's id."""
        said = await self.town.post("say", chat_id=chat, person_id=self.id, text=text, reply_to=reply_to, **more)
        await self.town.settled()
        return int(said["message_id"])

    async def whisper(self, text: str, reply_to: int | None = None) -> int:
        """Writes to the bot in private."""
        return await self.say(text, BOT, reply_to)

    async def start(self, payload: str = "") -> None:
        await self.town.post("start", person_id=self.id, payload=payload)
        await self.town.settled()

    async def edit(self, message_id: int, text: str, chat: int = OFFICE) -> None:
        await self.town.post("edit", chat_id=chat, person_id=self.id, message_id=message_id, text=text)
        await self.town.settled()

    async def photo(self, caption: str, chat: int = BOT) -> None:
        await self.town.post("photo", chat_id=chat, person_id=self.id, caption=caption, name="oranges.jpg")
        await self.town.settled()

    async def sees(self, chat: int = OFFICE) -> list[Seen]:
        """The chat as it stands on their screen, oldest first."""
        page = await self.town.get(f"chats/{chat}", person_id=self.id)
        return [_seen(message) for message in page["messages"] if not message.get("sandbox", {}).get("service")]

    async def private(self) -> list[Seen]:
        """What the bot told them in private."""
        return [seen for seen in await self.sees(BOT) if seen.by_bot]

    async def whispers(self, chat: int = OFFICE) -> list[str]:
        """What only they see in the chat."""
        return [seen.text for seen in await self.sees(chat) if seen.only_me]

    async def press(self, label: str, chat: int = OFFICE, text: str = "") -> str:
        """Presses the latest button of that label they can see (below a message with `text`); what pops up."""
        for seen in reversed(await self.sees(chat)):
            button = next((button for button in seen.buttons if label in button), None)
            if button is not None and text in seen.text:
                return await self.tap(seen, button, chat)
        raise AssertionError(f"{self.id} sees no button {label!r}: {[s.buttons for s in await self.sees(chat)]}")

    async def tap(self, seen: Seen | int, button: str, chat: int = OFFICE, *, forge: bool = False) -> str:
        """Taps a message's button (or, forged, data it does not have); what pops up."""
        ask: dict[str, object] = {"chat_id": chat, "person_id": self.id, "button": button, "forge": forge}
        ask["message_id"] = seen if isinstance(seen, int) else seen.id
        if isinstance(seen, Seen) and seen.only_me:
            ask["ephemeral_message_id"] = seen.raw.get("ephemeral_message_id", 0)
        answer = await self.town.post("tap", **ask)
        await self.town.settled()
        if answer.get("url"):
            return str(answer["url"])
        return str(answer.get("text") or "")

    async def reactions(self, message_id: int, chat: int = OFFICE) -> list[str]:
        """The reactions below a message."""
        found = next(seen for seen in await self.sees(chat) if seen.id == message_id)
        return [reaction["emoji"] for reaction in found.raw["sandbox"]["reactions"]]


class Town:
    """The sandbox, the app and the database of one test."""

    def __init__(self, sandbox: Running, app: App, http: aiohttp.ClientSession) -> None:
        self.sandbox = sandbox
        self.app = app
        self.http = http

    def __getattr__(self, name: str) -> Person:
        """`town.ann` is Ann."""
        return Person(self, NAMES[name])

    def who(self, telegram_id: int) -> Person:
        """Somebody who moved here since."""
        return Person(self, telegram_id)

    async def post(self, path: str, **body: object) -> Any:
        async with self.http.post(f"{self.sandbox.url}/{path}", json=body) as response:
            answer = await response.json()
        if not answer["ok"]:
            raise Refused(answer["description"])
        return answer["result"]

    async def get(self, path: str, **query: object) -> Any:
        async with self.http.get(f"{self.sandbox.url}/{path}", params={k: str(v) for k, v in query.items()}) as response:
            return (await response.json())["result"]

    async def settled(self, seconds: float = 20.0) -> None:
        """Waits until nothing waits: at Telegram, in the inbox, in the outbox."""
        quiet = 0
        async with asyncio.timeout(seconds):
            while quiet < 2:
                quiet = quiet + 1 if await self._is_quiet() else 0
                await asyncio.sleep(0.01)

    async def _is_quiet(self) -> bool:
        async with self.http.get(f"{self.sandbox.url}/bot{TOKEN}/getWebhookInfo") as response:
            waiting = (await response.json())["result"]["pending_update_count"]
        failed = await self.app.database.read(_failed)
        assert not failed, failed
        return not waiting and not await self.app.database.read(_in_hand, self.app.database.clock.now())

    async def offer(self, product: str = "oranges", chat: int = OFFICE, **terms: Any) -> int:
        """Opens a group buy as a campaign would; its id. The card stands in the chat when this returns."""
        round_id = await self.app.database.write(_offered, product, chat, terms, self.app.database.clock.now())
        self.app.wake()
        await self.settled()
        return round_id

    async def card(self, chat: int = OFFICE, viewer: str = "ann") -> Seen:
        """The latest card in a chat."""
        seen = await getattr(self, viewer).sees(chat)
        return next(message for message in reversed(seen) if message.by_bot and message.text[:1] in "🛒🔒")

    async def later(self, **by: float) -> None:
        """Time passes, on the platform and here; what falls due happens."""
        span = timedelta(**by)
        await self.post("clock", advance=span.total_seconds())
        self.app.database.clock.advance(span)
        self.app.wake()
        await asyncio.sleep(0.05)
        await self.app.swept()
        await self.app.fired()
        await self.settled()

    async def count(self, query: Any, *args: object) -> Any:
        return await self.app.database.read(query, *args)


def _seen(message: dict[str, Any]) -> Seen:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return Seen(
        message["message_id"], message.get("text") or message.get("caption") or "",
        tuple(button["text"] for row in rows for button in row), bool(message.get("from", {}).get("is_bot")),
        message["sandbox"].get("ephemeral_for") is not None, message,
    )  # fmt: skip


def _in_hand(session: Session, now: Any) -> int:
    new = select(func.count()).select_from(INBOX).where(INBOX.c.state == "new")
    due = select(func.count()).select_from(OUTBOX).where(
        (OUTBOX.c.state == "sending") | ((OUTBOX.c.state == "queued") & (OUTBOX.c.not_before <= now))
    )
    return int(session.execute(new).scalar_one()) + int(session.execute(due).scalar_one())


def _failed(session: Session) -> list[str]:
    """Errors of updates and messages: a test fails at the first."""
    updates = session.scalars(select(INBOX.c.error).where(INBOX.c.error.is_not(None), INBOX.c.state != "done")).all()
    messages = session.scalars(select(OUTBOX.c.error).where(OUTBOX.c.state == "parked")).all()
    return [str(error) for error in (*updates, *messages)]


def _offered(session: Session, key: str, chat: int, terms: dict[str, Any], now: Any) -> int:
    product = session.execute(select(products).where(products.c.key == key)).one()
    circle = session.execute(select(circle_table).where(circle_table.c.chat_id == chat)).one()
    usual: dict[str, Any] = {
        "shop_id": product.shop_id, "circle_id": circle.id, "product_id": product.id, "price": product.price,
        "closes_at": now + timedelta(hours=24), "per_member": 5,
        "ladder": (Step(3, 3600), Step(8, 3200)) if key == "oranges" else (),
    }  # fmt: skip
    round_id, facts = group_buys.open_round(session, Terms(**(usual | terms)), now)
    notices.notify(session, facts, now)
    return round_id


def round_row(session: Session, round_id: int) -> Round:
    return session.get_one(Round, round_id)


def seats_of(session: Session, round_id: int) -> dict[str, int]:
    """Name -> pieces, as the database has it."""
    return {line.name: line.quantity for line in roster(session, round_id)}


def order_number(texts: Sequence[Seen]) -> int:
    """The order number a receipt names."""
    return next(int(found[0]) for seen in reversed(texts) if (found := re.search(r"\b1\d{3}\b", seen.text)))


@asynccontextmanager
async def a_town(
    folder: Path, monkeypatch: Any, database: str | None = None, more: str = "", rates: Rates = UNHURRIED
) -> AsyncIterator[Town]:
    """A town with a shop, its circle and two products; the bot runs in it. The platform counts where the bot does."""
    sandbox = await start(limits=False if rates is UNHURRIED else None)
    try:
        monkeypatch.setenv("TUAN_TEST_TOKEN", TOKEN)
        monkeypatch.setenv("TUAN_TEST_DATABASE", database or lay(f"sqlite:///{folder / 'tuan.db'}"))
        file = folder / "bot.toml"
        file.write_text(CONFIG.format(url=sandbox.url, more=more), encoding="utf-8")
        async with _lively(sandbox, file, rates) as town:
            yield town
    finally:
        await sandbox.stop()


@asynccontextmanager
async def _lively(sandbox: Running, file: Path, rates: Rates) -> AsyncIterator[Town]:
    loaded = check(file)
    assert loaded.config is not None, loaded.mistakes
    app = await App.open(loaded.config, clock=Clock(), file=file, rates=rates)
    running = asyncio.create_task(app.run())
    try:
        async with aiohttp.ClientSession() as http:
            town = Town(sandbox, app, http)
            await app.at_home.wait()
            await town.settled()
            yield town
    finally:
        app.stop()
        await running
        await app.close()

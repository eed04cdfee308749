"""The ground that benchmarks and kill tests stand on: a sandbox in this process, the bot in another, one group buy open.

Taps are pressed inside the sandbox's process, without HTTP of their own, so that the driver costs as little as it can
and both bots that are compared get exactly the same taps.
"""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sandbox import acts
from sandbox.acts.ask import Ask
from sandbox.server import Running, start

BOT_ID = 2000
TOKEN = f"{BOT_ID}:a-token-for-measuring-only-on-loopback"
OWNER = 1001
FIRST = 5001  # the first of the people who tap
SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFER = "/sell Honey oranges, 5 kg 39.90, 3 people 36, 8 people 32, in 20 days, max 99 each"
PATIENCE = 60.0  # seconds for a bot to come up
SOON = timedelta(seconds=15)  # a slot before the first load is nobody's promise

OFFICE = -1001000000001
TOKEN_NAME = "TUAN_BENCH_TOKEN"

_CONFIG = """\
[bot]
token    = "env:{token}"
api_root = "{api_root}"
database = "{database}"

[rates]
per_second = 30
per_chat_per_second = {per_chat}
per_group_per_minute = {per_group}

[[shop]]
id       = "orchard"
name     = "Orchard Lane"
currency = "CNY"
timezone = "Asia/Shanghai"
owners   = [1001]

[[circle]]
chat_id  = {office}
name     = "Office 3F"
language = "en"

[[product]]
id    = "oranges"
title = "Honey oranges, 5 kg"
price = "39.90"

[[campaign]]
id            = "oranges-now"
kind          = "group_buy"
schedule      = {{ at = "{at}" }}
misfire_grace = "10m"
circles       = ["Office 3F"]
product       = "oranges"
ladder        = [{{ at = 3, price = "36.00" }}, {{ at = 8, price = "32.00" }}]
per_member    = 99
closes_after  = "20d"
"""


@dataclass
class Ground:
    """A running sandbox with people in one circle; `card` is the message whose button is pressed."""

    running: Running
    folder: Path
    people: list[int]
    card: int = 0
    data: dict[str, str] = field(default_factory=dict)  # op -> callback data on the card

    @property
    def world(self) -> Any:  # the sandbox's own
        return self.running.world

    async def act(self, name: str, /, **body: object) -> Any:  # JSON
        """One act of the people's side, in process."""
        outcome = acts.ACTS[f"POST {name}"](self.world, Ask(body))
        return await outcome if asyncio.iscoroutine(outcome) else outcome

    async def press(self, person: int, op: str = "j", wait: float = 15.0) -> dict[str, Any]:
        """Presses a button of the card; the sandbox's answer: text, ms, or timeout."""
        answer: dict[str, Any] = await self.act(
            "tap",
            chat_id=OFFICE,
            person_id=person,
            message_id=self.card,
            button=self.data[op],
            wait=wait,
            forge=True,
        )
        return answer

    async def listening(self) -> None:
        """Waits until the bot asks for updates."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if any(call[2] == "getUpdates" or "getUpdates" in call for call in self.world.calls):
                return
            queue = self.world.queues.get(BOT_ID)
            if queue is not None and queue.reader is not None:
                return
            await asyncio.sleep(0.01)
        raise TimeoutError("the bot does not listen")

    async def come_in(self) -> None:
        """Everybody joins the circle while the bot is there, and it has heard of it: they are members it knows."""
        for person in self.people:
            await self.act("join", chat_id=OFFICE, person_id=person)
        end = time.monotonic() + PATIENCE
        while self.world.queues[BOT_ID].waiting:
            if time.monotonic() > end:
                raise TimeoutError("the bot did not take in who joined")
            await asyncio.sleep(0.02)

    async def open_round(self, offer: str = OFFER) -> None:
        """The owner opens a group buy from the private chat, and its card stands in the circle."""
        await self.listening()
        await self.act("start", person_id=OWNER, bot_id=BOT_ID)
        await self.act("say", chat_id=BOT_ID, person_id=OWNER, text=offer)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for post in [post for chat in self.world.private.values() for post in chat.posts.values()]:
                rows = post.body.get("reply_markup", {}).get("inline_keyboard", [])
                data = next((b["callback_data"] for row in rows for b in row if b["callback_data"].startswith("open:")), None)
                if data is not None:
                    await self.act("tap", chat_id=BOT_ID, person_id=OWNER, message_id=post.id, button=data)
                    return await self.find_card()
            await asyncio.sleep(0.02)
        raise TimeoutError("the bot did not read the offer back")

    async def find_card(self) -> None:
        """Waits until a message with buttons stands in the circle."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            chat = self.world.chats[OFFICE]
            for post in reversed(list(chat.posts.values())):
                rows = post.body.get("reply_markup", {}).get("inline_keyboard", [])
                found = {
                    b["callback_data"].split(":")[0]: b["callback_data"]
                    for row in rows
                    for b in row
                    if "callback_data" in b
                }
                if "j" in found and not post.deleted:
                    self.card, self.data = post.id, found
                    return
            await asyncio.sleep(0.02)
        raise TimeoutError("no card appeared")

    def config(self, database: str | None = None, *, hurry: bool = False, opens: timedelta = SOON) -> Path:
        """A bot.toml for this sandbox; its campaign opens the group buy in a moment. `hurry`: above Telegram's pace."""
        file = self.folder / "bot.toml"
        url = database or f"sqlite:///{self.folder / 'tuan.db'}"
        soon = datetime.now(SHANGHAI) + opens
        per_chat, per_group = (30, 1800) if hurry else (1, 20)
        text = _CONFIG.format(
            token=TOKEN_NAME, api_root=self.running.url, database=url, office=OFFICE, at=f"{soon:%Y-%m-%dT%H:%M:%S}",
            per_chat=per_chat, per_group=per_group,
        )  # fmt: skip
        file.write_text(text, "utf-8")
        return file


@contextlib.asynccontextmanager
async def ground(folder: Path, people: int, *, limits: bool = False, seed: int = 1) -> AsyncIterator[Ground]:
    """A sandbox with `people` more people in the circle."""
    running = await start(port=0, seed=seed, limits=None if limits else False)
    made = Ground(running, folder, list(range(FIRST, FIRST + people)))
    try:
        for person in made.people:
            await made.act("people", name=f"P{person}", id=person)
        yield made
    finally:
        await running.stop()


@contextlib.asynccontextmanager
async def process(*args: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A Python process of this project with the demo's token; ended with SIGTERM, then waited for."""
    env = os.environ | {TOKEN_NAME: TOKEN}
    made = await asyncio.create_subprocess_exec(sys.executable, *args, env=env)
    try:
        yield made
    finally:
        if made.returncode is None:
            made.send_signal(signal.SIGTERM)
        await made.wait()

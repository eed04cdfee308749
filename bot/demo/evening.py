"""One evening: a sandbox, the bot and their common clock, started together and stopped together."""

import asyncio
import contextlib
import json
import os
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import aiohttp
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.app import App
from bot.core.clock import Clock
from bot.demo import shop
from bot.demo.people import Chat, Missed, Sandbox, until
from campaigns.linter import check
from models.columns import table_of
from models.inbox import Inbox
from models.outbox import Outbox
from sandbox.server import start

BOT_ID = 2000
SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass
class Evening:
    """What a story plays with."""

    sandbox: Sandbox
    app: App
    names: dict[int, str]
    session: aiohttp.ClientSession
    card: int = 0  # message id of the card the story plays on

    def circle(self, person_id: int) -> Chat:
        """The group chat as this person sees it."""
        return Chat(self.sandbox, shop.OFFICE, person_id)

    def private(self, person_id: int) -> Chat:
        """This person's chat with the bot."""
        return Chat(self.sandbox, BOT_ID, person_id)

    async def starts(self, person_id: int, payload: str = "") -> None:
        """The person presses start."""
        await self.sandbox.post("start", person_id=person_id, bot_id=BOT_ID, payload=payload)

    async def passes(self, by: timedelta) -> None:
        """Time passes for the platform, and with it for the bot."""
        target = self.app.database.clock.now() + by
        await self.sandbox.post("clock", advance=by.total_seconds())

        async def there() -> bool | None:
            return self.app.database.clock.now() >= target or None

        await until(there, "the bot's clock")
        await self.quiet()

    async def quiet(self) -> None:
        """Until everything that came in is answered and everything that is due has gone out."""

        async def done() -> bool | None:
            waiting = await self.app.database.read(_waiting, self.app.database.clock.now())
            return waiting == 0 or None

        await until(done, "the bot to finish")


def _waiting(session: Session, now: datetime) -> int:
    inbox, outbox = table_of(Inbox), table_of(Outbox)
    coming = session.execute(select(func.count()).where(inbox.c.state == "new")).scalar_one()
    due = (outbox.c.state.in_(("queued", "sending")), outbox.c.not_before <= now)
    return int(coming + session.execute(select(func.count()).where(*due)).scalar_one())


@contextlib.asynccontextmanager
async def evening(
    port: int, seed: int, database: str | None, *, language: str = "en", hurry: bool = False
) -> AsyncIterator[Evening]:
    """Starts the sandbox, then the bot as `tuan run` would, and ends both."""
    with tempfile.TemporaryDirectory(prefix="tuan-demo-") as folder:
        running = await start(port=port, seed=seed, limits=False if hurry else None)
        app = await _open(running.url, Path(folder), database, language, hurry)
        tasks = [asyncio.create_task(app.run())]
        try:
            async with aiohttp.ClientSession() as session:
                tasks.append(asyncio.create_task(_keep_time(session, running.url, app)))
                yield Evening(Sandbox(session, running.url), app, await _names(session, running.url), session)
        finally:
            app.stop()
            await tasks[0]
            for task in tasks[1:]:
                task.cancel()
            await asyncio.gather(*tasks[1:], return_exceptions=True)
            await app.close()
            await running.stop()


async def _open(url: str, folder: Path, database: str | None, language: str, hurry: bool) -> App:
    tomorrow = (datetime.now(SHANGHAI) + timedelta(days=4)).replace(hour=18, minute=0)
    config = folder / "bot.toml"
    url_of_database = database or f"sqlite:///{folder / 'tuan.db'}"
    config.write_text(shop.toml(url, url_of_database, language, tomorrow, hurry=hurry), "utf-8")
    os.environ.setdefault(shop.TOKEN_NAME, f"{BOT_ID}:the-demo-has-no-secret-to-keep-at-all")
    loaded = check(config)
    if loaded.config is None:
        raise Missed("\n".join(map(str, loaded.mistakes)))
    return await App.open(loaded.config, clock=Clock(), file=config)


async def _keep_time(session: aiohttp.ClientSession, url: str, app: App) -> None:
    """Moves the bot's clock whenever somebody moves the sandbox's, here or on the page."""
    timeout = aiohttp.ClientTimeout(total=None)
    async with session.get(f"{url}/events", timeout=timeout) as stream:
        async for raw in stream.content:
            if raw.startswith(b"data:") and (event := json.loads(raw[5:]))["type"] == "clock":
                ahead = timedelta(seconds=event["now"] - app.database.clock.now().timestamp())
                if ahead > timedelta():
                    app.database.clock.advance(ahead)
                    app.wake()


async def _names(session: aiohttp.ClientSession, url: str) -> dict[int, str]:
    async with session.get(f"{url}/state") as response:
        state = await response.json()
    return {person["id"]: person["name"] for person in (state.get("result") or state)["people"]}

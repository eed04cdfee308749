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
from bot.demo import lines, shop
from bot.demo.people import Chat, Message, Missed, Sandbox, until
from bot.gateway.throttle import Rates
from campaigns.linter import check
from models.columns import table_of
from models.inbox import Inbox
from models.outbox import Outbox
from sandbox.server import start

BOT_ID = 2000
TOKEN = f"{BOT_ID}:the-demo-has-no-secret-to-keep-at-all"
HURRIED = Rates(1_000, 1_000, 60_000, card_gap=0.3)  # for a sandbox that does not mind the pace
SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass
class Evening:
    """What a story plays with."""

    sandbox: Sandbox
    app: App
    names: dict[int, str]
    session: aiohttp.ClientSession
    language: str = "en"

    def line(self, key: str) -> str:
        """What people type, in the evening's language."""
        return lines.line(key, self.language)

    def circle(self, person_id: int, chat_id: int = shop.OFFICE) -> Chat:
        """The group chat as this person sees it."""
        return Chat(self.sandbox, chat_id, person_id)

    def private(self, person_id: int) -> Chat:
        """This person's chat with the bot."""
        return Chat(self.sandbox, BOT_ID, person_id)

    async def starts(self, person_id: int, payload: str = "") -> None:
        """The person presses start."""
        await self.sandbox.post("start", person_id=person_id, bot_id=BOT_ID, payload=payload)

    async def card(self, title: str, *texts: str, chat_id: int = shop.OFFICE) -> Message:
        """Waits until the card of `title` shows all of `texts`."""
        return await self.circle(shop.VIEWER, chat_id).reads(title, *texts, card=True)

    async def replies(self, person_id: int, title: str, text: str, chat_id: int = shop.OFFICE) -> Message:
        """The person answers the card of `title`."""
        card = await self.card(title, chat_id=chat_id)
        return await self.circle(person_id, chat_id).say(text, reply_to=card["message_id"])

    async def passes(self, by: timedelta) -> None:
        """Time passes for the platform, and with it for the bot."""
        target = self.app.database.clock.now() + by
        await self.sandbox.post("clock", advance=by.total_seconds())

        async def there() -> bool | None:
            return self.app.database.clock.now() >= target or None

        await until(there, "the bot's clock")
        await self.app.fired()
        await self.app.swept()
        await self.quiet()

    async def morning(self) -> None:
        """Until ten o'clock in the shop's zone: nobody is written to at night."""
        here = self.app.database.clock.now().astimezone(SHANGHAI)
        ten = here.replace(hour=10, minute=0, second=0, microsecond=0)
        await self.passes((ten if ten > here else ten + timedelta(days=1)) - here)

    async def quiet(self) -> None:
        """Until everything that came in is answered and everything that is due has gone out."""

        async def done() -> bool | None:
            if (await self.sandbox.get(f"bot{TOKEN}/getWebhookInfo"))["pending_update_count"]:
                return None
            waiting = await self.app.database.read(_waiting, self.app.database.clock.now())
            return waiting == 0 or None

        await until(done, "the bot to finish")


def _waiting(session: Session, now: datetime) -> int:
    inbox, outbox = table_of(Inbox), table_of(Outbox)
    coming = session.execute(select(func.count()).where(inbox.c.state == "new")).scalar_one()
    due = (outbox.c.state.in_(("queued", "sending")), outbox.c.not_before <= now)
    return int(coming + session.execute(select(func.count()).where(*due)).scalar_one())


def parked(session: Session) -> list[str]:
    """Updates and messages that were given up: none in a good evening. Only who blocked the bot may go unwritten to."""
    inbox, outbox = table_of(Inbox), table_of(Outbox)
    updates = session.scalars(select(inbox.c.error).where(inbox.c.state == "parked"))
    return [str(error) for error in (*updates, *session.scalars(select(outbox.c.error).where(outbox.c.state == "parked")))]


@contextlib.asynccontextmanager
async def evening(
    port: int, seed: int, database: str | None, *, language: str = "en", hurry: bool = False
) -> AsyncIterator[Evening]:
    """Starts the sandbox, then the bot as `tuan run` would, and ends both."""
    with tempfile.TemporaryDirectory(prefix="tuan-demo-") as folder:
        running = await start(port=port, seed=seed, limits=False if hurry else None)
        for person in running.world.people.values():
            person.language_code = "zh-hans" if language.startswith("zh") else person.language_code
        app = await _open(running.url, Path(folder), database, language, hurry)
        tasks = [asyncio.create_task(app.run())]
        try:
            async with aiohttp.ClientSession() as session:
                tasks.append(asyncio.create_task(_keep_time(session, running.url, app)))
                yield Evening(Sandbox(session, running.url), app, await _names(session, running.url), session, language)
        finally:
            app.stop()
            await tasks[0]
            for task in tasks[1:]:
                task.cancel()
            await asyncio.gather(*tasks[1:], return_exceptions=True)
            await app.close()
            await running.stop()


async def _open(url: str, folder: Path, database: str | None, language: str, hurry: bool) -> App:
    later = (datetime.now(SHANGHAI) + timedelta(days=4)).replace(hour=18, minute=0)
    config = folder / "bot.toml"
    url_of_database = database or f"sqlite:///{folder / 'tuan.db'}"
    config.write_text(shop.toml(url, url_of_database, language, later), "utf-8")
    os.environ.setdefault(shop.TOKEN_NAME, TOKEN)
    loaded = check(config)
    if loaded.config is None:
        raise Missed("\n".join(map(str, loaded.mistakes)))
    return await App.open(loaded.config, clock=Clock(), file=config, rates=HURRIED if hurry else None)


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

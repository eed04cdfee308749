"""A running sandbox and small clients for both of its sides."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from sandbox.server import Running, start

TOKEN = "4200:tests"
BOT = 4200
OFFICE, FORUM, CHANNEL, STAIRWELL = -1001000000001, -1001000000002, -1001000000003, -2000000001


class Play:
    """Both sides of a sandbox: `bot` calls methods, `do` acts as people do, `see` looks."""

    def __init__(self, running: Running, session: aiohttp.ClientSession) -> None:
        self.running = running
        self.session = session
        self.offset = 0

    @property
    def world(self) -> Any:
        return self.running.world

    async def raw(self, method: str, token: str = TOKEN, **params: Any) -> dict[str, Any]:
        async with self.session.post(f"{self.running.url}/bot{token}/{method}", json=params) as answer:
            made: dict[str, Any] = await answer.json()
            assert answer.status == (200 if made["ok"] else made["error_code"])
            return made

    async def bot(self, method: str, **params: Any) -> Any:
        """A call that must succeed."""
        made = await self.raw(method, **params)
        assert made["ok"], f"{method}: {made}"
        return made["result"]

    async def refused(self, method: str, **params: Any) -> str:
        """A call that must be refused; returns `code description`."""
        made = await self.raw(method, **params)
        assert not made["ok"], f"{method} went through: {made}"
        return f"{made['error_code']} {made['description']}"

    async def do(self, act: str, **body: Any) -> Any:
        made = await self.try_to(act, **body)
        assert made["ok"], f"{act}: {made}"
        return made["result"]

    async def try_to(self, act: str, **body: Any) -> dict[str, Any]:
        async with self.session.post(f"{self.running.url}/{act}", json=body) as answer:
            made: dict[str, Any] = await answer.json()
            return made

    async def see(self, path: str) -> Any:
        async with self.session.get(f"{self.running.url}/{path}") as answer:
            return (await answer.json())["result"]

    async def chat(self, chat_id: int, person: int = 1001) -> list[dict[str, Any]]:
        made: list[dict[str, Any]] = (await self.see(f"chats/{chat_id}?person_id={person}"))["messages"]
        return made

    async def updates(self, **params: Any) -> list[dict[str, Any]]:
        """The updates since the last look, confirmed at the next."""
        got: list[dict[str, Any]] = await self.bot("getUpdates", offset=self.offset, **params)
        if got:
            self.offset = got[-1]["update_id"] + 1
        return got

    async def only(self, kind: str) -> dict[str, Any]:
        """The one update of a kind since the last look."""
        found = [update[kind] for update in await self.updates() if kind in update]
        assert len(found) == 1, found
        made: dict[str, Any] = found[0]
        return made


@pytest.fixture
async def play() -> AsyncIterator[Play]:
    """A fresh sandbox without sending limits, in which the bot has called once."""
    running = await start(0, limits=False, seed=7)
    async with aiohttp.ClientSession() as session:
        made = Play(running, session)
        await made.bot("getMe")
        yield made
    await running.stop()


@pytest.fixture
async def limited() -> AsyncIterator[Play]:
    """A fresh sandbox with the platform's limits."""
    running = await start(0)
    async with aiohttp.ClientSession() as session:
        yield Play(running, session)
    await running.stop()

"""A wire-level stand-in: an HTTP server that records what it is asked and answers as the test says.

The sandbox is the pretend Telegram; this one exists for what a well-behaved server never does at a chosen moment:
closing in mid-answer, stalling, refusing exactly the third call.
"""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

TOKEN = "4242:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
BOT_ID = 4242
Reply = Callable[["Call", web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Call:
    """One call as it came in: parameters decoded, files by parameter."""

    method: str
    params: dict[str, Any]
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    content_type: str = ""
    at: float = 0.0


@dataclass
class PretendTelegram:
    """`updates` are handed out by getUpdates until confirmed; `script` holds replies to the next calls of a method."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    script: dict[str, deque[Reply]] = field(default_factory=lambda: defaultdict(deque))
    updates: list[dict[str, Any]] = field(default_factory=list)
    confirmed: int = 0
    came: asyncio.Event = field(default_factory=asyncio.Event)
    _message_id: int = 100

    def of(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    def next(self, method: str, *replies: Reply) -> None:
        self.script[method].extend(replies)

    def send(self, *updates: dict[str, Any]) -> None:
        self.updates.extend(updates)
        self.came.set()

    async def wait_for(self, method: str, count: int = 1, seconds: float = 10.0) -> list[Call]:
        """Until the method was called so often; fails after `seconds`."""
        async with asyncio.timeout(seconds):
            while len(self.of(method)) < count:  # noqa: ASYNC110  # the server writes a list, whoever looks
                await asyncio.sleep(0.005)
        return self.of(method)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        call = await _decode(request)
        call.at = asyncio.get_running_loop().time()
        self.calls.append(call)
        replies = self.script[call.method]
        if replies:
            return await replies.popleft()(call, request)
        if call.method == "getUpdates":
            return web.json_response({"ok": True, "result": await self._poll(call.params)})
        return web.json_response({"ok": True, "result": self._result(call)})

    async def _poll(self, params: dict[str, Any]) -> list[dict[str, Any]]:
        self.confirmed = max(self.confirmed, params.get("offset", 0))
        if not self._open_updates():
            self.came.clear()
            try:
                async with asyncio.timeout(min(params.get("timeout", 0), 0.2)):
                    await self.came.wait()
            except TimeoutError:
                return []
        return self._open_updates()[:100]

    def _open_updates(self) -> list[dict[str, Any]]:
        return [update for update in self.updates if update["update_id"] >= self.confirmed]

    def _result(self, call: Call) -> Any:
        if call.method == "getMe":
            return {"id": BOT_ID, "is_bot": True, "first_name": "Tuan", "username": "tuan_bot"}
        if call.method.startswith(("send", "edit")):
            self._message_id += 1
            message_id = call.params.get("message_id", self._message_id)
            return {"message_id": message_id, "date": 0, "chat": {"id": call.params.get("chat_id"), "type": "private"}}
        return True


async def _decode(request: web.Request) -> Call:
    call = Call(request.match_info["method"], {}, content_type=request.content_type)
    if request.content_type == "multipart/form-data":
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                call.files[name] = (value.filename, value.file.read())
            else:
                call.params[name] = value
    elif body := await request.read():
        call.params = json.loads(body)
    return call


def error(code: int, description: str, **parameters: int) -> Reply:
    """A refusal in Telegram's shape."""

    async def reply(call: Call, request: web.Request) -> web.StreamResponse:
        body: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
        if parameters:
            body["parameters"] = parameters
        return web.json_response(body, status=code)

    return reply


async def cut_off(call: Call, request: web.Request) -> web.StreamResponse:
    """Took the call, then closed the connection without a word."""
    assert request.transport is not None
    request.transport.close()
    return web.Response()


@asynccontextmanager
async def pretend_telegram() -> AsyncIterator[PretendTelegram]:
    telegram = PretendTelegram()
    app = web.Application()
    app.router.add_route("*", f"/bot{TOKEN}/{{method}}", telegram.handle)
    server = TestServer(app)
    await server.start_server()
    telegram.url = str(server.make_url("")).rstrip("/")
    try:
        yield telegram
    finally:
        await server.close()


def tap(update_id: int, person: int, data: str = "join:1") -> dict[str, Any]:
    """Somebody taps a card's button."""
    return {
        "update_id": update_id,
        "callback_query": {
            "id": str(update_id),
            "from": {"id": person, "is_bot": False, "first_name": f"P{person}"},
            "chat_instance": "1",
            "data": data,
            "message": {
                "message_id": 7,
                "date": 1,
                "chat": {"id": -1001, "type": "supergroup", "title": "Office"},
                "text": "Honey oranges",
            },
        },
    }


def said(update_id: int, person: int, text: str) -> dict[str, Any]:
    """Somebody writes to the bot in private."""
    return {
        "update_id": update_id,
        "message": {
            "message_id": update_id,
            "date": 1,
            "chat": {"id": person, "type": "private"},
            "from": {"id": person, "is_bot": False, "first_name": f"P{person}"},
            "text": text,
        },
    }

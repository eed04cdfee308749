"""Where a bot's calls come in: token, method, faults, checks, answer. Never anything but the platform's kind of answer."""

import asyncio
import logging
import time
from inspect import isawaitable
from typing import Any

from aiohttp import web

import sandbox.methods  # fills METHODS
from sandbox import bodies
from sandbox.call import METHODS, Call
from sandbox.errors import ApiError, bad_request, not_found, too_many
from sandbox.fast import dumps
from sandbox.people import Bot
from sandbox.spec import load
from sandbox.validate import signature
from sandbox.world import World

log = logging.getLogger("sandbox")
JSON = "application/json"
TRIMMED = 2000  # characters of a parameter that a record keeps
QUIET = {"getupdates"}
assert sandbox.methods


def answer(payload: bytes, status: int = 200) -> web.Response:
    return web.Response(body=payload, status=status, content_type=JSON)


def refusal(error: ApiError) -> web.Response:
    response = answer(dumps(error.payload()), error.code)
    if error.code in (408, 413):
        response.force_close()
    return response


class Gate:
    """Carries out calls for one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.known = {name.lower(): name for name in load().methods}

    async def handle(self, request: web.BaseRequest, token: str, method: str) -> web.StreamResponse:
        """Answers `/bot<token>/<method>`."""
        try:
            bot = self.world.bot_of(token)
            name = self.name(method)
            if self.world.faults.on:
                await self.trouble(name)
            fields, uploads = await bodies.read(request)
            result = await self.perform(bot, name, fields, uploads)
        except ApiError as error:
            return refusal(error)
        if self.world.faults.on and self.world.faults.strike(name, "reset-after-accept"):
            return cut_off(request)
        return answer(b'{"ok":true,"result":' + dumps(result) + b"}")

    def name(self, method: str) -> str:
        """A method's name as the specification writes it; any case will do."""
        name = self.known.get(method.lower())
        if name is None:
            raise not_found()
        return name

    async def perform(self, bot: Bot, method: str, fields: dict[str, Any], uploads: dict[str, Any]) -> Any:
        """Carries a call out and keeps a record of it; a mistake of the sandbox's own is a 500, as the platform's is."""
        began = time.perf_counter()
        name = self.name(method)
        try:
            result = await self.carry_out(bot, name, fields, uploads)
        except ApiError as error:
            self.record(bot, name, fields, error, None, began)
            raise
        except Exception as error:
            log.exception("%s failed", name)
            failed = ApiError(500, "Internal Server Error")
            self.record(bot, name, fields, failed, None, began)
            raise failed from error
        self.record(bot, name, fields, None, result, began)
        return result

    async def carry_out(self, bot: Bot, name: str, fields: dict[str, Any], uploads: dict[str, Any]) -> Any:
        args = signature(name).read(fields, uploads)
        if "business_connection_id" in args:
            raise bad_request("business connection not found")
        result = METHODS[name.lower()][1](Call(self.world, bot, name, args, uploads))
        return await result if isawaitable(result) else result

    async def trouble(self, name: str) -> None:
        """Faults that strike before a call is looked at."""
        if fault := self.world.faults.strike(name, "stall"):
            await asyncio.sleep(fault.seconds)
        if fault := self.world.faults.strike(name, "429"):
            raise too_many(max(1, int(fault.seconds)))
        if self.world.faults.strike(name, "5xx"):
            raise ApiError(502, "Bad Gateway")

    def record(
        self, bot: Bot, name: str, fields: dict[str, Any], error: ApiError | None, result: Any, began: float
    ) -> None:
        """Keeps the call for `/calls` and the inspector; polls that bring nothing are not worth a line."""
        if name.lower() in QUIET and not error:
            return
        world = self.world
        number = result.get("message_id") if type(result) is dict else None
        elapsed = round((time.perf_counter() - began) * 1000, 2)
        entry = (
            world.events.seq + 1,
            world.now(),
            bot.id,
            name,
            error is None,
            error.code if error else None,
            error.description if error else None,
            {name: trimmed(value) for name, value in fields.items()},
            number,
            elapsed,
        )
        world.calls.append(entry)
        world.events.add("call", 0, lambda: call_card(entry))


def trimmed(value: Any) -> Any:
    """What a record keeps of a parameter: a hundred thousand records must not fill the memory."""
    if isinstance(value, list | dict):
        written = dumps(value)
        return value if len(written) <= TRIMMED * 4 else written[:TRIMMED].decode("utf-8", "replace") + "…"
    return value if not isinstance(value, str) or len(value) <= TRIMMED else value[:TRIMMED] + "…"


def call_card(entry: tuple[Any, ...]) -> dict[str, Any]:
    """A recorded call as the people's side shows it."""
    seq, moment, bot, name, fine, code, words, fields, number, elapsed = entry
    return {
        "call_seq": seq,
        "time": moment,
        "bot_id": bot,
        "method": name,
        "ok": fine,
        "error_code": code,
        "description": words,
        "params": fields,
        "message_id": number,
        "ms": elapsed,
    }


def cut_off(request: web.BaseRequest) -> web.Response:
    """Closes the connection without an answer: the call was carried out, its caller will never know."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=200)

"""Both libraries behind a webhook: the sandbox carries updates to them, they answer, also in the response itself."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.methods import SendMessage
from aiogram.types import Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web
from telegram import Bot as PtbBot
from telegram import Update

from tests.sandbox.conftest import OFFICE, TOKEN, Play

Serve = Callable[[web.Application], Awaitable[str]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Serves an application; gives its address."""
    runners: list[web.AppRunner] = []

    async def start(app: web.Application) -> str:
        runner = web.AppRunner(app)
        runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        address: Any = runner.addresses[0]
        return f"http://127.0.0.1:{address[1]}/hook"

    yield start
    for runner in runners:
        await runner.cleanup()


async def until_said(play: Play, text: str) -> None:
    async with asyncio.timeout(10):
        async with play.session.get(f"{play.running.url}/events?since=0") as stream:
            async for line in stream.content:
                if f'"text":"{text}"' in line.decode():
                    return


@pytest.mark.parametrize("background", [True, False])
async def test_aiogram_takes_updates_and_answers(play: Play, serve: Serve, background: bool) -> None:
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def greet(message: Message) -> SendMessage:
        return message.answer(f"hello {message.text}")

    async with Bot(TOKEN, AiohttpSession(api=TelegramAPIServer.from_base(play.running.url))) as bot:
        handler = SimpleRequestHandler(dispatcher, bot, handle_in_background=background, secret_token="s3cret")
        app = web.Application()
        handler.register(app, path="/hook")
        await bot.set_webhook(await serve(app), secret_token="s3cret")
        await play.do("say", chat_id=OFFICE, person_id=1003, text="Ann")
        await until_said(play, "hello Ann")


async def test_python_telegram_bot_decodes_what_is_carried(play: Play, serve: Serve) -> None:
    taken: asyncio.Queue[Update] = asyncio.Queue()
    bot = PtbBot(TOKEN, base_url=f"{play.running.url}/bot")

    async def take(request: web.Request) -> web.Response:
        update = Update.de_json(await request.json(), bot)
        assert update is not None
        taken.put_nowait(update)
        return web.Response()

    app = web.Application()
    app.router.add_post("/hook", take)
    async with bot:
        await bot.set_webhook(await serve(app))
        await play.do("say", chat_id=OFFICE, person_id=1003, text="+1")
        update = await asyncio.wait_for(taken.get(), 10)
        assert update.effective_message is not None
        assert update.effective_message.text == "+1"
        assert (await bot.get_webhook_info()).pending_update_count in (0, 1)

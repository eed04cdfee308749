"""A bare aiogram bot that only answers taps: what every figure about taps is compared with."""

import asyncio
import sys

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup


async def answer(query: CallbackQuery) -> None:
    await query.answer("You: 1 · 39.90 each now · 2 more people and all pay 36.00")


async def main(url: str, token: str, chat_id: int) -> None:
    bot = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(url)))
    dispatcher = Dispatcher()
    dispatcher.callback_query.register(answer)
    keyboard = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="+1", callback_data="j:1")]])
    await bot.send_message(chat_id, "Honey oranges, 5 kg", reply_markup=keyboard)
    await dispatcher.start_polling(bot, handle_signals=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))

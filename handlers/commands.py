"""The menu of commands that people see, by where they are, who they are and which language they read."""

import logging
from collections.abc import Collection, Iterable

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeUnion,
)

from bot.core.i18n import DEFAULT, languages
from bot.core.words import Words

log = logging.getLogger(__name__)

PRIVATE = ("start", "my", "ask", "find", "wallet", "invite", "quiet", "why", "language", "privacy", "help")
CIRCLE = ("deals", "buy", "ask", "find", "want", "invite", "help")
OWNER = (
    "sell", "broadcast", "packet", "coupon", "voucher",
    "orders", "questions", "paid", "handover", "refund", "recall", "referrals",
)  # fmt: skip
OPERATOR = ("campaigns", "reload")


async def register(bot: Bot, owners: Collection[int], operators: Collection[int]) -> None:
    """Tells Telegram every menu in every language. An owner who never wrote to the bot has no menu of their own yet."""
    scopes: list[tuple[BotCommandScopeUnion, tuple[str, ...]]] = [
        (BotCommandScopeAllPrivateChats(), PRIVATE), (BotCommandScopeAllGroupChats(), CIRCLE),
    ]  # fmt: skip
    for person in {*owners, *operators}:
        scopes.append((BotCommandScopeChat(chat_id=person), menu_of(person in owners, person in operators)))
    for scope, names in scopes:
        for language in languages():
            await _told(bot, scope, names, language)


def menu_of(owns: bool, operates: bool) -> tuple[str, ...]:
    """One person's own menu in private."""
    return (*PRIVATE[:2], *(OWNER if owns else ()), *(OPERATOR if operates else ()), *PRIVATE[2:])


async def _told(bot: Bot, scope: BotCommandScopeUnion, names: Iterable[str], language: str) -> None:
    words = Words(language)
    menu = [BotCommand(command=name, description=words.say(f"command_{name}")) for name in names]
    code = None if language == DEFAULT else language.split("_", maxsplit=1)[0]  # Telegram knows two letters; none is for all others
    try:
        await bot.set_my_commands(menu, scope, code)
    except TelegramAPIError as error:
        log.info("a menu of commands was not taken: %s", error)

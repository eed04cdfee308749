"""What an operator does in private: take bot.toml over as it is now."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message

from handlers.replies import said
from handlers.scene import Scene
from models.errors import DomainError


def routes() -> Router:
    """/reload."""
    router = Router(name="operator")
    router.message.register(reload, Command("reload"))
    return router


async def reload(message: Message, scene: Scene) -> None:
    """Reads the file; with a mistake in it nothing changes, and the mistakes are named."""
    if not scene.operates or message.from_user is None:
        raise DomainError("not_operator")
    taken, words = await scene.desk.reload(message.from_user.id), scene.words
    refused = words.text("reload_refused", mistakes=taken.mistakes[:20]) if taken.mistakes else None
    await scene.write(said, refused or words.text("reload_done", restart=", ".join(taken.restart)))

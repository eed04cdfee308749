"""What nothing else understood in private, and the way out of any conversation."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import Message

from handlers.replies import said
from handlers.scene import Scene


def routes() -> Router:
    """Comes last."""
    router = Router(name="fallback")
    router.message.register(cancel, Command("cancel"))
    router.message.register(in_circle, Command("deals", "buy", "want"))
    router.message.register(lost, F.text | F.photo)
    return router


async def cancel(message: Message, scene: Scene) -> None:
    """Leaves whatever was begun as it was."""
    del message
    assert scene.state is not None
    begun = await scene.state.get_state() is not None or bool(await scene.state.get_data())
    await scene.state.clear()
    await scene.write(said, scene.words.text("cancelled" if begun else "nothing_to_cancel"))


async def in_circle(message: Message, scene: Scene) -> None:
    """A command that belongs into a group chat."""
    del message
    await scene.write(said, scene.words.text("only_circle"))


async def lost(message: Message, scene: Scene) -> None:
    """One kind sentence that says what can be typed."""
    del message
    await scene.write(said, scene.words.text("not_understood"))

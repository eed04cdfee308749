"""/find: products with their price, how many would buy them again, and what buyers answered about them."""

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message
from markupsafe import Markup
from sqlalchemy.orm import Session

from bot.core import names
from bot.core.buttons import Button, deep_link, keyboard, link, message_link
from handlers.circles import sells_here
from handlers.replies import PRIVATE, Reply, say, thread_of, unseen
from handlers.scene import Scene, Who
from models import finding
from models.errors import DomainError
from models.finding import Found


def in_private() -> Router:
    """Through all circles of who asks."""
    router = Router(name="find")
    router.message.register(find, Command("find"))
    return router


def in_circles() -> Router:
    """Through this circle."""
    router = Router(name="find here")
    router.message.register(find_here, Command("find"))
    return router


async def find(message: Message, command: CommandObject, scene: Scene) -> None:
    """`/find oranges` in private."""
    del message
    await scene.write(_found, scene, command.args or "", PRIVATE)


async def find_here(message: Message, command: CommandObject, scene: Scene) -> None:
    """`/find oranges` in a chat, seen by who asked."""
    if await sells_here(message, scene):
        await scene.write(_found, scene, command.args or "", unseen(scene, message.message_id, thread_of(message)))


def _found(session: Session, who: Who, scene: Scene, words: str, by: Reply) -> None:
    wanted = names.clean(words)
    if not wanted:
        raise DomainError("find_empty")
    found = finding.find(session, who.person_id, wanted, who.circle_id)
    if not found:
        say(session, who, scene.words.text("find_nothing", wanted=names.shorten(wanted, 40)), by=by)
        return
    parts = [_line(scene, one, several=who.circle_id is None) for one in found]
    say(session, who, Markup("\n\n").join(parts), keyboard(*([_button(scene, one)] for one in found)), by=by)


def _line(scene: Scene, one: Found, *, several: bool) -> Markup:
    url = message_link(one.chat_id, one.message_id) if one.is_open else None
    title = names.shorten(scene.words.option(one.title), 60)
    return scene.words.here(currency=one.currency).text("find_line", title=title, found=one, link=url, several=several)


def _button(scene: Scene, one: Found) -> Button:
    """To the answers and to asking; from a circle by a link into the private chat."""
    label = scene.words.say("key_find_ask", title=names.shorten(scene.words.option(one.title), 30), n=one.answers)
    if scene.private:
        return scene.desk.buttons.button(label, "ask", one.round_id)
    return link(label, deep_link(scene.desk.bot_username, f"ask_{one.round_id}"))

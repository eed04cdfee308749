"""Sets the scene of every update, and turns a rule's no into words. The one middleware of the house.

Invariant: nobody acts in the name of a chat: messages of anonymous admins, of channels and of bots have no sender.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import Chat, TelegramObject, Update, User
from sqlalchemy.orm import Session

from handlers import errors
from handlers.memory import Known, Memory, Place, Sender
from handlers.ports import Unit
from handlers.scene import Desk, Scene, known_as
from models import circles
from models.circles import Circle
from models.errors import DomainError
from models.rows import find
from models.shops import Shop

Next = Callable[[TelegramObject, dict[str, Any]], Awaitable[object]]


class SceneSetter(BaseMiddleware):
    """Outermost around all handlers; gives them `scene`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, handler: Next, event: TelegramObject, data: dict[str, Any]) -> object:
        assert isinstance(event, Update)
        scene = await set_scene(self._desk, data["unit"], event, data.get("event_from_user"), data.get("event_chat"))
        scene.state = data.get("state")
        data["scene"] = scene
        try:
            return await handler(event, data)
        except DomainError as error:
            await scene.look_up()
            return await errors.answer(error, event, scene)


async def set_scene(desk: Desk, unit: Unit, update: Update, user: User | None, chat: Chat | None) -> Scene:
    """Who and where, from memory or by one read."""
    sender = _sender(update, user)
    private = chat is not None and chat.type == "private"
    circle_chat = None if chat is None or private else chat.id
    person = desk.memory.people.get(sender.telegram_id, unit.now) if sender else None
    place = desk.memory.places.get(circle_chat, unit.now) if circle_chat is not None else None
    if (sender and person is None and not _tap_in(place, update)) or (circle_chat is not None and place is None):
        person, place = await unit.read(_looked_up, sender, circle_chat)
        _keep(desk.memory, unit, person, place)
    public = chat is not None and not private and chat.username is not None
    speaks = update.message is not None or update.edited_message is not None
    return Scene(desk, unit, sender, person, place, private, public, speaks)


def _tap_in(place: Place | None, update: Update) -> bool:
    """A tap in a known circle: its write meets the person anyway, so the hot path reads nothing before."""
    return place is not None and update.callback_query is not None


def _sender(update: Update, user: User | None) -> Sender | None:
    """The person behind an update; None for those who hide behind a chat, and for bots."""
    message = update.message or update.edited_message
    if user is None or user.is_bot or (message is not None and message.sender_chat is not None):
        return None
    return Sender(user.id, user.full_name, user.username, user.language_code)


def _looked_up(session: Session, sender: Sender | None, chat_id: int | None) -> tuple[Known | None, Place | None]:
    person = known_as(session, sender) if sender else None
    circle = circles.by_chat(session, chat_id) if chat_id is not None else None
    return person, (place_of(session, circle) if circle else None)


def place_of(session: Session, circle: Circle) -> Place:
    """A row of circles as handlers keep it in mind, with what its shop adds."""
    assert circle.id is not None
    shop = find(session, Shop, circle.shop_id) if circle.shop_id is not None else None
    return Place(
        circle.id, circle.chat_id, circle.title, circle.state, circle.shop_id, circle.language,
        circle.timezone or (shop.timezone if shop else None), shop.currency if shop else None,
        circle.is_admin, circle.is_forum,
    )  # fmt: skip


def _keep(memory: Memory, unit: Unit, person: Known | None, place: Place | None) -> None:
    if person is not None:
        memory.people.put(person.sender.telegram_id, person, unit.now)
    if place is not None:
        memory.places.put(place.chat_id, place, unit.now)

"""A group chat and its people: the bot is added, promoted or removed; members come and go; a group becomes a supergroup.

Invariant: until an owner approves it, the chat hears one line and nothing else.
"""

from datetime import datetime

from aiogram import F, Router
from aiogram.exceptions import TelegramAPIError
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import ChatMemberAdministrator, ChatMemberOwner, ChatMemberUpdated, Message, User
from aiogram.types.chat_member_union import ChatMemberUnion
from sqlalchemy.orm import Session

from handlers.memory import Sender
from handlers.scene import WITHIN, Scene, Who
from handlers.taps import At, Tap, taps
from models import asks, circles, notices, people, posted
from models.circles import Chat, Circle
from models.rows import load, number_of
from models.states import CircleState

GROUPS = F.chat.type.in_({"group", "supergroup"})
PRIVATE = F.chat.type == "private"


def routes() -> Router:
    """What the bot hears of chats and of who is in them."""
    router = Router(name="circles")
    router.my_chat_member.register(reached, PRIVATE)
    router.my_chat_member.register(standing, GROUPS)
    router.chat_member.register(came_or_went, GROUPS)
    router.message.register(came, F.new_chat_members)
    router.message.register(went, F.left_chat_member)
    router.message.register(becomes_supergroup, F.migrate_to_chat_id)
    router.message.register(was_group, F.migrate_from_chat_id)
    router.message.register(retitled, F.new_chat_title)
    return router


async def reached(event: ChatMemberUpdated, scene: Scene) -> None:
    """Blocked or unblocked in private."""
    await scene.write(_start if is_within(event.new_chat_member) else _unreachable)
    scene.forget_person()


async def standing(event: ChatMemberUpdated, scene: Scene) -> None:
    """The bot is added, promoted, demoted or removed."""
    scene.desk.memory.places.drop(event.chat.id)
    scene.unit.lookups.forget(event.chat.id)
    chat = _chat(event)
    if not is_within(event.new_chat_member):
        await scene.unit.write(_gone, event.chat.id, scene.now)
    elif is_within(event.old_chat_member):
        await scene.unit.write(_rights, chat, scene.now)
    else:
        adder = scene.sender or Sender(event.from_user.id, event.from_user.full_name, None, None)
        await scene.unit.write(_added, chat, adder, scene.now)


async def came_or_went(event: ChatMemberUpdated, scene: Scene) -> None:
    """Seen only where the bot is an admin."""
    await _moved(scene, event.new_chat_member.user, inside=is_within(event.new_chat_member))


async def came(message: Message, scene: Scene) -> None:
    """Said in the chat, where the bot is no admin."""
    if scene.place is not None and message.new_chat_members:
        await scene.unit.write(_join_all, scene.place.id, message.new_chat_members, scene.now)


async def went(message: Message, scene: Scene) -> None:
    """Said in the chat, where the bot is no admin."""
    assert message.left_chat_member is not None
    await _moved(scene, message.left_chat_member, inside=False)


async def becomes_supergroup(message: Message, scene: Scene) -> None:
    """The group's id changes; everything of it goes along in one row."""
    assert message.migrate_to_chat_id is not None
    await _migrate(scene, message.chat.id, message.migrate_to_chat_id)


async def was_group(message: Message, scene: Scene) -> None:
    """The same news from the other side; whichever comes first does it."""
    assert message.migrate_from_chat_id is not None
    await _migrate(scene, message.migrate_from_chat_id, message.chat.id)


async def retitled(message: Message, scene: Scene) -> None:
    """The circle is called what its chat is called, unless bot.toml names it."""
    if scene.place is not None and message.new_chat_title:
        await scene.unit.write(circles.retitle, scene.place.id, message.new_chat_title, scene.now)
        scene.desk.memory.places.drop(message.chat.id)


async def sells_here(message: Message, scene: Scene) -> bool:
    """Whether the chat is an approved circle. One the bot does not know is taken as if it had been added just now."""
    if scene.place is not None and scene.place.state != CircleState.GONE:
        return scene.place.approved
    if scene.sender is not None:
        await _introduced(message, scene, scene.sender)
    return False


async def _introduced(message: Message, scene: Scene, sender: Sender) -> None:
    """The bot was in the chat before there was a database: whoever gives it a command adds it."""
    try:
        member = await scene.unit.lookups.member(message.chat.id, scene.desk.bot_id)
    except TelegramAPIError:
        return
    is_admin, rights = rights_of(member)
    chat = Chat(message.chat.id, message.chat.title or "", message.chat.type, bool(message.chat.is_forum), is_admin, rights)
    await scene.unit.write(_added, chat, sender, scene.now)
    scene.desk.memory.places.drop(message.chat.id)


@taps.on("cir1", at=At.PRIVATE)
async def approve(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """An owner lets the shop sell there; `arg` names the shop where they own several."""
    chat_id = await scene.write(_approve, tap.id, int(tap.arg) if tap.arg else None)
    scene.desk.memory.places.drop(chat_id)
    return tap.answer(scene.words.say("circle_approved_short"))


@taps.on("cir0", at=At.PRIVATE)
async def refuse(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """An owner says no; the bot leaves."""
    chat_id = await scene.write(_refuse, tap.id)
    scene.desk.memory.places.drop(chat_id)
    return tap.answer(scene.words.say("circle_refused_short"))


def is_within(member: ChatMemberUnion) -> bool:
    """Whether that standing means being in the chat."""
    return member.status in WITHIN or bool(getattr(member, "is_member", False))


def rights_of(member: ChatMemberUnion) -> tuple[bool, tuple[str, ...]]:
    """Whether it is an admin, and which rights it has, by Telegram's names."""
    if not isinstance(member, ChatMemberAdministrator | ChatMemberOwner):
        return False, ()
    fields = member.model_dump(exclude_none=True)
    return True, tuple(sorted(name for name, has in fields.items() if name.startswith("can_") and has is True))


def _chat(event: ChatMemberUpdated) -> Chat:
    is_admin, rights = rights_of(event.new_chat_member)
    chat = event.chat
    return Chat(chat.id, chat.title or "", chat.type, bool(chat.is_forum), is_admin, rights)


async def _moved(scene: Scene, user: User, *, inside: bool) -> None:
    if scene.place is None or user.is_bot:
        return
    person_id = await scene.unit.write(_member, scene.place.id, user, inside, scene.now)
    scene.desk.memory.members.drop((scene.place.id, person_id))


async def _migrate(scene: Scene, old: int, new: int) -> None:
    await scene.unit.write(posted.moved, old, new, scene.now)
    scene.desk.memory.places.drop(old)
    scene.desk.memory.places.drop(new)


def _start(session: Session, who: Who) -> None:
    people.start(session, who.person_id, who.now)


def _unreachable(session: Session, who: Who) -> None:
    people.unreachable(session, who.person_id, who.now)
    asks.end(session, who.person_id, who.now)


def _added(session: Session, chat: Chat, by: Sender, now: datetime) -> None:
    person_id = people.remember(session, by.telegram_id, by.name, by.username, by.language, now)
    circle_id, facts = circles.added(session, chat, person_id, now)
    notices.notify(session, facts, now)
    if load(session, Circle, circle_id).state == CircleState.APPROVED:
        posted.show_again(session, circle_id, now)


def _rights(session: Session, chat: Chat, now: datetime) -> None:
    circle = circles.by_chat(session, chat.chat_id)
    if circle is not None:
        facts = circles.set_rights(session, number_of(circle.id), chat.is_admin, chat.rights, now)
        notices.notify(session, facts, now)


def _gone(session: Session, chat_id: int, now: datetime) -> None:
    circle = circles.by_chat(session, chat_id)
    if circle is not None:
        circles.gone(session, number_of(circle.id), now)


def _member(session: Session, circle_id: int, user: User, inside: bool, now: datetime) -> int:
    person_id = people.remember(session, user.id, user.full_name, user.username, user.language_code, now)
    (circles.join if inside else circles.leave)(session, circle_id, person_id, now)
    if not inside:
        asks.end(session, person_id, now, circle_id)
    return person_id


def _join_all(session: Session, circle_id: int, users: list[User], now: datetime) -> None:
    for user in users:
        if not user.is_bot:
            _member(session, circle_id, user, True, now)


def _approve(session: Session, who: Who, circle_id: int, shop_id: int | None) -> int:
    notices.notify(session, circles.approve(session, circle_id, shop_id, who.person_id, who.now), who.now)
    posted.show_again(session, circle_id, who.now)
    return load(session, Circle, circle_id).chat_id


def _refuse(session: Session, who: Who, circle_id: int) -> int:
    notices.notify(session, circles.refuse(session, circle_id, who.person_id, who.now), who.now)
    return load(session, Circle, circle_id).chat_id

"""What an owner marked in a message that is to be sent on: what of it can be kept, and what cannot, which they are told.

Invariant: whom a mention names is kept by our own number, and only if we know them; nobody is met by being mentioned.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiogram.types import MessageEntity
from sqlalchemy.orm import Session

from bot.core import marks
from bot.core.marks import Entity
from handlers.scene import Scene
from models import people


@dataclass(frozen=True)
class Marked:
    """As a draft keeps it: the marks as JSON, and (kind, words) of what is lost."""

    marks: Sequence[list[object]] = ()
    lost: Sequence[Sequence[str]] = ()


async def marked(scene: Scene, text: str, entities: Sequence[MessageEntity] | None, skipped: int = 0) -> Marked:
    """What is marked in `text`, before which `skipped` UTF-16 units stood in the message."""
    named = {one.user.id for one in entities or () if one.user is not None}
    known = await scene.unit.read(_known, named) if named else {}
    found = [Entity(one.type, one.offset, one.length, _about(one, known)) for one in entities or ()]
    return Marked([mark.as_json() for mark in marks.kept(text, found, skipped)], marks.lost(text, found, skipped))


def has_emoji(raw: object) -> bool:
    """Whether a draft's marks have emoji of Telegram's own."""
    return any(mark.kind == marks.EMOJI for mark in marks.read(raw))


def _known(session: Session, telegram_ids: set[int]) -> Mapping[int, int]:
    return people.known_among(session, telegram_ids)


def _about(one: MessageEntity, known: Mapping[int, int]) -> str | int | None:
    if one.type == marks.MENTION:
        return known.get(one.user.id) if one.user is not None else None
    if one.type == marks.MOMENT:
        return f"{one.unix_time}:{one.date_time_format or ''}"
    return {marks.LINK: one.url, marks.EMOJI: one.custom_emoji_id, marks.PRE: one.language}.get(one.type)

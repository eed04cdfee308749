"""What handlers ask of the rest of the process: the unit of one update, and look-ups at Telegram.

Invariants: `write` runs once an update (again only after a DomainError, of which nothing was kept) and marks the update
done in the same transaction; look-ups happen before it, never inside.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeVar

from aiogram.types.chat_member_union import ChatMemberUnion

T = TypeVar("T")


class Lookups(Protocol):
    """Questions to Telegram, answered from memory for at most a minute. They raise aiogram's TelegramAPIError."""

    async def member(self, chat_id: int, person: int) -> ChatMemberUnion: ...
    def forget(self, chat_id: int) -> None: ...


class Unit(Protocol):
    """One update's way through the database."""

    @property
    def now(self) -> datetime: ...
    @property
    def lookups(self) -> Lookups: ...
    async def write(self, work: Callable[..., T], *args: object) -> T: ...
    async def read(self, query: Callable[..., T], *args: object) -> T: ...

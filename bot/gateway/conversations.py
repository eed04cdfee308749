"""aiogram's conversation state, kept in the database by the same write as all else an update causes.

Invariants: what a handler sets is staged in its unit and stored by the unit's write, or not at all. Where this process
is alone, memory vouches for "no conversation here", so that a tap costs no read.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseStorage, StateType, StorageKey

from bot.core.database import Database
from bot.gateway.unit import Unit
from models import conversations
from models.conversations import NOTHING, Conversation

CURRENT: ContextVar[Unit | None] = ContextVar("unit", default=None)


class KeptConversations(BaseStorage):
    """Give it to the Dispatcher. `load()` once before the first update."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: set[str] | None = None  # None: others write too, so only the database knows

    async def load(self) -> None:
        """Learns which conversations are under way, if no other process can begin one."""
        if self._database.alone:
            self._known = await self._database.read(conversations.keys)

    def stored(self, staged: Mapping[str, Conversation]) -> None:
        """The unit's write was committed."""
        if self._known is not None:
            for key, conversation in staged.items():
                (self._known.discard if conversation == NOTHING else self._known.add)(key)

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        name = state.state if isinstance(state, State) else state
        before = await self._get(key)
        await self._stage(key, Conversation(name, before.said))

    async def get_state(self, key: StorageKey) -> str | None:
        return (await self._get(key)).state

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        before = await self._get(key)
        await self._stage(key, Conversation(before.state, dict(data)))

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        return dict((await self._get(key)).said)

    async def close(self) -> None:
        """The database is closed by whoever opened it."""

    async def _get(self, key: StorageKey) -> Conversation:
        name, unit = _name(key), CURRENT.get()
        if unit is not None and name in unit.staged:
            return unit.staged[name]
        if self._known is not None and name not in self._known:
            return NOTHING
        return await self._database.read(conversations.get, name)

    async def _stage(self, key: StorageKey, conversation: Conversation) -> None:
        name, unit = _name(key), CURRENT.get()
        if unit is not None:
            unit.stage(name, conversation)
            return
        await self._database.write(conversations.put, name, conversation)
        self.stored({name: conversation})


def _name(key: StorageKey) -> str:
    return f"{key.bot_id}:{key.chat_id}:{key.user_id}:{key.thread_id or 0}:{key.business_connection_id or ''}:{key.destiny}"

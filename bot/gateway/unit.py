"""One update's turn: what its handler reads, and the one write that keeps all it caused.

Invariants: the write marks the update done and stores the conversation's move in the same transaction; an update that
was done elsewhere in the meantime takes back everything; a handler writes once.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeVar

from aiogram.dispatcher.event.bases import CancelHandler
from sqlalchemy.orm import Session

from bot.core.database import Database
from bot.gateway.lookups import Lookups
from models import conversations, inbox
from models.conversations import Conversation
from models.errors import DomainError

P = ParamSpec("P")
T = TypeVar("T")


class AlreadyDone(CancelHandler):
    """Another process did this update first. aiogram passes it by its error handlers, so nobody apologises for it."""


class Unit:
    """Handed to handlers as `unit`. `now` is one moment for the whole update."""

    def __init__(self, database: Database, row: int, lookups: Lookups, now: datetime) -> None:
        self.now = now
        self.lookups = lookups
        self.staged: dict[str, Conversation] = {}
        self.written = False
        self.failure: BaseException | None = (
            None  # of a write; the worker tries again, whatever the handler makes of it
        )
        self._database = database
        self._row = row

    async def read(self, query: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs `query(session, *args)` over one snapshot."""
        return await self._database.read(query, *args, **kwargs)

    async def write(self, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs `work(session, *args)`, marks the update done and moves the conversation, all or nothing.

        Raises what the work raised; after a DomainError the handler may write again (what it staged before is dropped).
        Raises RuntimeError on a second write: a crash between two would leave half of an update.
        """
        if self.written:
            raise RuntimeError("a handler writes once")
        try:
            result = await self._database.write(self._whole, work, *args, **kwargs)
        except DomainError:
            self.staged.clear()
            raise
        except BaseException as error:
            self.failure = error
            raise
        self.written = True
        return result

    def stage(self, key: str, conversation: Conversation) -> None:
        """Keeps a conversation's move for the write to come. Raises RuntimeError if that is over."""
        if self.written:
            raise RuntimeError("move the conversation before unit.write: the same write stores it")
        self.staged[key] = conversation

    async def finish(self) -> None:
        """Marks the update done if the handler wrote nothing. Raises what a write raised, even if it was swallowed."""
        if self.failure is not None:
            raise self.failure
        if not self.written:
            await self.write(_nothing)

    def _whole(
        self, session: Session, work: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        result = work(session, *args, **kwargs)
        for key, conversation in self.staged.items():
            conversations.put(session, key, conversation)
        if not inbox.mark_done(session, self._row, self.now):
            raise AlreadyDone
        return result


def _nothing(session: Session) -> None:
    """The update asked for no change."""

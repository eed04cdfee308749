"""What the gateway needs from the rest of the house, given to it by the composition root.

Invariants: a compose reads and never writes; every hook runs inside the transaction that settles the message it is
about, may run twice, and makes no network call.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.core.outgoing import Later, Outgoing, Skip, Upload
from models.deliveries import OutboxRow

__all__ = ["CannotRun", "Compose", "Foresee", "Hooks", "Json", "Later", "Outgoing", "Skip", "Upload"]

Json = dict[str, Any]
Compose = Callable[[Session, OutboxRow, datetime], Outgoing | Skip | Later]
Foresee = Callable[[Session, Sequence[OutboxRow], datetime], Compose]


def _nothing_told(session: Session, row: OutboxRow, message: Json, now: datetime) -> None:
    """The default: nobody wants to hear of it."""


def _nothing_moved(session: Session, old: int, new: int) -> None:
    """The default: nobody wants to hear of it."""


def _nothing_lost(session: Session, row: OutboxRow, now: datetime) -> None:
    """The default: nobody wants to hear of it."""


@dataclass(frozen=True, slots=True)
class Hooks:
    """What the house does when a message arrived, a card was sent anew, a group moved, a chat is closed to the bot.

    `foresee` reads together what several rows need and gives a compose for just these; without it each reads for itself.
    `delivered` hears of the templates in `hears`; None: of all.
    """

    compose: Compose
    delivered: Callable[[Session, OutboxRow, Json, datetime], None] = _nothing_told
    card_sent: Callable[[Session, OutboxRow, Json, datetime], None] = _nothing_told
    migrated: Callable[[Session, int, int], None] = _nothing_moved
    chat_lost: Callable[[Session, OutboxRow, datetime], None] = _nothing_lost
    foresee: Foresee | None = None
    hears: frozenset[str] | None = None

    def hears_of(self, row: OutboxRow) -> bool:
        """Whether anybody wants to hear that this one arrived; what nobody does is settled with one statement for many."""
        return self.delivered is not _nothing_told and (self.hears is None or row.template in self.hears)


class CannotRun(Exception):  # noqa: N818  # it is told to a person as one line; the process ends with it
    """The gateway cannot work at all until a person changes something: a wrong token, a second poller, a webhook."""

"""What the gateway needs from the rest of the house, given to it by the composition root.

Invariants: a compose reads and never writes; every hook runs inside the transaction that settles the message it is
about, may run twice, and makes no network call.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from models.deliveries import OutboxRow

Json = dict[str, Any]
Upload = bytes | Path | tuple[str, bytes]  # (file name, content) where the receiver sees the name


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as it leaves: a Bot API method by Telegram's name, its parameters without chat_id, its files by parameter.

    `chat_id` None is for calls that concern no chat. A card's `digest` stands for what it shows; an equal one is not sent.
    """

    chat_id: int | None
    method: str
    params: Mapping[str, Any]
    files: Mapping[str, Upload] = field(default_factory=dict)
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Skip:
    """Not worth saying any more; the reason is kept."""

    reason: str


Compose = Callable[[Session, OutboxRow, datetime], Outgoing | Skip]


def _nothing_told(session: Session, row: OutboxRow, message: Json, now: datetime) -> None:
    """The default: nobody wants to hear of it."""


def _nothing_moved(session: Session, old: int, new: int) -> None:
    """The default: nobody wants to hear of it."""


def _nothing_lost(session: Session, row: OutboxRow, now: datetime) -> None:
    """The default: nobody wants to hear of it."""


@dataclass(frozen=True, slots=True)
class Hooks:
    """What the house does when a message arrived, a card was sent anew, a group moved, a chat is closed to the bot."""

    compose: Compose
    delivered: Callable[[Session, OutboxRow, Json, datetime], None] = _nothing_told
    card_sent: Callable[[Session, OutboxRow, Json, datetime], None] = _nothing_told
    migrated: Callable[[Session, int, int], None] = _nothing_moved
    chat_lost: Callable[[Session, OutboxRow, datetime], None] = _nothing_lost


class CannotRun(Exception):  # noqa: N818  # it is told to a person as one line; the process ends with it
    """The gateway cannot work at all until a person changes something: a wrong token, a second poller, a webhook."""

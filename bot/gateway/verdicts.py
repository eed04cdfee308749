"""What became of a try to send, read from the platform's answer or from its silence.

Invariants: certain non-delivery (no connection, 429) goes again; ambiguous (timeout, reset, 5xx) goes again for edits
and receipts and never for promotions; a refusal that no repeat can change is told to a person, not repeated.
Source: core.telegram.org/bots/api, "Making requests" (description, parameters); the words are those that servers send.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from bot.gateway.http import NotSent
from models.recipients import Outcome

_MOST_DOUBTS = 10  # tries whose fate nobody knows; over an hour by the pauses below
_SHORTEST, _LONGEST_SURE, _LONGEST_DOUBT = 2.0, 60.0, 900.0


class Fate(Enum):
    """What became of a try."""

    DELIVERED = auto()
    AGAIN = auto()
    MOVED = auto()  # the group became a supergroup
    GONE = auto()  # the message to edit is no more: send anew
    DEAD = auto()  # the chat is closed to the bot
    PARKED = auto()  # a person must look
    UNKNOWN = auto()  # a promotion of which nobody knows
    DROPPED = auto()  # what it is about is gone
    LATER = auto()  # not tried: it sells, and its reader has had enough for now


@dataclass(frozen=True, slots=True)
class Verdict:
    """`after` seconds for AGAIN; `limited` if the chat was told to wait; `chat_id` for MOVED.

    `until` for LATER, with what it waits for as the reason; `outcome` for a run's message that was DROPPED.
    """

    fate: Fate
    reason: str = ""
    after: float = 0.0
    limited: bool = False
    chat_id: int | None = None
    until: datetime | None = None
    outcome: Outcome | None = None


DELIVERED = Verdict(Fate.DELIVERED)

_REFUSALS = (
    ("message is not modified", Fate.DELIVERED),
    ("message to edit not found", Fate.GONE),
    ("message can't be edited", Fate.GONE),
    ("message_id_invalid", Fate.GONE),
    ("message to react not found", Fate.DROPPED),
    ("message to delete not found", Fate.DROPPED),
    ("message can't be deleted", Fate.DROPPED),
    ("message to pin not found", Fate.DROPPED),
    ("hide_requester_missing", Fate.DROPPED),  # to be let in: somebody else decided
    ("user_already_participant", Fate.DROPPED),
    ("chat not found", Fate.DEAD),
    ("user not found", Fate.DEAD),
    ("peer_id_invalid", Fate.DEAD),
    ("bot was kicked", Fate.DEAD),
    ("have no rights to send a message", Fate.DEAD),
)


def judge(error: TelegramError, *, attempts: int, promotion: bool) -> Verdict:
    """`attempts` counts the one that failed."""
    reason = str(error)
    match error:  # BadRequest is a NetworkError in python-telegram-bot, so the particular ones come first
        case RetryAfter():
            return Verdict(Fate.AGAIN, reason, after=_seconds(error.retry_after), limited=True)
        case ChatMigrated():
            return Verdict(Fate.MOVED, reason, chat_id=error.new_chat_id)
        case Forbidden():
            return Verdict(Fate.DEAD, reason)
        case BadRequest():
            return _refused(reason)
        case NotSent() | InvalidToken() | Conflict():  # a revoked token comes back; no message may be lost over it
            return Verdict(Fate.AGAIN, reason, after=pause(attempts, _LONGEST_SURE))
        case _:
            return doubtful(reason, attempts=attempts, promotion=promotion)


def doubtful(reason: str, *, attempts: int, promotion: bool) -> Verdict:
    """Nobody knows whether it left."""
    if reason.startswith("Request Entity Too Large"):  # 413, which python-telegram-bot has no name for
        return Verdict(Fate.PARKED, reason)
    if promotion:
        return Verdict(Fate.UNKNOWN, reason)
    if attempts >= _MOST_DOUBTS:
        return Verdict(Fate.PARKED, reason)
    return Verdict(Fate.AGAIN, reason, after=pause(attempts, _LONGEST_DOUBT))


def _refused(reason: str) -> Verdict:
    lowered = reason.lower()
    for words, fate in _REFUSALS:
        if words in lowered:
            return Verdict(fate, reason)
    return Verdict(Fate.PARKED, reason)


def pause(attempts: int, longest: float) -> float:
    """Seconds before the next try: three times longer each time."""
    return float(min(longest, _SHORTEST * 3 ** min(attempts - 1, 10)))


def _seconds(value: int | timedelta) -> float:
    return value.total_seconds() if isinstance(value, timedelta) else float(value)

"""What happened to a circle and the bot's standing there."""

from dataclasses import dataclass

from models.facts.base import CircleFact


@dataclass(frozen=True)
class CircleAsked(CircleFact):
    """Somebody who is no owner added the bot: one line in the chat, and the owners are asked."""

    person_id: int


@dataclass(frozen=True)
class CircleApproved(CircleFact):
    """The shop sells here now; `lacks` are rights the bot does not have."""

    lacks: tuple[str, ...]


@dataclass(frozen=True)
class CircleRefused(CircleFact):
    """The owner said no; the bot leaves."""


@dataclass(frozen=True)
class RightsMissing(CircleFact):
    """The bot lost or never had rights it uses; the owners are told which and what for."""

    lacks: tuple[str, ...]

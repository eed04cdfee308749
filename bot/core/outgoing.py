"""What is ready to be sent: one call of Telegram's API, composed, or the reason why there is nothing to send.

Invariants: `method` is the Bot API's own name, `params` hold JSON-able values only, uploads stand in `files` by the
parameter they fill; `digest` is equal when what people see is equal, however much time has passed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from models.recipients import Outcome

HTML: Mapping[str, object] = {"parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}
Upload = bytes | Path | tuple[str, bytes]  # (file name, content) where the receiver sees the name


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as it leaves: a Bot API method by Telegram's name, its parameters without chat_id, its files by parameter.

    `chat_id` None is for calls that concern no chat. A card's `digest` stands for what it shows; an equal one is not sent.
    """

    chat_id: int | None
    method: str
    params: Mapping[str, object]
    files: Mapping[str, Upload] = field(default_factory=dict)
    digest: str | None = None

    def along(self, name: str, content: str | Upload) -> "Outgoing":
        """With a file: one Telegram has is named by its id, one it has not goes along."""
        if isinstance(content, str):
            return replace(self, params={**self.params, name: content})
        return replace(self, files={name: content})


@dataclass(frozen=True, slots=True)
class Skip:
    """Not worth saying any more; the reason is kept, and for a run's message what became of its receiver."""

    reason: str
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """Not now: its turn comes again `until` then, and this one counts as no try."""

    until: datetime
    why: str

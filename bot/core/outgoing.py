"""What is ready to be sent: one call of Telegram's API, composed, or the reason why there is nothing to send.

Invariants: `method` is the Bot API's own name, `params` hold JSON-able values only, uploads stand in `files` by the
parameter they fill; `digest` is equal when what people see is equal, however much time has passed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Upload:
    """A file on its way: its name as people see it, and its bytes or where they stand."""

    name: str
    content: bytes | Path


@dataclass(frozen=True)
class Outgoing:
    """One call: to whom, which method, with what. `digest` is given for cards, which are skipped when nothing changed."""

    chat_id: int
    method: str
    params: Mapping[str, object]
    files: Mapping[str, Upload] = field(default_factory=dict)
    digest: str | None = None


@dataclass(frozen=True)
class Skip:
    """Nothing is to be sent any more; the outbox keeps the reason."""

    reason: str

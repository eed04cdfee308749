"""Logging of a process: short lines on stderr, and no secret in any of them.

Invariants: a bot token never reaches a handler, whoever logs it (httpx logs whole addresses at INFO); secrets are
struck out of the finished line, exceptions included.
"""

import logging
import re
import sys
from collections.abc import Iterable

_TOKEN = re.compile(r"\d{3,}:[A-Za-z0-9_-]{30,}")  # also right behind a letter, as in an address
_STRUCK = "<secret>"
_TALKATIVE = ("httpx", "httpcore", "aiogram.event", "aiohttp.access", "apscheduler", "alembic", "asyncio")


class _Discreet(logging.Formatter):
    """Formats a line, then strikes out every secret and whatever looks like a bot token."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")
        self._secrets = [secret for secret in secrets if secret]

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, _STRUCK)
        return _TOKEN.sub(_STRUCK, line)


def configure(level: str = "INFO", secrets: Iterable[str] = ()) -> None:
    """Replaces the root's handlers. `secrets` are values of `env:` settings that no line may show."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Discreet(secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)

"""One message that a fact makes: who hears it, in which words, how soon, how often."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.hearers import Audience
from models.outbox import Priority


@dataclass(frozen=True)
class Notice:
    """`key` is its dedup key, filled with the fact's fields and `now`; `buttons` names its keyboard (bot/core/notice_keys.py)."""

    to: Audience
    template: str
    key: str
    buttons: str | None = None
    priority: Priority = Priority.TRANSACTIONAL


A, NOW = Audience, Priority.OWN_ACTION
Table = Mapping[type, tuple[Notice, ...]]

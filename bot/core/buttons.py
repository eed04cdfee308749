"""Buttons: what a tap carries back, and keyboards as the plain values Telegram takes.

Callback data is `<op>:<id>[:<arg>].<tag>`. Invariants: never above Telegram's 64 bytes; the tag is keyed by the bot's
token, so data nobody was sent is refused before anything is looked up.
"""

import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from hmac import compare_digest
from typing import TypedDict
from urllib.parse import quote, urlencode

LIMIT = 64  # bytes of callback_data
TAG = 6  # characters: 36 bits, a guess a second for a thousand years
ROW = 8  # buttons a row
SHARE_PAGE = "https://t.me/share/url"
PUBLIC_PART = 1_000_000_000_000  # a supergroup's id without this is its number in links

_BODY = re.compile(r"([a-z][a-z0-9]{0,7}!?):([0-9]{1,19})(?::([A-Za-z0-9_-]{1,24}))?")


@dataclass(frozen=True)
class Pressed:
    """A tap that carries our own tag: what is asked, of which row of ours, and one small argument."""

    op: str
    id: int
    arg: str | None = None


class Button(TypedDict, total=False):
    """One inline button as Telegram takes it; exactly one of callback_data and url beside the text."""

    text: str
    callback_data: str
    url: str


Keyboard = dict[str, list[list[Button]]]


class Buttons:
    """Makes and reads callback data. `secret` is the bot's token; without it no tag can be made."""

    def __init__(self, secret: str) -> None:
        self._key = blake2b(secret.encode(), digest_size=32, person=b"tuan-buttons").digest()

    def data(self, op: str, subject: int, arg: str | int | None = None) -> str:
        """The data of a button. Raises ValueError for parts that `parse` would not give back."""
        body = f"{op}:{subject}" if arg is None else f"{op}:{subject}:{arg}"
        if not _BODY.fullmatch(body):
            raise ValueError(f"no callback data: {body!r}")
        return f"{body}.{self._tag(body)}"

    def parse(self, data: str) -> Pressed | None:
        """What was pressed; None if the data was never ours: forged, or of a time with another token."""
        body, _, tag = data.rpartition(".")
        found = _BODY.fullmatch(body) if len(data) <= LIMIT else None
        if found is None or not compare_digest(tag.encode(), self._tag(body).encode()):
            return None
        return Pressed(found[1], int(found[2]), found[3])

    def button(self, text: str, op: str, subject: int, arg: str | int | None = None) -> Button:
        """A button that comes back as a tap."""
        return {"text": text, "callback_data": self.data(op, subject, arg)}

    def _tag(self, body: str) -> str:
        digest = blake2b(body.encode(), key=self._key, digest_size=5).digest()
        return urlsafe_b64encode(digest)[:TAG].decode()


def link(text: str, url: str) -> Button:
    """A button that opens an address."""
    return {"text": text, "url": url}


def keyboard(*rows: Sequence[Button]) -> Keyboard:
    """Rows of buttons; a row longer than Telegram takes is broken, an empty one left out."""
    broken = [list(row[i : i + ROW]) for row in rows for i in range(0, len(row), ROW)]
    return {"inline_keyboard": broken}


def deep_link(bot_username: str, payload: str) -> str:
    """The address that opens the private chat and presses start with `payload` (1-64 of A-Za-z0-9_-)."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", payload):
        raise ValueError(f"no start payload: {payload!r}")
    return f"https://t.me/{bot_username}?start={payload}"


def message_link(chat_id: int, message_id: int | None) -> str | None:
    """The address of a message in its supergroup; plain groups have none."""
    if message_id is None or chat_id > -PUBLIC_PART:
        return None
    return f"https://t.me/c/{-chat_id - PUBLIC_PART}/{message_id}"


def share_link(url: str, words: str = "") -> str:
    """The address of Telegram's own "forward to" page for a link and a sentence."""
    fields = {"url": url, "text": words} if words else {"url": url}
    return f"{SHARE_PAGE}?{urlencode(fields, quote_via=quote)}"


def keyboard_of(params: Mapping[str, object]) -> Keyboard | None:
    """The keyboard that a row of the outbox came with."""
    keys = params.get("keyboard")
    return keys if isinstance(keys, dict) else None

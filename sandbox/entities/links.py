"""Links inside marked-up text: which become a link, a mention of a person, an emoji or a point in time."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sandbox.errors import bad_request

Mention = Callable[[int], "dict[str, Any] | None"]
FORMAT = re.compile(r"(r|w?[dD]?[tT]?)\Z")
HOST = re.compile(r"[^\s/?#@:]+\.[^\s/?#@:.]{2,}|localhost|\[[0-9a-fA-F:]+\]|\d+(\.\d+){3}")


def http_url(address: str) -> str | None:
    """The address as the platform keeps it, or nothing where it is none."""
    address = address.strip()
    if not address or re.search(r"\s", address):
        return None
    if "://" not in address:
        address = "http://" + address
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme in ("tg", "ton", "tonsite"):
        return address
    if parts.scheme not in ("http", "https", "ftp") or not HOST.fullmatch(host):
        return None
    return address if parts.path or parts.query else f"{parts.scheme}://{parts.netloc}/"


def link_entity(address: str, mention: Mention) -> dict[str, Any] | None:
    """The entity a link stands for, without its place; nothing for an address that is none."""
    if address.startswith("tg://user?id="):
        digits = address.removeprefix("tg://user?id=")
        person = mention(int(digits)) if digits.isascii() and digits.isdigit() and len(digits) < 17 else None
        return {"type": "text_mention", "user": person} if person else None
    url = http_url(address)
    return {"type": "text_link", "url": url} if url else None


def moment_entity(unix: str, shape: str) -> dict[str, Any]:
    """A `date_time` entity; raises where the time or its format is none."""
    if not re.fullmatch(r"-?\d{1,11}", unix):
        raise bad_request("can't parse entities: Invalid Unix time specified")
    if not FORMAT.match(shape):
        raise bad_request("can't parse entities: Invalid date-time format specified")
    return {"type": "date_time", "unix_time": int(unix), **({"date_time_format": shape} if shape else {})}


def picture_entity(address: str) -> dict[str, Any]:
    """What `![text](tg://emoji?id=…)` and `![text](tg://time?unix=…)` stand for."""
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if parts.scheme == "tg" and parts.netloc == "emoji":
        return emoji_entity(query.get("id", ""))
    if parts.scheme == "tg" and parts.netloc == "time":
        return moment_entity(query.get("unix", ""), query.get("format", ""))
    raise bad_request("can't parse entities: Custom emoji URL must have an emoji identifier")


def emoji_entity(identifier: str) -> dict[str, Any]:
    if not re.fullmatch(r"[1-9]\d{0,18}", identifier):
        raise bad_request("can't parse entities: Invalid custom emoji identifier specified")
    return {"type": "custom_emoji", "custom_emoji_id": identifier}

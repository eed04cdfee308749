"""From what a bot passes (text, parse mode, entities) to what a message holds: clean text and entities that fit it."""

from typing import Any

from sandbox.entities.detect import detect
from sandbox.entities.html import parse as parse_html
from sandbox.entities.links import Mention, http_url
from sandbox.entities.markdown import parse as parse_markdown
from sandbox.entities.markdown import parse_old
from sandbox.entities.units import Entity, ordered, units
from sandbox.errors import bad_request

MODES = {"html": parse_html, "markdownv2": parse_markdown, "markdown": parse_old}
MOST = 100  # entities of one message; more are dropped
DETECTED = {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"}
WHITE = " \t\n\v\f\r\u00a0\u2028\u2029"


def formatted(text: str, mode: str | None, entities: list[Entity] | None, mention: Mention) -> tuple[str, list[Entity]]:
    """Text and entities of a message; raises in the platform's words where they do not fit together."""
    found: list[Entity] = []
    if mode and mode.lower() != "none":
        parser = MODES.get(mode.lower())
        if parser is None:
            raise bad_request("unsupported parse_mode")
        text, found = parser(text, mention)
    elif entities:
        found = given(text, entities, mention)
    if "\r" in text:
        text, found = without_returns(text, found)
    if text and (text[0] in WHITE or text[-1] in WHITE):
        text, found = trimmed(text, found)
    found += detect(text, found)
    return text, ordered(found)[:MOST] if found else found


def given(text: str, entities: list[Entity], mention: Mention) -> list[Entity]:
    """Entities a bot passed itself: inside the text and complete; those that a server finds by itself are found anew."""
    total = units(text)
    made: list[Entity] = []
    for entity in entities:
        begin, length = entity["offset"], entity["length"]
        if begin < 0 or length < 0:
            raise bad_request(f"can't parse entities: entity has invalid offset {begin} or length {length}")
        if begin + length > total:
            raise bad_request(
                f"entity beginning at UTF-16 offset {begin} ends after the end of the text at UTF-16 offset {begin + length}"
            )
        if length and entity["type"] not in DETECTED and (kept := complete(entity, mention)):
            made.append(kept)
    return made


def complete(entity: Entity, mention: Mention) -> Entity | None:
    kind, place = entity["type"], {"offset": entity["offset"], "length": entity["length"]}
    if kind == "text_link":
        url = http_url(entity.get("url", ""))
        return {"type": kind, **place, "url": url} if url else None
    if kind == "text_mention":
        person = mention(entity.get("user", {}).get("id", 0))
        return {"type": kind, **place, "user": person} if person else None
    extra: dict[str, Any] = {}
    if kind == "pre" and entity.get("language"):
        extra["language"] = entity["language"]
    elif kind == "custom_emoji":
        extra["custom_emoji_id"] = entity.get("custom_emoji_id", "")
    elif kind == "date_time":
        if "unix_time" not in entity:
            raise bad_request("can't parse MessageEntity: Can't find field \"unix_time\"")
        extra = {name: entity[name] for name in ("unix_time", "date_time_format") if name in entity}
    elif kind not in (
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "blockquote",
        "expandable_blockquote",
        "code",
        "pre",
    ):
        raise bad_request("can't parse MessageEntity: unsupported type specified")
    return {"type": kind, **place, **extra}


def moved(entities: list[Entity], where: list[int]) -> list[Entity]:
    """Entities after parts of the text went; `where` maps each old offset to its new one."""
    made = []
    for entity in entities:
        begin, end = where[entity["offset"]], where[entity["offset"] + entity["length"]]
        if end > begin:
            made.append({**entity, "offset": begin, "length": end - begin})
    return made


def without_returns(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    where = [0]
    for letter in text:
        step = 0 if letter == "\r" else 1
        where.extend(
            [where[-1] + step] * (2 if letter > "\uffff" else 1)
            if step == 0 or letter <= "\uffff"
            else [where[-1] + 1, where[-1] + 2]
        )
    return text.replace("\r", ""), moved(entities, where)


def trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Text without white space at its ends, as the platform stores it."""
    left = units(text) - units(text.lstrip(WHITE))
    clean = text.strip(WHITE)
    length = units(clean)
    where = [min(max(i - left, 0), length) for i in range(units(text) + 1)]
    return clean, moved(entities, where)

"""HTML as the platform reads it: a short list of tags, strict nesting, errors with the byte where they stand."""

import re
from dataclasses import dataclass
from typing import Any

from sandbox.entities.links import Mention, emoji_entity, link_entity, moment_entity
from sandbox.entities.units import Entity, Writer
from sandbox.errors import ApiError, bad_request

PLAIN = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "u": "underline",
    "ins": "underline",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "blockquote": "blockquote",
    "pre": "pre",
    "code": "code",
}
TAGS = {*PLAIN, "a", "tg-emoji", "tg-time"}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
ESCAPE = re.compile(r"&(?:(lt|gt|amp|quot)|#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6}));?")
STOP = re.compile(r"[<&]")
SPACE = " \t\r\n"


@dataclass(slots=True)
class Open:
    """A start tag that waits for its end."""

    tag: str
    offset: int
    at: int
    attributes: dict[str, str]


class Parser:
    """One pass over the text; `at` is where it reads."""

    def __init__(self, source: str, mention: Mention) -> None:
        self.source = source
        self.mention = mention
        self.at = 0
        self.out = Writer()
        self.open: list[Open] = []
        self.found: list[Entity] = []

    def wrong(self, words: str, at: int) -> ApiError:
        return bad_request(f"can't parse entities: {words} at byte offset {len(self.source[:at].encode())}")

    def run(self) -> tuple[str, list[Entity]]:
        source = self.source
        while self.at < len(source):
            stop = STOP.search(source, self.at)
            if not stop:
                self.out.write(source[self.at :])
                break
            self.out.write(source[self.at : stop.start()])
            self.at = stop.start()
            if source[self.at] == "&":
                self.escape()
            elif source.startswith("</", self.at):
                self.end_tag()
            else:
                self.start_tag()
        if self.open:
            raise bad_request(
                f"can't parse entities: Can't find end tag corresponding to start tag \"{self.open[-1].tag}\""
            )
        return self.out.text(), self.found

    def escape(self) -> None:
        letter, length = unescape(self.source, self.at)
        self.out.write(letter)
        self.at += length

    def start_tag(self) -> None:
        begin = self.at
        source = self.source
        self.at += 1
        while self.at < len(source) and source[self.at] not in SPACE + ">":
            self.at += 1
        tag = source[begin + 1 : self.at].lower()
        if self.at >= len(source):
            raise self.wrong("Unclosed start tag", begin)
        if tag not in TAGS:
            raise self.wrong(f'Unsupported start tag "{tag}"', begin)
        attributes = self.attributes(tag, begin)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise self.wrong('Tag "span" must have class "tg-spoiler"', begin)
        self.open.append(Open(tag, self.out.length, begin, attributes))

    def attributes(self, tag: str, begin: int) -> dict[str, str]:
        source = self.source
        made: dict[str, str] = {}
        while True:
            self.skip_space()
            if self.at >= len(source):
                raise self.wrong("Unclosed start tag", begin)
            if source[self.at] == ">":
                self.at += 1
                return made
            start = self.at
            while self.at < len(source) and source[self.at] not in SPACE + "=>/\"'":
                self.at += 1
            name = source[start : self.at].lower()
            if not name:
                raise self.wrong(f'Empty attribute name in the tag "{tag}"', begin)
            self.skip_space()
            if self.at < len(source) and source[self.at] == "=":
                self.at += 1
                made[name] = self.value(begin)
            elif name == "expandable":
                made[name] = ""
            else:
                raise self.wrong(f'Expected equal sign in declaration of an attribute of the tag "{tag}"', begin)

    def value(self, begin: int) -> str:
        self.skip_space()
        source = self.source
        if self.at >= len(source):
            raise self.wrong("Unclosed start tag", begin)
        quote = source[self.at]
        if quote not in "\"'":
            bare = re.compile(r"[A-Za-z0-9.\-]*").match(source, self.at)
            text = bare[0] if bare else ""
            self.at += len(text)
            if self.at >= len(source) or source[self.at] not in SPACE + ">":
                raise self.wrong("Unexpected end of name token", begin)
            return text.lower()
        end = source.find(quote, self.at + 1)
        if end < 0:
            raise self.wrong("Unclosed start tag", begin)
        text = source[self.at + 1 : end]
        self.at = end + 1
        return ESCAPE.sub(lambda found: unescape(found[0], 0)[0], text)

    def skip_space(self) -> None:
        while self.at < len(self.source) and self.source[self.at] in SPACE:
            self.at += 1

    def end_tag(self) -> None:
        begin = self.at
        if not self.open:
            raise self.wrong("Unexpected end tag", begin)
        close = self.source.find(">", begin)
        if close < 0:
            raise self.wrong("Unclosed end tag", begin)
        name = self.source[begin + 2 : close].strip().lower()
        opened = self.open.pop()
        if name and name != opened.tag:
            place = f"Unmatched end tag at byte offset {len(self.source[:begin].encode())}"
            raise bad_request(f'can\'t parse entities: {place}, expected "</{opened.tag}>", found "</{name}>"')
        self.at = close + 1
        entity = self.entity(opened)
        length = self.out.length - opened.offset
        if entity and length:
            self.found.append({**entity, "offset": opened.offset, "length": length})

    def entity(self, opened: Open) -> dict[str, Any] | None:
        """The entity a closed tag makes; `<code>` right inside `<pre>` only names the language."""
        tag, attributes = opened.tag, opened.attributes
        if tag == "code" and self.open and self.open[-1].tag == "pre" and self.open[-1].offset == opened.offset:
            language = attributes.get("class", "")
            if language.startswith("language-"):
                self.open[-1].attributes["language"] = language.removeprefix("language-")
            return None
        if tag == "a":
            return link_entity(attributes.get("href") or self.out.since(opened.offset), self.mention)
        if tag == "tg-emoji":
            return emoji_entity(attributes.get("emoji-id", ""))
        if tag == "tg-time":
            return moment_entity(attributes.get("unix", ""), attributes.get("format", ""))
        kind = "expandable_blockquote" if tag == "blockquote" and "expandable" in attributes else PLAIN[tag]
        return {
            "type": kind,
            **({"language": attributes["language"]} if tag == "pre" and "language" in attributes else {}),
        }


def unescape(source: str, at: int) -> tuple[str, int]:
    """The letter an escape stands for and the length it has; a lone ampersand is itself."""
    found = ESCAPE.match(source, at)
    if not found:
        return "&", 1
    if found[1]:
        return NAMED[found[1]], len(found[0])
    code = int(found[2]) if found[2] else int(found[3], 16)
    if code == 0 or code >= 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        return "&", 1
    return chr(code), len(found[0])


def parse(source: str, mention: Mention) -> tuple[str, list[Entity]]:
    """Text without its tags, and the entities they made."""
    return Parser(source, mention).run()

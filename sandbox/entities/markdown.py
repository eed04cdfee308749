"""MarkdownV2 and the older Markdown as the platform reads them."""

from dataclasses import dataclass

from sandbox.entities.links import Mention, link_entity, picture_entity
from sandbox.entities.units import Entity, Writer
from sandbox.errors import ApiError, bad_request

RESERVED = frozenset("_*[]()~`>#+-=|{}.!\n")
SIGNS = {
    "*": "bold",
    "_": "italic",
    "__": "underline",
    "~": "strikethrough",
    "||": "spoiler",
    "`": "code",
    "```": "pre",
}


@dataclass(slots=True)
class Open:
    """A mark that waits for its partner; `kind` is an entity type, `link` or `picture`."""

    kind: str
    sign: str
    offset: int
    at: int
    language: str = ""


class Parser:
    """One pass; quotes run by line, everything else nests."""

    def __init__(self, source: str, mention: Mention) -> None:
        self.source = source
        self.mention = mention
        self.at = 0
        self.out = Writer()
        self.open: list[Open] = []
        self.found: list[Entity] = []
        self.quote: int | None = None  # where the running block quotation began

    def wrong(self, words: str, at: int) -> ApiError:
        return bad_request(f"can't parse entities: {words} at byte offset {len(self.source[:at].encode())}")

    def run(self) -> tuple[str, list[Entity]]:
        while self.at < len(self.source):
            self.step()
        self.end_quote(expandable=False)
        if self.open:
            raise self.unclosed()
        return self.out.text(), self.found

    def unclosed(self) -> ApiError:
        last = self.open[-1]
        kind = {"link": "TextUrl", "picture": "CustomEmoji", "pre": "Pre", "code": "Code"}.get(
            last.kind, last.kind.title()
        )
        return self.wrong(f"Can't find end of {kind} entity", last.at)

    def step(self) -> None:
        source, at = self.source, self.at
        letter = source[at]
        if letter == "\\" and at + 1 < len(source) and 0 < ord(source[at + 1]) <= 126:
            self.take(source[at + 1], 2)
        elif self.open and self.open[-1].kind in ("code", "pre"):
            self.inside_code(self.open[-1])
        elif letter == "\n":
            self.line_end()
        elif letter == ">" and (at == 0 or source[at - 1] == "\n") and not self.open:
            self.quote = self.out.length if self.quote is None else self.quote
            self.at += 1
        elif (
            letter == "*"
            and source.startswith("**>", at)
            and self.quote is None
            and (at == 0 or source[at - 1] == "\n")
        ):
            self.at += 2  # two stars part two quotations
        elif letter in RESERVED:
            self.mark(letter)
        else:
            self.take(letter, 1)

    def take(self, letter: str, length: int) -> None:
        self.out.write(letter)
        self.at += length

    def line_end(self) -> None:
        following = self.source[self.at + 1 : self.at + 2]
        if self.quote is not None and following != ">":
            self.end_quote(expandable=False)
        self.take("\n", 1)

    def end_quote(self, expandable: bool) -> None:
        if self.quote is None:
            return
        kind = "expandable_blockquote" if expandable else "blockquote"
        self.add({"type": kind}, self.quote)
        self.quote = None

    def add(self, entity: Entity, offset: int) -> None:
        if self.out.length > offset:
            self.found.append({**entity, "offset": offset, "length": self.out.length - offset})

    def inside_code(self, opened: Open) -> None:
        if self.source.startswith(opened.sign, self.at):
            self.at += len(opened.sign)
            self.open.pop()
            self.add({"type": opened.kind, **({"language": opened.language} if opened.language else {})}, opened.offset)
        else:
            self.take(self.source[self.at], 1)

    def mark(self, letter: str) -> None:
        source, at = self.source, self.at
        sign = next((t for t in ("```", "__", "||") if source.startswith(t, at)), letter)
        if sign == "||" and self.quote is not None and self.ends_quote(at) and not self.is_open("||"):
            self.at += 2
            self.end_quote(expandable=True)
        elif self.open and self.open[-1].sign == sign and sign in SIGNS:
            self.close(sign)
        elif letter == "]" and self.open and self.open[-1].kind in ("link", "picture"):
            self.close_link()
        elif letter == "_" and sign == "__" and self.open and self.open[-1].sign == "_":
            self.close("_")
        elif sign in SIGNS:
            self.begin(SIGNS[sign], sign)
        elif letter == "[":
            self.begin("link", "[")
        elif letter == "!" and source.startswith("![", at):
            self.begin("picture", "![")
        else:
            raise bad_request(
                f"can't parse entities: Character '{letter}' is reserved and must be escaped with the preceding '\\'"
            )

    def ends_quote(self, at: int) -> bool:
        return self.source[at + 2 : at + 3] in ("", "\n")

    def is_open(self, sign: str) -> bool:
        return any(opened.sign == sign for opened in self.open)

    def begin(self, kind: str, sign: str) -> None:
        opened = Open(kind, sign, self.out.length, self.at)
        self.at += len(sign)
        if kind == "pre":
            opened.language = self.language()
        self.open.append(opened)

    def language(self) -> str:
        """The word behind three backticks, if the line ends with it; the line's end is not text."""
        end = self.at
        while end < len(self.source) and not self.source[end].isspace() and self.source[end] != "`":
            end += 1
        word = self.source[self.at : end]
        if end < len(self.source) and self.source[end] == "\n":
            self.at = end + 1
            return word
        return ""

    def close(self, sign: str) -> None:
        opened = self.open.pop()
        self.at += len(sign)
        if sign == "_" and self.source.startswith("\r", self.at):
            self.at += 1
        self.add({"type": opened.kind}, opened.offset)

    def close_link(self) -> None:
        opened = self.open.pop()
        self.at += 1
        address = self.address(opened) if self.source.startswith("(", self.at) else ""
        if opened.kind == "picture":
            self.add(picture_entity(address), opened.offset)
            return
        entity = link_entity(address or self.out.since(opened.offset), self.mention)
        if entity:
            self.add(entity, opened.offset)

    def address(self, opened: Open) -> str:
        begin = self.at
        self.at += 1
        made = ""
        while self.at < len(self.source) and self.source[self.at] != ")":
            if self.source[self.at] == "\\" and self.at + 1 < len(self.source):
                self.at += 1
            made += self.source[self.at]
            self.at += 1
        if self.at >= len(self.source):
            raise self.wrong("Can't find end of a URL", begin)
        self.at += 1
        return made


def parse(source: str, mention: Mention) -> tuple[str, list[Entity]]:
    """Text without its marks, and the entities they made."""
    return Parser(source, mention).run()


def parse_old(source: str, mention: Mention) -> tuple[str, list[Entity]]:
    """The first Markdown: no nesting, a backslash only before a mark, everything else is text."""
    out, found, at = Writer(), list[Entity](), 0
    while at < len(source):
        letter = source[at]
        if letter == "\\" and source[at + 1 : at + 2] in ("_", "*", "`", "["):
            out.write(source[at + 1])
            at += 2
        elif letter not in "_*`[":
            out.write(letter)
            at += 1
        else:
            at = old_entity(source, at, out, found, mention)
    return out.text(), found


def old_entity(source: str, at: int, out: Writer, found: list[Entity], mention: Mention) -> int:
    sign = "```" if source.startswith("```", at) else source[at]
    closing = "]" if sign == "[" else sign
    begin, offset = at + len(sign), out.length
    end = source.find(closing, begin)
    if end < 0:
        place = len(source[:at].encode())
        raise bad_request(f"can't parse entities: Can't find end of the entity starting at byte offset {place}")
    inner, language = source[begin:end], ""
    if sign == "```":
        first, line, rest = inner.partition("\n")
        if line and not any(letter.isspace() for letter in first):
            language, inner = first, rest
    out.write(inner)
    at = end + len(closing)
    entity: Entity | None = {"type": SIGNS.get({"*": "*", "_": "_"}.get(sign, sign), "")}
    if sign == "[":
        entity = None
        if source.startswith("(", at) and (close := source.find(")", at)) > 0:
            entity = link_entity(source[at + 1 : close], mention)
            at = close + 1
    if entity and out.length > offset:
        found.append(
            {**entity, **({"language": language} if language else {}), "offset": offset, "length": out.length - offset}
        )
    return at

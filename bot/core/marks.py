"""What is bold, slanted, a link or code in an owner's message, from Telegram's entities to HTML of ours.

Invariants: every letter is escaped on its own and every tag is ours, so neither words nor names become markup; a link
leads to the web and nowhere else; a placeholder is marked as a whole or not at all; tags never overlap.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from bot.core import names, render

LINK = "text_link"
_TAGS = {
    "code": "code", "pre": "pre", "bold": "b", "italic": "i", "underline": "u", "strikethrough": "s", "spoiler": "tg-spoiler",
}  # fmt: skip
_ALONE = ("pre", "code")  # inside them Telegram takes no other mark
_ORDER = (*_ALONE, LINK, *(kind for kind in _TAGS if kind not in _ALONE))  # from the outermost tag inwards
_SLOT = re.compile(r"\{\w+\}")
_WEB = re.compile(r"https?://[^\s\x00-\x1f]{1,2000}", re.IGNORECASE)
_END = "x"  # any letter: stands for what follows, so that blanks before it count


@dataclass(frozen=True, slots=True)
class Entity:
    """A mark as Telegram has it: places in UTF-16 units of the message as it was typed."""

    kind: str
    offset: int
    length: int
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark as it is kept: places in letters of the cleaned text."""

    kind: str
    start: int
    end: int
    url: str | None = None

    def as_json(self) -> list[object]:
        return [self.kind, self.start, self.end, self.url]


def kept(text: str, entities: Iterable[Entity], skipped: int = 0) -> tuple[Mark, ...]:
    """The marks of `names.clean_lines(text)`; `skipped` UTF-16 units stood before the text (a command, say)."""
    units, whole = text.encode("utf-16-le", "surrogatepass"), len(names.clean_lines(text))

    def place(unit: int) -> int:
        before = units[: 2 * max(0, unit - skipped)].decode("utf-16-le", "ignore")
        return min(whole, len(names.clean_lines(before + _END)) - len(_END))

    found = (
        Mark(entity.kind, place(entity.offset), place(entity.offset + entity.length), entity.url)
        for entity in entities if _is_kept(entity)
    )  # fmt: skip
    return tuple(mark for mark in found if mark.start < mark.end)


def read(raw: object) -> tuple[Mark, ...]:
    """Marks as JSON keeps them; what is none is left out."""
    found = []
    for entry in raw if isinstance(raw, list | tuple) else ():
        match entry:
            case [str(kind), int(start), int(end), (str() | None) as url] if _is_kept(Entity(kind, 0, 0, url)):
                found.append(Mark(kind, start, end, url))
    return tuple(found)


def fill(text: str, values: Mapping[str, str], marks: Sequence[Mark]) -> Markup:
    """As `render.fill`, marked."""
    whole = [_around_slots(text, mark) for mark in marks]
    edges = sorted({0, len(text), *(edge for mark in whole for edge in (mark.start, mark.end))})
    pieces = (
        _wrapped(render.fill(text[start:end], values), [mark for mark in whole if mark.start <= start and end <= mark.end])
        for start, end in pairwise(edges)
    )
    return Markup("").join(pieces)


def _is_kept(entity: Entity) -> bool:
    if entity.kind == LINK:
        return entity.url is not None and _WEB.fullmatch(entity.url) is not None
    return entity.kind in _TAGS


def _around_slots(text: str, mark: Mark) -> Mark:
    """A mark that begins or ends within a placeholder has all of it."""
    start, end = min(mark.start, len(text)), min(mark.end, len(text))
    for slot in _SLOT.finditer(text):
        start = slot.start() if slot.start() < start < slot.end() else start
        end = slot.end() if slot.start() < end < slot.end() else end
    return Mark(mark.kind, start, end, mark.url)


def _wrapped(said: Markup, marks: Sequence[Mark]) -> Markup:
    """In one tag of each kind, outermost first."""
    for mark in reversed(list(_nested(marks))):
        if mark.kind == LINK:
            said = Markup('<a href="{}">{}</a>').format(mark.url, said)
        else:
            said = Markup("<{0}>{1}</{0}>").format(Markup(_TAGS[mark.kind]), said)  # noqa: S704  # a tag of the table above
    return said


def _nested(marks: Sequence[Mark]) -> Iterator[Mark]:
    for kind in _ORDER:
        found = next((mark for mark in marks if mark.kind == kind), None)
        if found is not None:
            yield found
            if kind in _ALONE:
                return

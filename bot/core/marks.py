"""What an owner marked in a message (bold, quoted, linked, somebody named …), from Telegram's entities to HTML of ours.

Invariants: every letter is escaped on its own and every tag is ours, so neither words nor names become markup; a link
leads to the web and nowhere else; whom a mention names is kept by our own number, so who was erased is named no more; a
placeholder is marked as a whole or not at all; tags never overlap. What Telegram finds in plain words by itself (an
@name, a #tag, an address) needs no mark; what is neither found nor kept is `lost`, and its owner is told.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from markupsafe import Markup

from bot.core import names, render

LINK, MENTION, EMOJI, MOMENT, PRE = "text_link", "text_mention", "custom_emoji", "date_time", "pre"
_TAGS: Mapping[str, Markup] = {
    "blockquote": Markup("<blockquote>{said}</blockquote>"),
    "expandable_blockquote": Markup("<blockquote expandable>{said}</blockquote>"),
    PRE: Markup("<pre>{said}</pre>"),
    "code": Markup("<code>{said}</code>"),
    LINK: Markup('<a href="{about}">{said}</a>'),
    MENTION: Markup('<a href="tg://user?id={about}">{said}</a>'),
    MOMENT: Markup('<tg-time unix="{about}" format="{shape}">{said}</tg-time>'),
    "bold": Markup("<b>{said}</b>"),
    "italic": Markup("<i>{said}</i>"),
    "underline": Markup("<u>{said}</u>"),
    "strikethrough": Markup("<s>{said}</s>"),
    "spoiler": Markup("<tg-spoiler>{said}</tg-spoiler>"),
    EMOJI: Markup('<tg-emoji emoji-id="{about}">{said}</tg-emoji>'),
}  # from the outermost tag inwards
_IN_A_LANGUAGE = Markup('<pre><code class="language-{about}">{said}</code></pre>')
_QUOTES, _PLACES = ("blockquote", "expandable_blockquote"), (LINK, MENTION, MOMENT, EMOJI)  # one of each at a place
_ALONE = (PRE, "code")  # inside them Telegram takes no other mark
_FOUND = {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"}  # by Telegram, in plain words
_SLOT = re.compile(r"\{\w+\}")
_ABOUT = {
    LINK: re.compile(r"https?://[^\s\x00-\x1f]{1,2000}", re.IGNORECASE),
    PRE: re.compile(r"[\w+#.-]{1,40}|", re.ASCII),
    EMOJI: re.compile(r"[1-9][0-9]{0,18}"),
    MOMENT: re.compile(r"-?[0-9]{1,11}:(?:r|w?[dD]?[tT]?)"),
}
_END = "x"  # any letter: stands for what follows, so that blanks before it count


@dataclass(frozen=True, slots=True)
class Entity:
    """A mark as Telegram has it: places in UTF-16 units of the message as it was typed.

    `about`: a link's address, the number of who is mentioned (ours), an emoji's, a code's language, "<unix>:<format>" of
    a moment; nothing for the rest.
    """

    kind: str
    offset: int
    length: int
    about: str | int | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark as it is kept: places in letters of the cleaned text."""

    kind: str
    start: int
    end: int
    about: str | int | None = None

    def as_json(self) -> list[object]:
        return [self.kind, self.start, self.end, self.about]


def kept(text: str, entities: Iterable[Entity], skipped: int = 0) -> tuple[Mark, ...]:
    """The marks of `names.clean_lines(text)`; `skipped` UTF-16 units stood before the text (a command, say)."""
    units, whole = text.encode("utf-16-le", "surrogatepass"), len(names.clean_lines(text))

    def place(unit: int) -> int:
        before = units[: 2 * max(0, unit - skipped)].decode("utf-16-le", "ignore")
        return min(whole, len(names.clean_lines(before + _END)) - len(_END))

    found = (
        Mark(entity.kind, place(entity.offset), place(entity.offset + entity.length), entity.about)
        for entity in entities if _is_kept(entity)
    )  # fmt: skip
    return tuple(mark for mark in found if mark.start < mark.end)


def lost(text: str, entities: Iterable[Entity], skipped: int = 0) -> tuple[tuple[str, str], ...]:
    """(kind, words) of what a message cannot keep: LINK, MENTION, or whatever else Telegram calls it."""
    units = text.encode("utf-16-le", "surrogatepass")
    gone = [entity for entity in entities if not _is_kept(entity) and entity.kind not in _FOUND]
    cuts = [(one.kind, max(0, one.offset - skipped), max(0, one.offset - skipped + one.length)) for one in gone]
    return tuple((kind, names.clean(units[2 * start : 2 * end].decode("utf-16-le", "ignore"))) for kind, start, end in cuts)


def read(raw: object) -> tuple[Mark, ...]:
    """Marks as JSON keeps them; what is none is left out."""
    found = []
    for entry in raw if isinstance(raw, list | tuple) else ():
        match entry:
            case [str(kind), int(start), int(end), (str() | int() | None) as about] if _is_kept(Entity(kind, 0, 0, about)):
                found.append(Mark(kind, start, end, about))
    return tuple(found)


def mentioned(marks: Iterable[Mark]) -> list[int]:
    """Our numbers of those whom the marks name."""
    return [mark.about for mark in marks if mark.kind == MENTION and isinstance(mark.about, int)]


def fill(text: str, values: Mapping[str, str], marks: Sequence[Mark], accounts: Mapping[int, int] | None = None) -> Markup:
    """As `render.fill`, marked. `accounts`: Telegram's numbers of those mentioned; who has none is named in plain words."""
    there = accounts or {}
    whole = [_around_slots(text, mark) for mark in marks if mark.kind != MENTION or mark.about in there]
    edges = sorted({0, len(text), *(edge for mark in whole for edge in (mark.start, mark.end))})
    pieces = [
        (render.fill(text[start:end], values), tuple(_nested([one for one in whole if one.start <= start and end <= one.end])))
        for start, end in pairwise(edges)
    ]
    return _joined(pieces, 0, there)


def _is_kept(entity: Entity) -> bool:
    if entity.kind == MENTION:
        return isinstance(entity.about, int) and entity.about > 0
    if entity.kind in _ABOUT:
        about = entity.about if entity.about is not None else ""
        return isinstance(about, str) and _ABOUT[entity.kind].fullmatch(about) is not None
    return entity.kind in _TAGS


def _around_slots(text: str, mark: Mark) -> Mark:
    """A mark that begins or ends within a placeholder has all of it."""
    start, end = min(mark.start, len(text)), min(mark.end, len(text))
    for slot in _SLOT.finditer(text):
        start = slot.start() if slot.start() < start < slot.end() else start
        end = slot.end() if slot.start() < end < slot.end() else end
    return Mark(mark.kind, start, end, mark.about)


def _nested(marks: Sequence[Mark]) -> Iterator[Mark]:
    """One of a kind at most, the outermost first."""
    taken = set[str]()
    for kind in _TAGS:
        group = next((group for group in (_QUOTES, _PLACES) if kind in group), (kind,))
        found = next((mark for mark in marks if mark.kind == kind), None)
        if found is None or taken & set(group):
            continue
        taken.add(kind)
        yield found
        if kind in _ALONE:
            return


def _joined(pieces: Sequence[tuple[Markup, Sequence[Mark]]], depth: int, accounts: Mapping[int, int]) -> Markup:
    """Pieces beside each other under one mark stand in one tag: a quote is one quote whatever is bold in it."""
    said = []
    for mark, some in groupby(pieces, key=lambda piece: piece[1][depth] if len(piece[1]) > depth else None):
        inside = list(some)
        if mark is None:
            said.append(Markup("").join(html for html, _ in inside))
        else:
            said.append(_wrapped(mark, _joined(inside, depth + 1, accounts), accounts))
    return Markup("").join(said)


def _wrapped(mark: Mark, said: Markup, accounts: Mapping[int, int]) -> Markup:
    about: object = accounts[mark.about] if mark.kind == MENTION and isinstance(mark.about, int) else mark.about
    if mark.kind == MOMENT:
        unix, _, shape = str(about).partition(":")
        return _TAGS[MOMENT].format(about=unix, shape=shape, said=said)
    return (_IN_A_LANGUAGE if mark.kind == PRE and about else _TAGS[mark.kind]).format(about=about, said=said)

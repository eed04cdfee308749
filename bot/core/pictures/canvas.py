"""A sheet of paper for a phone: its colours, its letters, and lines that fit.

Invariants: nothing that people wrote runs over an edge: it is shortened or set smaller; a letter the font lacks is left
out rather than drawn as a box. Pillow and the font are loaded when the first picture is drawn, not before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FONT = Path(__file__).parents[2] / "fonts" / "NotoSansSC-Tuan.otf"  # how it was made: docs/decisions/0018-pictures.md
WIDTH = 1080  # pixels: what a phone shows one to one
MARGIN = 72
PAPER, INK, FADED, LINE, ACCENT, GREEN = "#fbf7f0", "#241d15", "#85796a", "#e6dccd", "#c8501e", "#2f7d4f"
_NEVER_FIRST = frozenset("，。、；：？！）》】」』”’…,.;:?!)%")  # of a line
_MISSING = "\uffff"  # no font has it, so it looks like every letter that is missing


@cache
def _letters(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT), size)


@lru_cache(4096)
def _drawable(letter: str) -> bool:
    font = _letters(32)
    return letter.isspace() or bytes(font.getmask(letter)) != bytes(font.getmask(_MISSING))


def drawable(text: str) -> str:
    """The text without letters that the font lacks (emoji, rare scripts)."""
    return " ".join("".join(letter for letter in text if _drawable(letter)).split())


@dataclass(frozen=True, slots=True)
class Style:
    """How a line looks: size in pixels, colour."""

    size: int
    colour: str = INK


class Canvas:
    """Drawn from top to bottom; `y` is how far it has come."""

    def __init__(self, height: int) -> None:
        self.image = Image.new("RGB", (WIDTH, height), PAPER)
        self._draw = ImageDraw.Draw(self.image)
        self.y = MARGIN

    def width(self, text: str, size: int) -> float:
        return _letters(size).getlength(text)

    def text(self, text: str, style: Style, *, lines: int = 1, right: int = WIDTH - MARGIN, left: int = MARGIN) -> None:
        """Left-bound, broken into at most `lines`, the last shortened; moves down."""
        for line in self.broken(drawable(text), style.size, right - left, lines):
            self._draw.text((left, self.y), line, font=_letters(style.size), fill=style.colour)
            self.y += round(style.size * 1.4)

    def centred(self, text: str, style: Style) -> None:
        line = self._cut(drawable(text), style.size, WIDTH - 2 * MARGIN)
        left = (WIDTH - self.width(line, style.size)) / 2
        self._draw.text((left, self.y), line, font=_letters(style.size), fill=style.colour)
        self.y += round(style.size * 1.4)

    def pair(self, one: str, other: str, style: Style, at_right: Style) -> None:
        """Words at the left, a figure at the right, on one line; the figure is never cut."""
        figure = drawable(other)
        edge = WIDTH - MARGIN - round(self.width(figure, at_right.size))
        line = self._cut(drawable(one), style.size, edge - MARGIN - 32)
        base = self.y + max(style.size, at_right.size)
        self._draw.text((MARGIN, base), line, font=_letters(style.size), fill=style.colour, anchor="ls")
        self._draw.text((edge, base), figure, font=_letters(at_right.size), fill=at_right.colour, anchor="ls")
        self.y += round(max(style.size, at_right.size) * 1.5)

    def rule(self) -> None:
        self._draw.line((MARGIN, self.y, WIDTH - MARGIN, self.y), fill=LINE, width=2)
        self.y += 28

    def bar(self, parts: Sequence[bool]) -> None:
        """Cells that are full or not, side by side."""
        if not parts:
            return
        gap, high = 10, 18
        wide = (WIDTH - 2 * MARGIN - gap * (len(parts) - 1)) / len(parts)
        for place, full in enumerate(parts):
            left = MARGIN + place * (wide + gap)
            box = (round(left), self.y, round(left + wide), self.y + high)
            self._draw.rounded_rectangle(box, high // 2, fill=ACCENT if full else LINE)
        self.y += high + 30

    def paste(self, image: Image.Image) -> None:
        """In the middle, on white with round corners."""
        edge = 36
        left = (WIDTH - image.width) // 2
        box = (left - edge, self.y, left + image.width + edge, self.y + image.height + 2 * edge)
        self._draw.rounded_rectangle(box, 36, fill="#ffffff", outline=LINE, width=2)
        self.image.paste(image, (left, self.y + edge))
        self.y += image.height + 2 * edge + 32

    def png(self, *, cut: bool = False) -> bytes:
        """The picture; `cut`: no taller than what was drawn."""
        image = self.image.crop((0, 0, WIDTH, min(self.image.height, self.y + MARGIN))) if cut else self.image
        file = BytesIO()
        image.quantize(64, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
        return file.getvalue()

    def broken(self, text: str, size: int, room: int, lines: int) -> list[str]:
        """Lines no wider than the room: broken between words, or anywhere in Chinese; the last one shortened."""
        found: list[str] = []
        rest = text
        while rest and len(found) < lines - 1:
            end = self._fits(rest, size, room)
            found.append(rest[:end].rstrip())
            rest = rest[end:].lstrip()
        return [*found, self._cut(rest, size, room)] if rest else found

    def _fits(self, text: str, size: int, room: int) -> int:
        """How many letters of it fit, back to the end of a word if one was cut."""
        end = len(text)
        while end > 1 and self.width(text[:end], size) > room:
            end -= 1
        while 1 < end < len(text) and text[end] in _NEVER_FIRST:
            end -= 1
        if end < len(text) and text[end].isascii() and text[end].isalnum():
            space = text.rfind(" ", 0, end)
            end = space + 1 if space > 0 else end
        return end

    def _cut(self, text: str, size: int, room: float) -> str:
        if self.width(text, size) <= room:
            return text
        while text and self.width(text + "…", size) > room:
            text = text[:-1]
        return text.rstrip() + "…"

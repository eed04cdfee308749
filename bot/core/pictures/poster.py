"""The poster of an invitation: what a friend buys together with others, and the QR code that leads there."""

from dataclasses import dataclass

import segno
from PIL import Image

from bot.core.pictures.canvas import ACCENT, FADED, INK, Canvas, Style

HEIGHT, QR = 2000, 520  # pixels; what is not drawn on is cut off


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """All of it in the reader's words. `steps`: "3 people" and "36.00", and whether it is reached; `more`: what is missing.

    Without a group buy `title` says what the shop is, and `steps` is empty.
    """

    shop: str
    title: str
    invites: str  # "Ann invites you"
    steps: tuple[tuple[str, str, bool], ...]
    more: str
    closes: str
    thanks: str  # what both sides get, and when
    scan: str
    link: str


def drawn(poster: Poster) -> bytes:
    """A PNG, 1,080 pixels wide."""
    canvas = Canvas(HEIGHT)
    canvas.text(poster.invites, Style(40, FADED))
    canvas.text(poster.shop, Style(40, FADED))
    canvas.y += 20
    canvas.text(poster.title, Style(76), lines=2)
    canvas.y += 16
    for label, price, reached in poster.steps[:4]:
        canvas.pair(label, price, Style(40, INK if reached else FADED), Style(52, ACCENT if reached else FADED))
    if poster.steps:
        canvas.bar([reached for _, _, reached in poster.steps[:4]])
    if poster.more:
        canvas.text(poster.more, Style(42), lines=2)
    if poster.closes:
        canvas.text(poster.closes, Style(36, FADED))
    canvas.y += 24
    canvas.paste(_code(poster.link))
    canvas.centred(poster.scan, Style(38))
    canvas.centred(poster.link.removeprefix("https://"), Style(30, FADED))
    if poster.thanks:
        canvas.y += 16
        canvas.rule()
        canvas.text(poster.thanks, Style(34, FADED), lines=3)
    return canvas.png(cut=True)


def _code(link: str) -> Image.Image:
    """The QR code, each module a whole number of pixels, so that it stays sharp; a quiet zone is the white around it."""
    code = segno.make_qr(link, error="m")
    modules = [list(row) for row in code.matrix]
    scale = max(1, QR // len(modules))
    small = Image.new("L", (len(modules), len(modules)), 255)
    small.putdata([0 if module else 255 for row in modules for module in row])
    return small.resize((len(modules) * scale, len(modules) * scale), Image.Resampling.NEAREST).convert("RGB")

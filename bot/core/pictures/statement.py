"""A wallet's statement for a phone: the balance, what is pending, and each of the last movements with its reason."""

from dataclasses import dataclass

from bot.core.pictures.canvas import FADED, GREEN, INK, Canvas, Style

MOST = 12  # movements on one picture


@dataclass(frozen=True, slots=True)
class Movement:
    """One row, in words: when, why, and how much with its sign; `more` if it came in."""

    when: str
    why: str
    amount: str
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """All of it in the reader's words. `pending` and `points` are whole lines, "" where there is nothing."""

    shop: str
    heading: str  # "Your wallet"
    balance: str
    pending: str
    points: str
    movements: tuple[Movement, ...]
    folded: str  # "… and 14 more", or ""


def drawn(statement: Statement) -> bytes:
    """A PNG, 1,080 pixels wide and as tall as it needs to be."""
    canvas = Canvas(700 + 160 * MOST)
    canvas.text(statement.shop, Style(40, FADED))
    canvas.text(statement.heading, Style(48))
    canvas.text(statement.balance, Style(120))
    for line in (statement.pending, statement.points):
        if line:
            canvas.text(line, Style(38, FADED), lines=2)
    canvas.y += 24
    canvas.rule()
    for movement in statement.movements[:MOST]:
        canvas.pair(movement.why, movement.amount, Style(38), Style(44, GREEN if movement.more else INK))
        canvas.text(movement.when, Style(30, FADED))
        canvas.y += 18
    if statement.folded:
        canvas.text(statement.folded, Style(34, FADED))
    return canvas.png(cut=True)

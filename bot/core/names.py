"""Names and other people's text: hostile input until it went through here.

Invariants: one line, no control, no reordering, no invisible letters, no towers of accents; never empty; never longer
than asked for. Markup is not touched: the templates escape it.
"""

import unicodedata

SHORT = 24  # letters of a name on a roster
JOINER, PICTURE = "\u200d", "\ufe0f"  # hold an emoji together
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters that look like nothing
NOBODY = "…"


def shown(name: str, limit: int = SHORT) -> str:
    """A name as others may see it."""
    return shorten(clean(name), limit) or NOBODY


def initial(name: str) -> str:
    """How a member stands on a card who likes to stand there by an initial: "A."."""
    return shown(name)[:1].upper() + "."


def standing(name: str, by_initial: bool, limit: int = SHORT) -> str:
    """A member where their circle sees them: by name, or by the initial they would rather stand by."""
    return initial(name) if by_initial else shown(name, limit)


def clean(text: str) -> str:
    """The text in one line without what cannot be seen or would rearrange its surroundings."""
    return " ".join("".join(_kept(text)).split())


def clean_lines(text: str) -> str:
    """The same line by line, for what owners write; at most one empty line in a row."""
    lines = [clean(line) for line in text.splitlines()]
    kept = [line for i, line in enumerate(lines) if line or (i and lines[i - 1])]
    return "\n".join(kept).strip()


def shorten(text: str, limit: int) -> str:
    """At most `limit` letters, the last an ellipsis where something was cut; never in the middle of an emoji."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    while cut and (_clings(text[len(cut)]) or cut[-1] == JOINER):
        cut = cut[:-1]
    return cut.rstrip() + "…"


def _clings(letter: str) -> bool:
    return letter in (JOINER, PICTURE) or unicodedata.combining(letter) > 0


def _kept(text: str) -> list[str]:
    kept: list[str] = []
    marks = 0
    for letter in text:
        category = unicodedata.category(letter)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if letter in BLANK or category in ("Zl", "Zp", "Cc"):
            kept.append(" ")
        elif letter == JOINER:
            if kept and unicodedata.category(kept[-1]) in ("So", "Sk", "Mn"):
                kept.append(letter)
        elif category not in ("Cf", "Cs", "Co", "Cn") and marks <= 2:
            kept.append(letter)
    return kept

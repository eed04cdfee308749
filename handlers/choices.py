"""Which option of a group buy is meant by a word: the option itself, its name in the other language, a unique beginning.

A word that is almost an option is told apart from a note, so that a slip of the finger is asked about and not kept as
a wish nobody reads.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

_SIZES = (
    frozenset({"small", "小", "小份", "小的", "小号", "s"}),
    frozenset({"medium", "中", "中份", "中的", "中号", "m"}),
    frozenset({"large", "big", "大", "大份", "大的", "大号", "l"}),
)
_WORD = re.compile(r"[^\s,;:.!?]+")
_BETWEEN = " ,;:.!?()"


@dataclass(frozen=True)
class Choice:
    """An option found in some words, and the words that are left."""

    option: str
    rest: str


@dataclass(frozen=True)
class Slip:
    """A word that is almost an option."""

    word: str
    option: str


def choose(words: str, options: Sequence[str]) -> Choice | Slip | None:
    """The option at the beginning of the words, or at their end; a slip where the first word is almost one; else None."""
    if not words or not options:
        return None
    return _named(words, options) or _begun(words, options) or _slipped(words, options)


def _names(option: str) -> frozenset[str]:
    own = option.casefold()
    return frozenset({own}).union(*(size for size in _SIZES if own in size))


def _named(words: str, options: Sequence[str]) -> Choice | None:
    """The longest name that opens or closes the words."""
    folded = words.casefold()
    if len(folded) != len(words):  # letters that fold to two: positions would not match
        words = folded
    known = sorted(((name, option) for option in options for name in _names(option)), key=lambda pair: -len(pair[0]))
    for name, option in known:
        if folded.startswith(name) and _ends_word(folded, len(name)):
            return Choice(option, words[len(name) :].strip(_BETWEEN))
    for name, option in known:
        if folded.endswith(name) and folded[: -len(name)].rstrip() != folded[: -len(name)]:
            return Choice(option, words[: -len(name)].strip(_BETWEEN))
    return None


def _ends_word(text: str, at: int) -> bool:
    """No word goes on there. Chinese names need no blank behind them, but for those of one letter."""
    return at == len(text) or not (text[at].isalnum() and (text[at - 1].isascii() or at == 1))


def _begun(words: str, options: Sequence[str]) -> Choice | None:
    """A unique beginning of an option: one letter will do when nothing follows, three when something does."""
    first = _WORD.match(words)
    if first is None:
        return None
    rest = words[first.end() :].strip(_BETWEEN)
    begun = [option for option in options if option.casefold().startswith(first[0].casefold())]
    return Choice(begun[0], rest) if len(begun) == 1 and (not rest or len(first[0]) >= 3) else None


def _slipped(words: str, options: Sequence[str]) -> Slip | None:
    first = _WORD.match(words)
    if first is None or not 4 <= len(first[0]) <= 40:
        return None
    word = first[0].casefold()
    allowed = 1 if len(word) == 4 else 2
    near = [
        (OSA.distance(word, option.casefold(), score_cutoff=allowed), option) for option in options if len(option) >= 4
    ]
    best = min(near, default=(allowed + 1, ""), key=lambda pair: pair[0])
    return Slip(first[0], best[1]) if best[0] <= allowed else None

"""What a question is compared by, in any language: ideas where a word or a character names one, words and bigrams else.

Invariant: pure; the same words give the same terms, however they are written (width, case, spaces, punctuation).
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from models.similar_lexicon import GOODS, IDEAS, STOPS

Terms = Mapping[str, float]

IDEA, WORD, BIGRAM, GOOD = 1.0, 0.6, 0.35, 0.25  # what a shared term says: an idea most, the goods it is about least

_WORDS = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_HAN = re.compile(r"[\u3400-\u9fff]+")
_HAN_WORDS = frozenset(word for word in (*IDEAS, *GOODS, *STOPS) if _HAN.fullmatch(word))


def terms(words: str) -> Terms:
    """The terms of a text with their weights."""
    plain = unicodedata.normalize("NFKC", words).lower()
    found: dict[str, float] = {}
    for word in _WORDS.findall(plain):
        _word(word, found)
    for run in _HAN.findall(plain):
        _run(run, found)
    return found


def _word(word: str, found: dict[str, float]) -> None:
    term, weight = _term(word)
    if weight:
        found[term] = weight


@lru_cache(4096)
def _term(word: str) -> tuple[str, float]:
    """What a word of letters is compared by, and its weight; 0 for one that says nothing. People use few words."""
    stem = stemmed(word)
    named = _named(word) or _named(stem)
    if named is None:
        return stem, 0.0 if word in STOPS or stem in STOPS else WORD
    return named


def _named(word: str) -> tuple[str, float] | None:
    """The idea or the goods that the word names."""
    if word in IDEAS:
        return f"={IDEAS[word]}", IDEA
    return (f"~{GOODS[word]}", GOOD) if word in GOODS else None


def _run(run: str, found: dict[str, float]) -> None:
    """Ideas by the longest word first; what is left of the run in bigrams."""
    rest, place = "", 0
    while place < len(run):
        piece = next((p for n in (4, 3, 2, 1) if (p := run[place : place + n]) in _HAN_WORDS), "")
        if named := _named(piece):
            found[named[0]] = named[1]
        rest += " " if piece else run[place]
        place += len(piece) or 1
    for part in rest.split():
        for pair in [part[i : i + 2] for i in range(len(part) - 1)] or [part]:
            found[pair] = BIGRAM if len(pair) == 2 else BIGRAM / 2


def stemmed(word: str) -> str:
    """A word without its English ending; the same for "peel", "peels", "peeled", "peeling"."""
    word = word.removesuffix("'s")
    for ending, least in (("ies", 5), ("ing", 6), ("edly", 7), ("ed", 5), ("es", 5), ("ly", 5), ("s", 4)):
        if word.endswith(ending) and len(word) >= least and not word.endswith("ss"):
            word = word[: -len(ending)] + ("y" if ending == "ies" else "")
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lse":
        word = word[:-1]
    return word.removesuffix("e") if len(word) > 4 else word

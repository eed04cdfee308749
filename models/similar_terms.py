"""What a question is compared by, in any language: ideas where a word or a character names one, words and bigrams else.

Invariant: pure; the same words give the same terms, however they are written (width, case, spaces, punctuation).
"""

import re
import unicodedata
from collections.abc import Mapping

from models.similar_lexicon import IDEAS, STOP_HAN, STOP_WORDS

Terms = Mapping[str, float]

IDEA, WORD, BIGRAM = 1.0, 0.6, 0.35  # what a shared term says: an idea most, a pair of characters least

_WORDS = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_HAN = re.compile(r"[\u3400-\u9fff]+")


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
    stem = stemmed(word)
    idea = IDEAS.get(word) or IDEAS.get(stem)
    if idea is not None:
        found[f"={idea}"] = IDEA
    elif word not in STOP_WORDS and stem not in STOP_WORDS:
        found[stem] = WORD


def _run(run: str, found: dict[str, float]) -> None:
    """Ideas by the longest word first; what is left of the run in bigrams."""
    rest: list[str] = []
    place = 0
    while place < len(run):
        for length in (4, 3, 2, 1):
            piece = run[place : place + length]
            if len(piece) == length and (piece in IDEAS or piece in STOP_HAN):
                if piece in IDEAS:
                    found[f"={IDEAS[piece]}"] = IDEA
                rest.append(" ")
                place += length
                break
        else:
            rest.append(run[place])
            place += 1
    for part in "".join(rest).split():
        pairs = [part[i : i + 2] for i in range(len(part) - 1)] or [part]
        for pair in pairs:
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

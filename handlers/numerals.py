"""Numbers as people type them: digits of any width, keycaps, 两, 十二, "two". Pure; every pattern is linear in the text."""

import re
import unicodedata

_SIGNS = str.maketrans({
    "➕": "+", "➖": "-", "−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "﹣": "-", "﹢": "+", "🔟": "10",
    "\ufe0f": None, "\u20e3": None, "\u200b": None, "\u200d": None, "\u200e": None, "\u200f": None, "\ufeff": None,
    "，": ",", "。": ".", "、": ",", "’": "'", "\u3000": " ", "\u00a0": " ",
})  # fmt: skip
_HAN = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "兩": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_ENGLISH = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")

HAN = "[零〇一二两兩三四五六七八九十]{1,3}"
NUMBER = rf"[0-9]{{1,12}}|{HAN}"
WORDED = rf"{NUMBER}|(?:{'|'.join(_ENGLISH)})(?![a-z])"


def plain(text: str) -> str:
    """The text with one way to write each sign and digit; words stay as they are."""
    return unicodedata.normalize("NFKC", text.translate(_SIGNS)).translate(_SIGNS)


def number(text: str) -> int | None:
    """The number a match of NUMBER or WORDED means; None for numerals that make no number (十十)."""
    lowered = text.lower()
    if lowered.isascii() and lowered.isdigit():
        return int(lowered)
    if lowered in _ENGLISH:
        return _ENGLISH.index(lowered)
    return _han(text)


def _han(text: str) -> int | None:
    """一 to 九十九, and single digits in a row are none."""
    if text in _HAN:
        return _HAN[text]
    found = re.fullmatch(r"([一二两兩三四五六七八九]?)十([一二三四五六七八九]?)", text)
    if found is None:
        return None
    return 10 * _HAN.get(found[1], 1) + _HAN.get(found[2], 0)

"""What the words of a wish mean, folded and compared: case, width, plurals, Chinese without spaces. Pure.

Invariants: equal things fold to equal words; what is only similar is one wish where a slip of the finger explains it and
nothing else does, so "pears" never become "peas", nor red apples red grapes.
"""

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache

from rapidfuzz import fuzz

MOST = 60  # letters of a wish
SLIP, LONG_ENOUGH = 86, 5  # how alike (of 100) two words are that differ by a slip, and how long they have to be
_TOKEN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+|[^\W_\u3400-\u9fff\uf900-\ufaff]+")
_HEAD = re.compile(r"[,，、·;；:：(（/|]|\s[-–—]\s")
_SMALL_TALK = frozenset({
    "a", "an", "the", "some", "any", "more", "of", "for", "please", "pls", "i", "we", "you", "want", "wants", "wish", "would",
    "like", "need", "to", "have", "buy", "get", "can", "could", "kg", "g", "gr", "l", "ml", "pcs", "pc", "box", "boxes", "pack",
    "packs", "bag", "bags", "piece", "pieces",
})  # fmt: skip
_MEASURE = frozenset(["公斤", "斤", "千克", "克", "箱", "盒", "个", "袋", "包装", "件", "份", "瓶", "升", "两"])
_ASKING = re.compile(r"^(?:我们?|大家)?(?:想要|想吃|想买|想喝|求购|求|要|来点儿?|来些|买点儿?|买些|一些|一点|有没有|有)+")
_ENDING = re.compile(r"(?:[吧呀啊吗呢嘛么]|可以吗|好吗)+$")
_CONTACT = re.compile(
    r"://|www\.|t\.me|@\w|(?:^|\s)/\w|[^\W\d_]{2,}\.[^\W\d_]{2,}|(?:\d[\s().-]*){7,}|(?:微信|wechat|vx|qq)\s*[:：号]?\s*\w{4,}",
    re.IGNORECASE,
)


@lru_cache(8192)
def fold(words: str) -> tuple[str, ...]:
    """The words as they are compared; empty if nothing is wished for."""
    plain = unicodedata.normalize("NFKC", words).casefold().replace("'s", "")
    folded = (_folded(token) for token in _TOKEN.findall(plain))
    return tuple(token for token in folded if token)


def has_contact(words: str) -> bool:
    """Whether there is a link, a name of Telegram's, a command or a number to call in it."""
    return _CONTACT.search(unicodedata.normalize("NFKC", words)) is not None


def alike(one: Collection[str], other: Collection[str]) -> bool:
    """Whether two folded wishes mean the same."""
    return len(one) == len(other) and all(_same(a, b) for a, b in zip(sorted(one), sorted(other), strict=True))


def names(wish: tuple[str, ...], title: str) -> bool:
    """Whether a folded wish names what a product's title does: its words are the title's, and its last one the thing itself."""
    head = fold(_HEAD.split(title, maxsplit=1)[0])
    if not wish or not head:
        return False
    found = all(any(_within(word, token) for token in head) for word in wish)
    return found and _within(wish[-1], head[-1])


def _folded(token: str) -> str:
    if token.isnumeric() or token in _SMALL_TALK or token in _MEASURE or re.fullmatch(r"\d+[a-z]{1,3}", token):
        return ""
    if token[0] > "\u3400":
        return _bare(_ENDING.sub("", _ASKING.sub("", token)))
    return _singular(token)


def _bare(han: str) -> str:
    """Without 子 and 儿 at the end, as 橙子 is 橙."""
    return han[:-1] if len(han) > 1 and han[-1] in "子儿" else "" if han in _MEASURE else han


def _singular(word: str) -> str:
    if len(word) <= 3 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("oes", "ches", "shes", "xes", "sses")) else word[:-1]


def _same(one: str, other: str) -> bool:
    if one == other:
        return True
    latin = one.isascii() and other.isascii() and min(len(one), len(other)) >= LONG_ENOUGH
    return latin and fuzz.ratio(one, other) >= SLIP


def _within(word: str, token: str) -> bool:
    """A word is a title's, or (Chinese has no spaces) a part of it; a single character only where the title's word ends in it."""
    if word[0] < "\u3400":
        return _same(word, token)
    return word in token if len(word) > 1 else token.endswith(word) and len(token) <= 3

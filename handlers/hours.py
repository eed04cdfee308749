"""Quiet hours as people type them: `22-8`, `22:00-08:00`, `10pm to 8am`, `晚上10点到早上八点`, `off`. Pure.

Invariant: what is read is two minutes of the day that differ, no more than LONGEST apart, or a word for none at all.
"""

import re
from dataclasses import dataclass

from handlers.numerals import HAN, number, plain

DAY, LONGEST = 24 * 60, 16 * 60  # minutes
NONE = frozenset({"off", "none", "no", "never", "关", "关掉", "关闭", "不要", "没有", "无", "取消", "不设"})
USUAL = frozenset({"usual", "default", "reset", "默认", "照旧", "恢复", "恢复默认"})

_TIME = (
    r"(?:at |from )?(凌晨|清晨|早晨|早上|早|上午|中午|下午|傍晚|晚上|夜里|半夜|晚)?\s*"
    rf"([0-9]{{1,2}}|{HAN})(?:\s*[:.点時时h]\s*([0-9]{{2}}|半|{HAN})?\s*分?)?\s*(?:整|钟)?\s*([ap]\.?m\.?)?"
)
_TO = r"\s*(?:-+|~|to|till|until|and|到|至)\s*(?:第二天|次日|明天)?"
_HOURS = re.compile(rf"(?:between |从|每天)?\s*{_TIME}{_TO}{_TIME}", re.IGNORECASE)
_EVENING = frozenset({"下午", "傍晚", "晚上", "夜里", "晚"})


@dataclass(frozen=True)
class Hours:
    """From one minute of the local day to another; equal ones mean none, None the usual ones."""

    begin: int | None
    end: int | None


NO_HOURS, USUAL_HOURS = Hours(0, 0), Hours(None, None)


@dataclass(frozen=True)
class TooLong:
    """Hours that would leave less than a third of the day."""

    begin: int
    end: int


def read(words: str) -> Hours | TooLong | None:
    """The hours some words mean; None when they mean none."""
    said = plain(words[:80]).strip(" .!").casefold()
    if said in NONE:
        return NO_HOURS
    if said in USUAL:
        return USUAL_HOURS
    found = _HOURS.fullmatch(said)
    if found is None:
        return None
    begin, end = _minute(*found.groups()[:4]), _minute(*found.groups()[4:])
    if begin is None or end is None or begin == end:
        return None
    return TooLong(begin, end) if (end - begin) % DAY > LONGEST else Hours(begin, end)


def _minute(part: str | None, hour: str, minute: str | None, half: str | None) -> int | None:
    """A time of day in minutes; None for one that no clock shows."""
    h = number(hour)
    m = 30 if minute == "半" else number(minute or "0")
    if h is None or m is None or h > 24 or m > 59 or (h == 24 and m):
        return None
    if half:
        if not 1 <= h <= 12:
            return None
        h = h % 12 + (12 if half[0] == "p" else 0)
    elif part in _EVENING and 1 <= h < 12:
        h += 12
    elif part in {"晚上", "晚", "夜里", "半夜", "凌晨"} and h == 12:
        h = 0
    return (h * 60 + m) % DAY


def shown(begin: int, end: int) -> str:
    """ "22:00-08:00"."""
    return f"{begin // 60:02}:{begin % 60:02}–{end // 60:02}:{end % 60:02}"

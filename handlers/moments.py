"""Deadlines as owners type them: `周五20:00`, `明晚8点`, `Fri 8pm`, `28 Nov 20:00`, `24h`. Local wall times, read from now on.

A day without an hour means 20:00: what is read is read back before it opens. Pure.
"""

import re
from datetime import UTC, datetime, time, timedelta, tzinfo

EVENING = time(20, 0)
_LEAD = re.compile(r"^(?:截止(?:到|时间)?|截至|到|至|by|until|till|closes?|deadline|ends?)\s*[:=]?\s*", re.IGNORECASE)
_TAIL = re.compile(r"\s*(?:截止|结束|前|为止|sharp|o'clock)$", re.IGNORECASE)
_DAYS = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6,
         "一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}  # fmt: skip
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CLOCK = (
    r"(?P<half>上午|早上|中午|下午|傍晚|晚上|晚)?\s*(?:at )?(?P<h>\d{1,2})"
    r"(?:[:点时](?P<m>\d{2})?(?P<half_past>半)?分?|(?=\s*[ap]\.?m))\s*(?P<ampm>[ap]\.?m\.?)?"
)
_FULL_CLOCK = re.compile(_CLOCK, re.IGNORECASE)
_IN = re.compile(r"(?:in )?(\d{1,3})\s*(h|hours?|小时|个小时|d|days?|天|min|minutes?|分钟)(?:后|内)?", re.IGNORECASE)
_WEEKDAY = re.compile(
    r"(?:(?P<next>下|next )?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])"
    r"|(?P<following>next )?(?P<name>mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?)(?P<rest>.*)",
    re.IGNORECASE,
)
_NEAR = re.compile(r"(?P<day>今天|今晚|今日|明天|明晚|明日|后天|today|tonight|tomorrow)(?P<rest>.*)", re.IGNORECASE)
_DATES = (
    re.compile(r"(?P<y>\d{4})[-/.年](?P<mo>\d{1,2})[-/.月](?P<d>\d{1,2})[日号]?(?P<rest>(?:[ T]|$|\D).*|)"),
    re.compile(r"(?P<mo>\d{1,2})月(?P<d>\d{1,2})[日号]?(?P<rest>.*)"),
    re.compile(r"(?P<mo>\d{1,2})[-/](?P<d>\d{1,2})(?P<rest>(?: .*)?)"),
    re.compile(r"(?P<d>\d{1,2})\.(?P<mo>\d{1,2})\.(?P<rest>(?: .*)?)"),
    re.compile(r"(?P<d>\d{1,2})\.? (?P<month>[a-z]{3})[a-z]{0,6}\.?(?P<rest>.*)", re.IGNORECASE),
    re.compile(r"(?P<month>[a-z]{3})[a-z]{0,6}\.? (?P<d>\d{1,2})(?:st|nd|rd|th)?(?P<rest>(?:[ ,].*)?)", re.IGNORECASE),
)


def read(words: str, now: datetime, zone: tzinfo) -> datetime | None:
    """The instant some words mean, in UTC; None when they mean no time. It may lie in the past: then the words said so."""
    words = _TAIL.sub("", _LEAD.sub("", words.strip())).strip()
    found = _IN.fullmatch(words)
    if found:
        return now + _span(int(found[1]), found[2].lower())
    local = _local(words, now.astimezone(zone))
    return None if local is None else local.replace(tzinfo=zone).astimezone(UTC)


def _span(number: int, unit: str) -> timedelta:
    if unit.startswith(("d", "天")):
        return timedelta(days=number)
    return timedelta(minutes=number) if unit.startswith(("m", "分")) else timedelta(hours=number)


def _local(words: str, here: datetime) -> datetime | None:
    """The wall time, without a zone."""
    today = here.replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    for reading in (_by_weekday, _by_near_day, _by_date):
        found = reading(words, today, here.replace(tzinfo=None))
        if found is not None:
            return found
    clock = _clock(words, "")
    if clock is None or not words:
        return None
    at = today + clock
    return at if at > here.replace(tzinfo=None) else at + timedelta(days=1)


def _by_weekday(words: str, today: datetime, here: datetime) -> datetime | None:
    found = _WEEKDAY.fullmatch(words)
    clock = _clock(found["rest"]) if found else None
    if found is None or clock is None:
        return None
    ahead = _DAYS[found["day"] or found["name"].lower()[:3]] - today.weekday()
    if found["next"] or found["following"]:
        return today + timedelta(days=ahead + 7) + clock
    at = today + timedelta(days=ahead % 7) + clock
    return at if at > here else at + timedelta(days=7)


def _by_near_day(words: str, today: datetime, _: datetime) -> datetime | None:
    found = _NEAR.fullmatch(words)
    if found is None:
        return None
    day = found["day"].lower()
    clock = _clock(found["rest"], "晚" if day in {"今晚", "明晚", "tonight"} else "")
    ahead = 0 if day.startswith(("今", "today", "tonight")) else 2 if day == "后天" else 1
    return None if clock is None else today + timedelta(days=ahead) + clock


def _by_date(words: str, today: datetime, _: datetime) -> datetime | None:
    for pattern in _DATES:
        found = pattern.fullmatch(words)
        clock = _clock(found["rest"]) if found else None
        if found is not None and clock is not None:
            day = _day(found.groupdict(), today)
            return None if day is None else day + clock
    return None


def _day(parts: dict[str, str | None], today: datetime) -> datetime | None:
    """A date; without a year the next such day."""
    name = (parts.get("month") or "").lower()
    month = _MONTHS.index(name) + 1 if name in _MONTHS else int(parts.get("mo") or 0)
    try:
        day = datetime(int(parts.get("y") or today.year), month, int(parts["d"] or 0))  # noqa: DTZ001  # a wall time
        return day if parts.get("y") or day >= today else day.replace(year=today.year + 1)
    except ValueError:
        return None


def _clock(words: str, half: str = "") -> timedelta | None:
    """A time of day since midnight; the evening where none is named; None for words that are no time."""
    words = words.strip(" ,")
    if not words:
        return timedelta(hours=EVENING.hour)
    found = _FULL_CLOCK.fullmatch(words)
    if found is None:
        return None
    hour, minute = int(found["h"]), 30 if found["half_past"] else int(found["m"] or 0)
    half, ampm = found["half"] or half, (found["ampm"] or "").lower()
    if hour <= 12 and ampm:
        hour = hour % 12 + (12 if ampm[0] == "p" else 0)
    elif hour < 12 and half in {"下午", "傍晚", "晚上", "晚"}:
        hour += 12
    elif hour == 12 and half in {"晚上", "晚"}:
        hour = 24
    return timedelta(hours=hour, minutes=minute) if (hour < 24 and minute < 60) or (hour, minute) == (24, 0) else None

"""Cron expressions as POSIX means them (docs/decisions/0005-cron.md), as sets of numbers; wall times without a zone.

Five fields: minute, hour, day, month, weekday. 0 and 7 are Sunday. If both day and weekday are restricted, either will
do. Lists, ranges, steps and English names are taken.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MACROS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
HORIZON = timedelta(days=366 * 9)  # 29 February comes again after 8 years at the latest (around 2100)


class CronError(ValueError):
    """An expression that is not cron: `what` is wrong with it, and what would be `right`."""

    def __init__(self, what: str, right: str) -> None:
        super().__init__(f"{what}; {right}")
        self.what, self.right = what, right


@dataclass(frozen=True)
class _Field:
    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()

    def number(self, word: str) -> int:
        if word.lower() in self.names:
            return self.names.index(word.lower()) + self.low
        if not re.fullmatch(r"\d{1,3}", word, re.ASCII):
            known = f" or {self.names[0]} to {self.names[-1]}" if self.names else ""
            raise CronError(f"{self.name} {word[:20]!r} is no number", f"write {self.low} to {self.high}{known}")
        if not self.low <= int(word) <= self.high:
            raise CronError(f"{self.name} {word} does not exist", f"write {self.low} to {self.high}")
        return int(word)

    def values(self, text: str) -> frozenset[int]:
        return frozenset(value for item in text.split(",") for value in self._item(item))

    def _item(self, item: str) -> range:
        span, slash, step = item.partition("/")
        start, dash, end = span.partition("-")
        if slash and not (re.fullmatch(r"\d{1,3}", step, re.ASCII) and int(step) > 0):
            raise CronError(f"{self.name} {item[:20]!r} has no step", "write a number from 1 after /, as in */5")
        if span == "*":
            first, last = self.low, self.high
        else:
            first = self.number(start)
            last = self.number(end) if dash else (self.high if slash else first)
        if first > last == 0 and self.name == "weekday":
            last = 7
        if last < first:
            raise CronError(
                f"{self.name} {item[:20]!r} runs backwards", f"write it as two, {start}-{self.high},{self.low}-{end}"
            )
        return range(first, last + 1, int(step) if slash else 1)


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("weekday", 0, 7, _DAYS),
)


@dataclass(frozen=True)
class Cron:
    """A parsed expression. `either` is whether day or weekday alone suffices."""

    times: tuple[time, ...]  # rising
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]  # 1 Monday to 7 Sunday
    either: bool

    @classmethod
    @cache
    def parse(cls, text: str) -> "Cron":
        """Raises CronError for what is not cron, or never comes."""
        parts = text.split()
        if len(parts) != 5:
            right = _MACROS.get(text.strip().lower(), "0 18 * * fri")
            raise CronError(
                f"cron has {len(parts)} of 5 fields", f'write minute, hour, day, month and weekday, as in "{right}"'
            )
        minutes, hours, days, months, weekdays = (kind.values(part) for kind, part in zip(_FIELDS, parts, strict=True))
        times = tuple(time(hour, minute) for hour in sorted(hours) for minute in sorted(minutes))
        either = not {"*", "*/1"} & {parts[2], parts[4]}
        cron = cls(times, days, months, frozenset(day or 7 for day in weekdays), either)
        if not _comes(cls(_MIDNIGHT, days, months, cron.weekdays, either)):
            raise CronError(f"cron {text!r} never comes", "write a day that its months have")
        return cron

    def matches(self, day: date) -> bool:
        by_day, by_weekday = day.day in self.days, day.isoweekday() in self.weekdays
        return day.month in self.months and (by_day or by_weekday if self.either else by_day and by_weekday)

    def following(self, after: datetime) -> datetime | None:
        """The first wall time later than `after`, or None within a lifetime."""
        day = after.date()
        later = bisect_right(self.times, after.time())
        if later < len(self.times) and self.matches(day):
            return datetime.combine(day, self.times[later])
        last = min(day + HORIZON, date.max) if day.year < 9950 else date.max
        while day < last:
            day = self._next_day(day)
            if self.matches(day):
                return datetime.combine(day, self.times[0])
        return None

    def _next_day(self, day: date) -> date:
        """The next day, or the first of the next month if this one does not count."""
        if day.month in self.months:
            return day + timedelta(days=1)
        return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


_MIDNIGHT = (time(0),)


@cache
def _comes(days: Cron) -> bool:
    """Whether such a day ever comes. Thousands of expressions differ in little but their time of day."""
    return days.following(datetime(2000, 1, 1)) is not None  # noqa: DTZ001  # a wall time

"""When a campaign's slots are: `next_at` and `last_at` of dates, intervals and cron.

Dates and cron are local wall times without an offset. Invariants: `next_at` is later than what it is asked after and
rises with it; a wall time that the clocks skip happens once, at the first instant after the gap; one that they repeat
happens once, the first time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.core.config import When
from campaigns.cron import Cron

_SECOND = timedelta(seconds=1)


class Schedule(Protocol):
    """A row of slots in time."""

    def next_at(self, after: datetime) -> datetime | None:
        """The first slot later than `after`, in UTC; None if there is none."""

    def last_at(self, after: datetime, upto: datetime) -> datetime | None:
        """The last slot later than `after` and not later than `upto`, in UTC."""


def schedule_of(when: When, zone: str, first_loaded_at: datetime) -> Schedule:
    """The schedule of a campaign of a shop in `zone`, first loaded at that instant. Raises CronError."""
    if when.cron is not None:
        return CronSchedule(Cron.parse(when.cron), ZoneInfo(zone))
    if when.every is not None:
        return Interval(when.every, first_loaded_at.astimezone(UTC))
    if when.at is not None:
        return Dates(tuple(sorted({instant(wall, ZoneInfo(zone)) for wall in when.at})))
    return Dates(())  # after an event: the event brings the slot, not the clock


def instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant a wall time means in a zone, in UTC: of two the first, of none the first valid one after it."""
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == wall:
        return first
    return _gap_end(wall.replace(tzinfo=zone, fold=1).astimezone(UTC), first, zone)


def _gap_end(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the zone's offset changes between two instants, to the second."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + timedelta(seconds=(after - before) // _SECOND // 2)
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


@dataclass(frozen=True)
class Dates:
    """Given instants, rising."""

    slots: tuple[datetime, ...]

    def next_at(self, after: datetime) -> datetime | None:
        return next((slot for slot in self.slots if slot > after), None)

    def last_at(self, after: datetime, upto: datetime) -> datetime | None:
        return next((slot for slot in reversed(self.slots) if after < slot <= upto), None)


@dataclass(frozen=True)
class Interval:
    """Every `every`, counted in elapsed time from the first load; the first slot is one interval after it."""

    every: timedelta
    start: datetime

    def next_at(self, after: datetime) -> datetime | None:
        passed = max((after - self.start) // self.every, 0)
        return self.start + (passed + 1) * self.every

    def last_at(self, after: datetime, upto: datetime) -> datetime | None:
        slot = self.start + ((upto - self.start) // self.every) * self.every
        return slot if slot > max(after, self.start) else None


@dataclass(frozen=True)
class CronSchedule:
    """A cron expression in a zone's local time."""

    cron: Cron
    zone: ZoneInfo

    def next_at(self, after: datetime) -> datetime | None:
        wall: datetime | None = after.astimezone(self.zone).replace(tzinfo=None, fold=0)
        # In a repeated hour the wall times ahead may have happened already, the first time round: pass over those.
        while wall is not None and (wall := self.cron.following(wall)) is not None:
            if (slot := instant(wall, self.zone)) > after:
                return slot
        return None

    def last_at(self, after: datetime, upto: datetime) -> datetime | None:
        """Looks back in growing windows, so that a long silence does not cost a step for each minute of it."""
        for start, end in pairwise(_windows(after, upto)):
            last, slot = None, self.next_at(end)
            while slot is not None and slot <= start:
                last, slot = slot, self.next_at(slot)
            if last is not None:
                return last
        return None


def _windows(after: datetime, upto: datetime) -> Iterator[datetime]:
    """Instants going back from `upto` to `after`, each step four times the one before."""
    step, at = timedelta(hours=6), upto
    while at > after:
        yield at
        at, step = at - step, step * 4
    yield after

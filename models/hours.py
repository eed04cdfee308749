"""Quiet hours of a local day: whether an instant lies in them, and when they are next over.

Invariants: hours are wall time, so a change of the clock moves them with the people; `over_at` never lies before the
instant it was asked for, and is not within the hours itself.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """From `start` to before `end`, in minutes of the local day; they may run over midnight, and equal ones mean none."""

    start: int
    end: int

    def covers(self, at: datetime, zone: str) -> bool:
        """Whether it is quiet then, where the clock shows that zone's time."""
        local = at.astimezone(_zone(zone))
        minute = local.hour * 60 + local.minute
        if self.start <= self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end

    def over_at(self, at: datetime, zone: str) -> datetime:
        """The first instant from `at` on that is not quiet."""
        while self.covers(at, zone):  # a second time only where the clock is put back over the end
            at = self._end_after(at, _zone(zone))
        return at

    def _end_after(self, at: datetime, zone: ZoneInfo) -> datetime:
        local = at.astimezone(zone)
        end = datetime.combine(local.date(), time(self.end // 60 % 24, self.end % 60), tzinfo=zone)
        if local.hour * 60 + local.minute >= self.end:
            end += timedelta(days=1)
        for fold in (0, 1):
            if (instant := end.replace(fold=fold).astimezone(UTC)) > at:
                return instant
        return (at + _MINUTE).astimezone(UTC)


@lru_cache(256)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)

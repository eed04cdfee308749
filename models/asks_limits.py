"""How often a person may be asked, and when they are asleep. Pure.

Invariants: one ask a person a day, three a week; the same asker at most every 14 days where the circle has others; two
ignored in a row halve the rate; nobody is asked in their quiet hours. "A day" is both 24 hours and a calendar day of the
person, so neither a clock change nor a night between two asks makes them come closer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from models.states import AskState

DAY, WEEK, SAME_ASKER = timedelta(days=1), timedelta(days=7), timedelta(days=14)
A_WEEK = 3  # asks
IGNORED = 2  # in a row, that halve the rate
SLOWEST = 8  # times slower than the full rate, however many were ignored
REMEMBERED = WEEK * SLOWEST  # how far back asks can matter for a limit
MINUTES = 24 * 60


@dataclass(frozen=True)
class Past:
    """An ask that was put to somebody before."""

    put_at: datetime
    asker_id: int | None
    state: str


@dataclass(frozen=True)
class Night:
    """A person's quiet hours: minutes of the local day in a zone. `start` equal to `end`: none."""

    zone: str
    start: int
    end: int


def slowness(past: Sequence[Past]) -> int:
    """1 for who answers; twice that for each two asks in a row that were ignored. `past` is newest first."""
    ignored = 0
    for ask in past:
        if ask.state in {AskState.ANSWERED, AskState.DECLINED}:
            break
        ignored += ask.state == AskState.IGNORED
    return int(min(SLOWEST, 2 ** (ignored // IGNORED)))


def rested(past: Sequence[Past], now: datetime) -> bool:
    """Whether one more ask keeps within the day's and the week's limits at this person's pace. `past` is newest first."""
    pace = slowness(past)
    if past and now - past[0].put_at < DAY * pace:
        return False
    return sum(now - ask.put_at < WEEK * pace for ask in past) < A_WEEK


def fresh_to(past: Sequence[Past], asker_id: int | None, now: datetime) -> bool:
    """Whether this asker has not asked this person within 14 days. A campaign is nobody's asking."""
    if asker_id is None:
        return True
    return not any(ask.asker_id == asker_id and now - ask.put_at < SAME_ASKER for ask in past)


def asleep(night: Night, now: datetime) -> bool:
    """Whether `now` lies in the quiet hours."""
    local = now.astimezone(zone_of(night.zone))
    minute = local.hour * 60 + local.minute
    if night.start < night.end:
        return night.start <= minute < night.end
    return night.start != night.end and (minute >= night.start or minute < night.end)


def wakes(night: Night, now: datetime) -> datetime:
    """The end of the quiet hours that `now` lies in; `now` itself outside of them. A clock change may make it a step more."""
    at = now
    while asleep(night, at):
        local = at.astimezone(zone_of(night.zone))
        minute = local.hour * 60 + local.minute
        wait = (night.end - minute) % MINUTES or MINUTES
        at = at.replace(second=0, microsecond=0) + timedelta(minutes=min(wait, 60))  # by the hour: the clock may change
    return at


def local_day(night: Night, now: datetime) -> date:
    """The calendar day where the person lives."""
    return now.astimezone(zone_of(night.zone)).date()


@lru_cache(maxsize=600)
def zone_of(name: str) -> ZoneInfo:
    """The zone of that name; UTC for one this machine does not know."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")

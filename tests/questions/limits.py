"""The limits of asking, judged from outside: by the rows alone, with none of the rules' own code."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

DAY, WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True)
class Put:
    """An ask that was put, and what came of it by when. Times are instants."""

    question: int
    person: int
    asker: int | None
    at: datetime
    state: str
    settled: datetime | None


@dataclass(frozen=True)
class Sleep:
    """When a person wants quiet: minutes of the local day."""

    zone: str
    start: int = 1320
    end: int = 480


def broken(puts: Iterable[Put], sleeps: Mapping[int, Sleep]) -> list[str]:
    """Every limit that was not kept, a line each; written from what is promised, not from the rules' code."""
    found, of = list[str](), defaultdict[int, list[Put]](list)
    for put in sorted(puts, key=lambda one: one.at):
        of[put.person].append(put)
    for person, asks in of.items():
        if len({ask.question for ask in asks}) < len(asks):
            found.append(f"{person} was asked one question twice")
        for number, ask in enumerate(asks):
            found += [f"{person} at {ask.at}: {what}" for what in _broken(asks[:number], ask, sleeps[person])]
    return found


def _broken(before: list[Put], ask: Put, sleep: Sleep) -> Iterable[str]:
    local = ask.at.astimezone(ZoneInfo(sleep.zone))
    if _quiet(local.hour * 60 + local.minute, sleep):
        yield "in their quiet hours"
    pace = _pace(before, ask.at)
    if any(ask.at - other.at < DAY * pace for other in before):
        yield f"within {pace} days of another ask"
    if any(other.at.astimezone(ZoneInfo(sleep.zone)).date() == local.date() for other in before):
        yield "twice on one day"
    if sum(ask.at - other.at < WEEK * pace for other in before) >= 3:
        yield f"more than three asks in {pace} weeks"


def _quiet(minute: int, sleep: Sleep) -> bool:
    if sleep.start <= sleep.end:
        return sleep.start <= minute < sleep.end
    return minute >= sleep.start or minute < sleep.end


def _pace(before: list[Put], at: datetime) -> int:
    """Twice as slow for each two that were ignored in a row, up to eight times, as far as it was known then."""
    known = [put for put in before if put.settled is not None and put.settled <= at]
    ignored = 0
    for put in reversed(known):
        if put.state in {"answered", "declined"}:
            break
        ignored += put.state == "ignored"
    return int(min(8, 2 ** (ignored // 2)))

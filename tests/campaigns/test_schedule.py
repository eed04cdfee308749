"""Slots against a naive oracle that walks every minute, over zones and their clock changes."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.config import When
from campaigns.cron import Cron, CronError
from campaigns.schedule import CronSchedule, Interval, instant, schedule_of

MINUTE = timedelta(minutes=1)
ZONES = {  # zone: a day near one of its clock changes
    "Europe/Helsinki": "2026-03-29",
    "Europe/London": "2026-10-25",
    "America/New_York": "2026-11-01",
    "America/Sao_Paulo": "2018-11-04",  # skipped midnight
    "Africa/Cairo": "2026-04-24",  # skips midnight still
    "Asia/Beirut": "2026-03-29",
    "Australia/Lord_Howe": "2026-04-05",  # half an hour
    "Pacific/Apia": "2011-12-30",  # a day that never was
    "America/Santiago": "2026-09-06",
    "Africa/Casablanca": "2026-02-15",
    "Asia/Shanghai": "2026-06-01",
    "Asia/Kathmandu": "2026-06-01",
}


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def wall(text: str) -> datetime:
    """A time on the wall, of no zone."""
    return datetime.fromisoformat(text)


@lru_cache(10_000)
def holds(text: str, value: int, low: int, high: int) -> bool:
    for item in text.split(","):
        span, _, step = item.partition("/")
        first, dash, last = span.partition("-")
        start = low if span == "*" else int(first)
        end = high if span == "*" or (step and not dash) else int(last or first)
        if value in range(start, end + 1, int(step or 1)):
            return True
    return False


@lru_cache(200_000)
def shows(zone: str, at: datetime) -> datetime:
    """What a clock on the wall shows."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def matches(cron: str, shown: datetime) -> bool:
    """Cron as POSIX says it, read off the text with nothing of the code under test."""
    ranges = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
    minute, hour, day, month, weekday = cron.split()
    if not (holds(minute, shown.minute, *ranges[0]) and holds(hour, shown.hour, *ranges[1])):
        return False
    sunday = shown.isoweekday() % 7
    by_day = holds(day, shown.day, *ranges[2])
    by_weekday = holds(weekday, sunday, *ranges[4]) or (sunday == 0 and holds(weekday, 7, *ranges[4]))
    right_day = (by_day or by_weekday) if "*" not in (day, weekday) else (by_day and by_weekday)
    return right_day and holds(month, shown.month, *ranges[3])


def walked(cron: str, zone: str, start: datetime, end: datetime) -> list[datetime]:
    """Every slot later than start, by walking the minutes as a clock on the wall shows them."""
    slots, latest, at = [], None, start - timedelta(days=2)
    while at <= end:
        shown = shows(zone, at)
        skipped = [] if latest is None else [latest + MINUTE * n for n in range(1, (shown - latest) // MINUTE)]
        new = latest is None or shown > latest
        if new and at > start and (matches(cron, shown) or any(matches(cron, moment) for moment in skipped)):
            slots.append(at)
        latest = shown if new else latest
        at += MINUTE
    return slots


def number(low: int, high: int) -> st.SearchStrategy[str]:
    one = st.integers(low, high)
    pair = st.tuples(one, one).map(sorted)
    item = st.one_of(
        one.map(str),
        pair.map(lambda ends: f"{ends[0]}-{ends[1]}"),
        st.tuples(pair, st.integers(1, 9)).map(lambda parts: f"{parts[0][0]}-{parts[0][1]}/{parts[1]}"),
        st.integers(1, 20).map(lambda step: f"*/{step}"),
    )
    return st.one_of(st.just("*"), st.lists(item, min_size=1, max_size=3).map(",".join))


CRONS = st.tuples(number(0, 59), number(0, 23), number(1, 28), number(1, 12), number(0, 7)).map(" ".join)
NIGHTS = st.tuples(number(0, 59), number(0, 3), st.just("*"), st.just("*"), number(0, 7)).map(" ".join)


@settings(max_examples=120, deadline=None)
@given(cron=st.one_of(CRONS, NIGHTS), zone=st.sampled_from(sorted(ZONES)), hours=st.integers(-40, 20), minutes=st.integers(0, 59))
def test_every_slot_is_where_a_walk_over_the_minutes_finds_it(cron: str, zone: str, hours: int, minutes: int) -> None:
    start = utc(ZONES[zone]) + timedelta(hours=hours, minutes=minutes)
    end = start + timedelta(days=2)
    schedule, found, slot = CronSchedule(Cron.parse(cron), ZoneInfo(zone)), [], start
    while (slot := schedule.next_at(slot)) is not None and slot <= end:
        found.append(slot)
    assert found == walked(cron, zone, start, end)
    assert schedule.last_at(start, end) == (found[-1] if found else None)


@pytest.mark.parametrize("zone", sorted(ZONES))
def test_a_day_with_a_clock_change_has_its_evening_slot_once(zone: str) -> None:
    start = utc(ZONES[zone]) - timedelta(days=3)
    schedule = schedule_of(When.model_validate({"cron": "0 18 * * *"}), zone, start)
    slots = [start]
    while (slot := schedule.next_at(slots[-1])) is not None and slot <= start + timedelta(days=7):
        slots.append(slot)
    assert slots[1:] == walked("0 18 * * *", zone, start, start + timedelta(days=7))


def test_a_skipped_time_comes_at_the_first_valid_instant() -> None:
    helsinki = ZoneInfo("Europe/Helsinki")
    assert instant(wall("2026-03-29T03:30"), helsinki) == utc("2026-03-29T01:00")  # 03:00 became 04:00


def test_a_repeated_time_comes_the_first_time_only() -> None:
    schedule = CronSchedule(Cron.parse("30 3 * * *"), ZoneInfo("Europe/Helsinki"))
    first = schedule.next_at(utc("2026-10-24T12:00"))
    assert first == utc("2026-10-25T00:30")
    assert schedule.next_at(first) == utc("2026-10-26T01:30")


def test_friday_is_friday_and_both_0_and_7_are_sunday() -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    friday = CronSchedule(Cron.parse("0 18 * * fri"), shanghai).next_at(utc("2026-11-21T00:00"))
    assert friday == utc("2026-11-27T10:00")
    assert Cron.parse("0 0 * * 0") == Cron.parse("0 0 * * 7") == Cron.parse("0 0 * * SUN")
    assert Cron.parse("0 0 * * 5-7") == Cron.parse("0 0 * * fri-sun")


def test_a_day_or_a_weekday_will_do_when_both_are_named() -> None:
    cron = Cron.parse("0 0 13 * fri")
    assert cron.following(wall("2026-11-07")) == wall("2026-11-13")  # both
    assert cron.following(wall("2026-12-12")) == wall("2026-12-13")  # a Sunday
    assert cron.following(wall("2026-12-13")) == wall("2026-12-18")  # a Friday


def test_the_29th_of_february_is_found_over_the_turn_of_2100() -> None:
    assert Cron.parse("0 0 29 2 *").following(wall("2096-03-01")) == wall("2104-02-29")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("0 18 * *", "4 of 5 fields"), ("@weekly", "0 0 * * 0"), ("60 * * * *", "minute 60"), ("* 24 * * *", "hour 24"),
        ("0 0 0 * *", "day 0"), ("0 0 30 2 *", "never comes"), ("* * * * fry", "'fry'"), ("*/0 * * * *", "no step"),
        ("5-1 * * * *", "backwards"), ("0 0 * * 8", "weekday 8"), ("a * * * *", "'a'"), ("1,,2 * * * *", "''"),
        ("٣ * * * *", "no number"), ("", "0 of 5"),
    ],
)  # fmt: skip
def test_what_is_not_cron_is_told(text: str, what: str) -> None:
    with pytest.raises(CronError, match=r".+; .+") as refused:
        Cron.parse(text)
    assert what in str(refused.value)


@given(st.text(alphabet="0123456789*/,-@ abcdefjlmnoprstuwy", max_size=30))
def test_any_text_is_cron_or_refused_with_a_remedy(text: str) -> None:
    try:
        cron = Cron.parse(text)
    except CronError as error:
        refused = error
    else:
        assert cron.following(wall("2026-01-01")) is not None
        return
    assert refused.what
    assert refused.right


@given(st.integers(60, 10**6), st.integers(-(10**7), 10**7))
def test_intervals_count_from_the_first_load_and_never_drift(every: int, offset: int) -> None:
    start = utc("2026-11-21T12:34:56")
    schedule = Interval(timedelta(seconds=every), start)
    asked = start + timedelta(seconds=offset)
    slot = schedule.next_at(asked)
    assert slot is not None
    assert slot > asked
    assert slot > start
    assert (slot - start) % timedelta(seconds=every) == timedelta(0)
    assert slot - max(asked, start) <= timedelta(seconds=every)
    assert schedule.last_at(asked, slot) == slot


def test_dates_are_local_times_and_over_when_they_are_over() -> None:
    schedule = schedule_of(
        When.model_validate({"at": ["2026-12-24T18:00", "2026-12-01T18:00:30"]}), "Asia/Shanghai", utc("2026-11-21")
    )
    first = schedule.next_at(utc("2026-11-21"))
    assert first == utc("2026-12-01T10:00:30")
    assert schedule.next_at(first) == utc("2026-12-24T10:00")
    assert schedule.next_at(utc("2026-12-24T10:00")) is None
    assert schedule.last_at(utc("2026-11-21"), utc("2027-01-01")) == utc("2026-12-24T10:00")


def test_what_follows_an_event_has_no_slot_by_the_clock() -> None:
    assert schedule_of(When.model_validate({"after": "delivered"}), "UTC", utc("2026-11-21")).next_at(utc("2026-11-21")) is None

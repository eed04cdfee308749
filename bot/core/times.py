"""Times as people read them: in the circle's zone, with what is left, and as entities that do not go stale.

The part that says what is left is a `date_time` entity, which Telegram keeps right; its text is what old apps show.
"""

from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from markupsafe import Markup

WEEK = timedelta(days=6)  # within it a weekday names one day only
HALF_A_YEAR = timedelta(days=180)  # within it a day and month do
_LONG = {"en": "EEE d MMM HH:mm", "zh_CN": "M月d日 EEE HH:mm"}
_FAR = {"en": "EEE d MMM y HH:mm", "zh_CN": "y年M月d日 EEE HH:mm"}


def zone_named(name: str | None) -> tzinfo:
    """The zone of that name; UTC where nobody named one. Raises ZoneInfoNotFoundError for a name that is none."""
    return ZoneInfo(name or "UTC")


def when(instant: datetime, zone: tzinfo, now: datetime, language: str) -> str:
    """ "Fri 20:00" within six days either way, with the date beyond, and the year where the date alone would mean another."""
    away = abs(instant - now)
    pattern = "EEE HH:mm" if away < WEEK else _in(_LONG if away < HALF_A_YEAR else _FAR, language)
    return _written(instant.astimezone(zone).replace(tzinfo=None), pattern, language)


@lru_cache(maxsize=1024)
def _written(local: datetime, pattern: str, language: str) -> str:
    return format_datetime(local, format=pattern, locale=language)


def _in(patterns: dict[str, str], language: str) -> str:
    return patterns.get(language, patterns["en"])


def parts(left: timedelta) -> tuple[int, int, int]:
    """Days, hours and minutes; the two largest that matter, so that "2 d 4 h" does not count minutes. Never negative."""
    minutes = max(0, int(left.total_seconds() // 60))
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    return days, hours, 0 if days else minutes


def moment(instant: datetime, text: str) -> Markup:
    """A time that stands as it was written, in the circle's zone; tapped, the app shows it in the reader's own."""
    return Markup('<tg-time unix="{}">{}</tg-time>').format(int(instant.timestamp()), text)


def countdown(instant: datetime, text: str) -> Markup:
    """What is left until then, kept right by the app."""
    return Markup('<tg-time unix="{}" format="r">{}</tg-time>').format(int(instant.timestamp()), text)

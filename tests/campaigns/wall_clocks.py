"""What must have run in a year of slots: schedules in two spellings each, and an oracle that looks at the clocks on the wall.

It knows nothing of cron or of schedules, and walks through the year by quarters of an hour.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

ZONES = (
    "Australia/Lord_Howe", "Africa/Cairo", "Europe/Helsinki", "America/Santiago", "Pacific/Apia", "Africa/Casablanca",
    "Antarctica/Troll", "America/Sao_Paulo", "America/New_York", "Asia/Kolkata", "Asia/Shanghai", "Pacific/Auckland",
)  # fmt: skip
QUARTER, MINUTE, HOUR, DAY = timedelta(minutes=15), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
YEAR = 2026
EASTER = ("America/New_York", "Africa/Casablanca", "Antarctica/Troll", "Asia/Kolkata")  # changes on three days of spring
Wall = Callable[[datetime], bool]


@dataclass(frozen=True)
class Rule:
    """A schedule in two spellings, and what it means to somebody who looks at the clock on the wall."""

    name: str
    spellings: tuple[str, str]
    means: Wall


RULES = (
    Rule("sundays", ('cron = "0 0 * * sun"', 'cron = "0 0 * * 7"'),
         lambda wall: wall.isoweekday() == 7 and (wall.hour, wall.minute) == (0, 0)),
    Rule("sunday-nights", ('cron = "15 2 * * sun"', 'cron = "15 2 * * 0"'),
         lambda wall: wall.isoweekday() == 7 and (wall.hour, wall.minute) == (2, 15)),
)
MORE_RULES = (
    Rule("nights", ('cron = "15 2 * * *"', 'cron = "15 2 * * 0-6"'), lambda wall: (wall.hour, wall.minute) == (2, 15)),
    Rule("midnights", ('cron = "30 0 * * *"', 'cron = "30 0 1-31 * *"'), lambda wall: (wall.hour, wall.minute) == (0, 30)),
    Rule("mornings", ('cron = "30,45 3 * * *"', 'cron = "30-45/15 3 * * *"'),
         lambda wall: wall.hour == 3 and wall.minute in {30, 45}),
    Rule("hours", ('cron = "0 1-4 * * *"', 'cron = "0 1,2,3,4 * * *"'),
         lambda wall: 1 <= wall.hour <= 4 and wall.minute == 0),
)  # fmt: skip
EVERY = timedelta(hours=177)


@dataclass(frozen=True)
class Plan:
    """Which days, which zones, which schedules in each."""

    days: int
    year: int = YEAR
    zones: tuple[str, ...] = ZONES
    rules: Sequence[Rule] = RULES
    step: float = 8 * 3600.0  # seconds between two looks on average

    @property
    def start(self) -> datetime:
        return datetime(self.year, 1, 1, 12, tzinfo=UTC)

    @property
    def end(self) -> datetime:
        return self.start + self.days * DAY


def shows(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """(wall, moment): when a wall clock shows it for the first time; what it never shows counts when it has jumped over it."""
    seen: set[datetime] = set()
    moment = start + QUARTER - DAY
    shown = (moment - QUARTER).astimezone(zone).replace(tzinfo=None)
    while moment <= end:
        wall = moment.astimezone(zone).replace(tzinfo=None)
        shown += QUARTER
        while shown < wall:  # the clocks were put forward: these never came
            yield shown, moment
            shown += QUARTER
        shown = wall
        if wall not in seen:
            yield wall, moment
        seen.add(wall)
        moment += QUARTER


def expected(plan: Plan) -> dict[str, set[datetime]]:
    """Every slot of every campaign until the end."""
    slots_of: dict[str, set[datetime]] = {}
    start, end = plan.start, plan.end
    for number, name in enumerate(plan.zones):
        shown = [(wall, moment) for wall, moment in shows(ZoneInfo(name), start, end) if moment > start]
        for rule in plan.rules:
            slots_of[f"{rule.name}-{number}"] = {moment for wall, moment in shown if rule.means(wall)}
        slots_of[f"every-{number}"] = {start + EVERY * count for count in range(1, (end - start) // EVERY + 1)}
    return slots_of

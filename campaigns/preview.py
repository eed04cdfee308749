"""What will fire in the coming days, whom it reaches, how long it takes and what it may cost; from bot.toml alone.

What only the database knows is said and not guessed: circles approved in the chat come on top, and intervals are
counted as if the file were loaded at the start of the preview.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from bot.core.config import Campaign, Config, money_text
from campaigns.kinds import Forecast
from campaigns.registry import KINDS
from campaigns.schedule import schedule_of

MOST_SLOTS = 2_000  # of one campaign; a cron of every minute over a year is no preview


@dataclass(frozen=True)
class Coming:
    """One slot ahead, in its shop's local time."""

    campaign: str
    kind: str
    slot: datetime
    forecast: Forecast
    seconds: float
    currency: str

    @property
    def cost(self) -> str | None:
        """The most it can cost, as bot.toml writes money; None if nothing bounds it."""
        most = self.forecast.cost_max
        return None if most is None else money_text(most, self.currency)

    def as_json(self) -> dict[str, object]:
        """The face that other programs read (interface.md)."""
        return {
            "campaign": self.campaign,
            "kind": self.kind,
            "slot": self.slot.isoformat(),
            "audience": self.forecast.audience,
            "messages": self.forecast.messages,
            "seconds": self.seconds,
            "cost_max": self.cost,
            "currency": self.currency,
            "examples": list(self.forecast.examples),
        }


def preview(config: Config, at: datetime, days: int) -> list[Coming]:
    """All slots later than `at` within `days`, in order of time."""
    until = at + timedelta(days=days)
    coming = (slot for campaign in config.campaigns.values() for slot in _coming(config, campaign, at, until))
    return sorted(coming, key=lambda slot: (slot.slot, slot.campaign))


def seconds(messages: int, config: Config) -> float:
    """How long messages to that many different chats take at the platform's limit; the first leaves at once."""
    return round(max(messages - 1, 0) / config.rates.per_second, 1)


def _coming(config: Config, campaign: Campaign, at: datetime, until: datetime) -> Iterator[Coming]:
    shop, kind = config.shops[campaign.shop], KINDS[campaign.kind]
    forecast = kind.forecast(campaign, config)
    for slot in islice(_slots(campaign, shop.timezone, at, until), MOST_SLOTS):
        local = slot.astimezone(ZoneInfo(shop.timezone))
        yield Coming(campaign.id, campaign.kind, local, forecast, seconds(forecast.messages, config), shop.currency)


def _slots(campaign: Campaign, zone: str, at: datetime, until: datetime) -> Iterator[datetime]:
    schedule = schedule_of(campaign.schedule, zone, first_loaded_at=at)
    slot = schedule.next_at(at)
    while slot is not None and slot <= until:
        yield slot
        slot = schedule.next_at(slot)


def sentences(coming: list[Coming]) -> Iterator[str]:
    """The preview for a terminal, two lines a slot."""
    for slot in coming:
        yield f"{slot.slot:%a %Y-%m-%d %H:%M} {slot.slot.tzname()}  {slot.campaign} ({slot.kind})"
        count = slot.forecast.audience
        more = count - len(slot.forecast.examples)
        where = ", ".join(slot.forecast.examples) + (f" and {more} more" if more > 0 else "")
        cost = "no bound on what it may cost" if slot.cost is None else f"costs at most {slot.cost} {slot.currency}"
        circles = _counted(count, "circle") + (f" ({where})" if where else "")
        yield f"    {circles} · {_counted(slot.forecast.messages, 'message')} in {math.ceil(slot.seconds)} s · {cost}"


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"

"""What will fire in the coming days, whom it reaches and why, how long it takes and what it may cost.

From bot.toml alone, or with what a database knows (campaigns/reached.py). What only a database knows is said and not
guessed: without one, circles approved in the chat come on top, how many members there are is left open, and intervals
are counted as if the file were loaded at the start of the preview.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.core.config import Campaign, Config, Letters, money_text
from campaigns.kinds import Forecast
from campaigns.registry import KINDS
from campaigns.schedule import schedule_of

MOST_SLOTS = 2_000  # of one campaign; a cron of every minute over a year is no preview
AS_IT_COMES = frozenset({"reminder", "ask_buyers"})  # what these find is there only when their time comes


@dataclass(frozen=True)
class Reach:
    """What a slot of one campaign reaches. `whys`: why each of the forecast's examples is in it; `since`: its first load."""

    forecast: Forecast
    whys: tuple[str, ...] = ()
    since: datetime | None = None
    paused: bool = False


class Reaches(Protocol):
    """Where reaches are known from."""

    def of(self, campaign: Campaign) -> Reach:
        """What a slot of this campaign would reach now."""


@dataclass(frozen=True)
class FromFile:
    """What bot.toml alone knows."""

    config: Config

    def of(self, campaign: Campaign) -> Reach:
        return Reach(KINDS[campaign.kind].forecast(campaign, self.config))


@dataclass(frozen=True)
class Coming:
    """One slot ahead, in its shop's local time."""

    campaign: str
    kind: str
    slot: datetime
    reach: Reach
    seconds: float
    currency: str
    to_members: bool = False

    @property
    def forecast(self) -> Forecast:
        return self.reach.forecast

    @property
    def cost(self) -> str | None:
        """The most it can cost, as bot.toml writes money; None if nothing bounds it."""
        most = self.forecast.cost_max
        return None if most is None else money_text(most, self.currency)

    def as_json(self) -> dict[str, object]:
        """The face that other programs read; a key that is there stays."""
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
            "reasons": list(self.reach.whys),
            "paused": self.reach.paused,
        }


def preview(config: Config, at: datetime, days: int, reaches: Reaches | None = None) -> list[Coming]:
    """All slots later than `at` within `days`, in order of time."""
    known, until = reaches or FromFile(config), at + timedelta(days=days)
    coming = (slot for campaign in config.campaigns.values() for slot in _coming(config, campaign, known, at, until))
    return sorted(coming, key=lambda slot: (slot.slot, slot.campaign))


def seconds(messages: int, config: Config) -> float:
    """How long messages to that many different chats take at the platform's limit; the first leaves at once."""
    return round(max(messages - 1, 0) / config.rates.per_second, 1)


def to_members(campaign: Campaign) -> bool:
    """Whether it writes to members in private, so that only a database knows how many there are."""
    return isinstance(campaign, Letters) and campaign.to == "members" and campaign.kind not in AS_IT_COMES


def _coming(config: Config, campaign: Campaign, known: Reaches, at: datetime, until: datetime) -> Iterator[Coming]:
    shop = config.shops[campaign.shop]
    if campaign.schedule.after is not None:
        return  # an event brings each slot, and no clock
    reach = known.of(campaign)
    took = seconds(reach.forecast.messages, config)
    for slot in islice(_slots(campaign, shop.timezone, reach.since or at, at, until), MOST_SLOTS):
        local = slot.astimezone(ZoneInfo(shop.timezone))
        yield Coming(campaign.id, campaign.kind, local, reach, took, shop.currency, to_members(campaign))


def _slots(campaign: Campaign, zone: str, since: datetime, at: datetime, until: datetime) -> Iterator[datetime]:
    schedule = schedule_of(campaign.schedule, zone, first_loaded_at=since)
    slot = schedule.next_at(at)
    while slot is not None and slot <= until:
        yield slot
        slot = schedule.next_at(slot)


def sentences(coming: list[Coming]) -> Iterator[str]:
    """The preview for a terminal: two lines a slot, and one for each example that has a reason."""
    for slot in coming:
        paused = "  paused" if slot.reach.paused else ""
        yield f"{slot.slot:%a %Y-%m-%d %H:%M} {slot.slot.tzname()}  {slot.campaign} ({slot.kind}){paused}"
        yield f"    {' · '.join((_whom(slot), *_took(slot), _cost(slot)))}"
        for name, why in zip(slot.forecast.examples, slot.reach.whys, strict=False):
            yield f"      {name}: {why}"
        more = slot.forecast.audience - len(slot.reach.whys)
        if slot.reach.whys and more > 0:
            yield f"      … and {more} more"


def _whom(slot: Coming) -> str:
    """Whom a slot reaches, with a few by name unless they get a line each."""
    if _unknown(slot):
        return "members, counted once there is a database" if slot.to_members else "whomever it finds then"
    count, named = slot.forecast.audience, slot.forecast.examples
    more = count - len(named)
    where = "" if slot.reach.whys else ", ".join(named) + (f" and {more} more" if more > 0 else "")
    return _counted(count, "member" if slot.to_members else "circle") + (f" ({where})" if where else "")


def _unknown(slot: Coming) -> bool:
    """Whether nothing is known of how many it reaches."""
    counted = slot.reach.since is not None if slot.to_members else slot.kind not in AS_IT_COMES
    return not slot.forecast.audience and not counted


def _took(slot: Coming) -> Iterator[str]:
    if not _unknown(slot):
        yield f"{_counted(slot.forecast.messages, 'message')} in {math.ceil(slot.seconds)} s"


def _cost(slot: Coming) -> str:
    if slot.cost is None:
        return "no bound on what it may cost"
    return f"costs at most {slot.cost} {slot.currency}" if slot.forecast.cost_max else "costs nothing"


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"

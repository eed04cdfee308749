"""What campaigns of every kind must keep, and the way from bot.toml to a Config that keeps it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from bot.core.config import Campaign, Catalogue, Config, Finding, Loaded, Mistake
from bot.core.config import load as load_with
from bot.core.config.catalogue import circle_names
from bot.core.config.mistakes import listed, nearest, shown
from campaigns import reach, rules
from campaigns.cron import CronError
from campaigns.registry import KINDS
from campaigns.schedule import schedule_of

_SHORTEST = timedelta(minutes=1)
LASTING = ("lasts", "ttl", "hours", "window", "valid", "useful_for")


class ConfigRefused(Exception):  # noqa: N818  # reads as what happened
    """A configuration has mistakes; its text is one line for each."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = mistakes


@dataclass(frozen=True)
class Linter:
    """The rules that `bot.core.config.load` is given; `now` decides what lies in the past."""

    now: datetime
    _names: dict[str, frozenset[str]] = field(default_factory=dict)  # what each shop's circles are called by

    def kinds(self) -> Mapping[str, type[Campaign]]:
        return _models()

    def refused(self, data: Mapping[str, object]) -> Iterator[Finding]:
        return rules.refused(data)

    def lint(self, campaign: Campaign, catalogue: Catalogue) -> Iterator[Finding]:
        yield from self._schedule(campaign, catalogue)
        if campaign.shop not in self._names:
            self._names[campaign.shop] = _names_in(catalogue, campaign.shop)
        yield from _circles(campaign, catalogue, self._names[campaign.shop])
        yield from reach.lint(campaign, catalogue)
        own = list(KINDS[campaign.kind].lint(campaign, catalogue)) if campaign.kind in KINDS else []
        yield from own
        told = {finding.at for finding in own}
        yield from (finding for finding in _lengths(campaign) if finding.at not in told)

    def _schedule(self, campaign: Campaign, catalogue: Catalogue) -> Iterator[Finding]:
        when, shop = campaign.schedule, catalogue.shops.get(campaign.shop)
        if when.every is not None and when.every < _SHORTEST:
            yield Finding(("schedule", "every"), "every is less than a minute", 'write a minute or more, as in "1d"')
            return
        if when.after is not None and campaign.kind == "group_buy":
            what = "a group buy opens by the clock, not after an event of one member"
            yield Finding(("schedule", "after"), what, "write at, every or cron")
        try:
            schedule = schedule_of(when, shop.timezone if shop else "UTC", self.now)
        except CronError as error:
            yield Finding(("schedule", "cron"), error.what, error.right)
            return
        if when.at is not None and shop is not None and schedule.next_at(self.now) is None:
            right = "nothing will fire; write a time to come"
            yield Finding(("schedule", "at"), f"{max(when.at)} is over", right, warning=True)


@cache
def _models() -> Mapping[str, type[Campaign]]:
    return {name: kind.model for name, kind in KINDS.items()}


def _names_in(catalogue: Catalogue, shop: str) -> frozenset[str]:
    return frozenset(name for circle in catalogue.circles if circle.shop == shop for name in circle_names(circle))


def _circles(campaign: Campaign, catalogue: Catalogue, mine: Collection[str]) -> Iterator[Finding]:
    """Names must be known where bot.toml names circles at all; else circles are approved in the chat and known there."""
    if not catalogue.circles and not catalogue.broken:
        return
    for index, name in enumerate(campaign.circles):
        if name == "*" or name in mine or name in catalogue.broken:
            continue
        meant = nearest(name, mine)
        right = f"did you mean {shown(meant)}?" if meant else f"name {listed(sorted(mine) or ['*'])}, or add [[circle]]"
        kind = "tag" if name.startswith("#") else "circle"
        yield Finding(("circles", index), f"{campaign.shop} has no {kind} {shown(name)}", right)


def _lengths(campaign: Campaign) -> Iterator[Finding]:
    """What lasts no time ends before it begins, whatever the kind calls it."""
    for key in LASTING:
        if vars(campaign).get(key) == timedelta(0):
            yield Finding(
                (key,), f"{key} is nothing, so it would end as it begins", f'write a length, as in {key} = "24h"'
            )


def check(path: Path, now: datetime | None = None) -> Loaded:
    """Reads bot.toml with everything that is known of campaigns. Never raises for anything a file holds."""
    return load_with(path, Linter(now or datetime.now(UTC)))


def load(path: Path, now: datetime | None = None) -> Config:
    """The Config of a bot.toml. Raises ConfigRefused with a line for each mistake."""
    loaded = check(path, now)
    if loaded.config is None:
        raise ConfigRefused(loaded.mistakes)
    return loaded.config

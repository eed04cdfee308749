"""What campaigns of every kind must keep, and the way from bot.toml to a Config that keeps it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.core.config import Campaign, Catalogue, Config, Finding, Loaded, Mistake
from bot.core.config import load as load_with
from bot.core.config.catalogue import circle_names
from bot.core.config.mistakes import listed, nearest, shown
from campaigns.cron import Cron, CronError
from campaigns.registry import KINDS
from campaigns.schedule import schedule_of


class ConfigRefused(Exception):  # noqa: N818  # reads as what happened
    """A configuration has mistakes; its text is one line for each."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = mistakes


@dataclass(frozen=True)
class Linter:
    """The rules that `bot.core.config.load` is given; `now` decides what lies in the past."""

    now: datetime

    def kinds(self) -> Mapping[str, type[Campaign]]:
        return {name: kind.model for name, kind in KINDS.items()}

    def lint(self, campaign: Campaign, catalogue: Catalogue) -> Iterator[Finding]:
        yield from self._schedule(campaign, catalogue)
        yield from _circles(campaign, catalogue)
        if campaign.kind in KINDS:  # a kind that is missing or unknown was told already
            yield from KINDS[campaign.kind].lint(campaign, catalogue)

    def _schedule(self, campaign: Campaign, catalogue: Catalogue) -> Iterator[Finding]:
        when = campaign.schedule
        try:
            if when.cron is not None:
                Cron.parse(when.cron)
        except CronError as error:
            yield Finding(("schedule", "cron"), error.what, error.right)
        if when.every is not None and when.every.total_seconds() < 60:
            yield Finding(("schedule", "every"), "every is less than a minute", 'write a minute or more, as in "1d"')
        if when.after is not None and campaign.kind == "group_buy":
            right = "write at, every or cron"
            yield Finding(
                ("schedule", "after"), "a group buy opens by the clock, not after an event of one member", right
            )
        if when.at is not None and campaign.shop in catalogue.shops:
            zone = catalogue.shops[campaign.shop].timezone
            if schedule_of(when, zone, self.now).next_at(self.now) is None:
                yield Finding(
                    ("schedule", "at"),
                    f"{max(when.at)} is over",
                    "nothing will fire; write a time to come",
                    warning=True,
                )


def _circles(campaign: Campaign, catalogue: Catalogue) -> Iterator[Finding]:
    """Names must be known where bot.toml names circles at all; else circles are approved in the chat and known there."""
    mine = {name for circle in catalogue.circles if circle.shop == campaign.shop for name in circle_names(circle)}
    if not catalogue.circles and not catalogue.broken:
        return
    for index, name in enumerate(campaign.circles):
        if name == "*" or name in mine or name in catalogue.broken:
            continue
        meant = nearest(name, mine)
        right = f"did you mean {shown(meant)}?" if meant else f"name {listed(sorted(mine) or ['*'])}, or add [[circle]]"
        kind = "tag" if name.startswith("#") else "circle"
        yield Finding(("circles", index), f"{campaign.shop} has no {kind} {shown(name)}", right)


def check(path: Path, now: datetime | None = None) -> Loaded:
    """Reads bot.toml with everything that is known of campaigns. Never raises for anything a file holds."""
    return load_with(path, Linter(now or datetime.now(UTC)))


def load(path: Path, now: datetime | None = None) -> Config:
    """The Config of a bot.toml. Raises ConfigRefused with a line for each mistake."""
    loaded = check(path, now)
    if loaded.config is None:
        raise ConfigRefused(loaded.mistakes)
    return loaded.config

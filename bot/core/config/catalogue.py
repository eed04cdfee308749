"""What a whole bot.toml says: the Config, and the part of it that rules about several entries look at."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bot.core.config.entries import Campaign, Circle, Product, Shop
from bot.core.config.mistakes import Finding, Mistake
from bot.core.config.raw import Raw
from bot.core.config.sections import Attention, Bot, Rates, Webhook


@dataclass(frozen=True)
class Catalogue:
    """What is sold, by whom, where. `broken` names entries that stand in the files but have mistakes of their own."""

    languages: tuple[str, ...] = ("en",)
    shops: Mapping[str, Shop] = field(default_factory=dict)
    circles: tuple[Circle, ...] = ()
    products: Mapping[str, Product] = field(default_factory=dict)
    broken: frozenset[str] = frozenset()

    def circles_of(self, campaign: Campaign) -> tuple[Circle, ...]:
        """The circles of bot.toml that a campaign names, each once, in file order."""
        wanted = set(campaign.circles)
        return tuple(
            circle
            for circle in self.circles
            if circle.shop == campaign.shop and ("*" in wanted or wanted & circle_names(circle))
        )


@dataclass(frozen=True, kw_only=True)
class Config(Catalogue):
    """A bot.toml that has no mistake."""

    folder: Path
    bot: Bot
    rates: Rates
    attention: Attention
    webhook: Webhook | None
    campaigns: Mapping[str, Campaign]
    digest: str = ""  # of the files it was read from; other words, another digest


class Rules(Protocol):
    """What the layer above knows of the kinds of campaigns."""

    def kinds(self) -> Mapping[str, type[Campaign]]:
        """The model of each kind."""

    def refused(self, data: Mapping[str, object]) -> Iterable[Finding]:
        """What an entry breaks by its mere keys, before it is validated."""

    def lint(self, campaign: Campaign, catalogue: Catalogue) -> Iterable[Finding]:
        """What a campaign that is whole in itself breaks."""


@dataclass(frozen=True)
class Loaded:
    """What came of reading `file`: mistakes in file order, and the Config if there is none."""

    config: Config | None
    mistakes: tuple[Mistake, ...] = ()
    warnings: tuple[Mistake, ...] = ()
    file: str = "bot.toml"
    places: Mapping[str, Raw] = field(default_factory=dict)  # where each campaign stands

    def place(self, campaign: str) -> tuple[str, int]:
        """The file and the line of a campaign's id."""
        raw = self.places[campaign]
        return raw.source.file, raw.source.positions.line((*raw.path, "id"))


def circle_names(circle: Circle) -> set[str]:
    """Everything a campaign may call a circle by."""
    return {circle.name, *(f"#{tag}" for tag in circle.tags)}

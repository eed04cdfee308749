"""What the kinds that write have in common: a slot only begins a run, and the fan-out brings it to its end.

What an operator's text may name is in `Letters.placeholders`; each is a value, escaped, and the text is never a template.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Generic, TypeVar

from bot.core.config import Campaign, Catalogue, Config, Finding
from bot.core.config.letters import Letters
from bot.core.config.mistakes import listed, nearest, shown
from campaigns import terms
from campaigns.kinds import Forecast, Slot, Started

if TYPE_CHECKING:  # `tuan check` and `tuan preview` start without a database
    from sqlalchemy.orm import Session


L = TypeVar("L", bound=Letters)


class Writing(Generic[L]):
    """The part of the contract that is the same for all of them. Who has been written to stays written to."""

    def forecast(self, campaign: L, config: Config) -> Forecast:
        """Posts in circles are known from bot.toml; how many members there are only the database knows."""
        if campaign.to == "members":
            return Forecast(0, (), 0, 0)
        circles = config.circles_of(campaign)
        return Forecast(len(circles), tuple(circle.name for circle in circles[:5]), len(circles), 0)

    def start(self, session: "Session", slot: Slot, campaign: L, config: Config, now: datetime) -> Started:
        """The run goes on: the fan-out finds the receivers."""
        return Started({}, finished=False)

    def under_way(self, session: "Session", campaign: L) -> bool:
        """Its runs say that themselves."""
        return False

    def cancel(self, session: "Session", campaign: L, now: datetime) -> bool:
        """What has not left need not leave."""
        return True


def by_the_clock(campaign: Campaign, what: str) -> Iterator[Finding]:
    """For what circles see, or what a kind looks for by itself: an event of one member does not bring it."""
    if campaign.schedule.after is not None:
        yield Finding(("schedule", "after"), f"{what} goes by the clock, not after an event", "write at, every or cron")


def own_goods(campaign: Campaign, key: str | None, catalogue: Catalogue) -> Iterator[Finding]:
    """A product that a kind is about: it is there, and the campaign's shop sells it."""
    if key is None:
        return
    product = catalogue.products.get(key)
    if product is None:
        yield from terms.unknown_product(key, catalogue)
    elif product.shop != campaign.shop:
        yield terms.foreign_product(campaign, product)


def own_category(campaign: Campaign, category: str | None, catalogue: Catalogue) -> Iterator[Finding]:
    """A category that a kind is about: some product of the shop has it."""
    mine = sorted({p.category for p in catalogue.products.values() if p.shop == campaign.shop and p.category})
    if category is None or category in mine or catalogue.broken:
        return
    meant = nearest(category, mine)
    right = f"did you mean {shown(meant)}?" if meant else f"name {listed(mine) if mine else 'a category of a [[product]]'}"
    yield Finding(("category",), f"no product of {campaign.shop} is {shown(category)}", right)


def some_time(campaign: Campaign, *keys: str) -> Iterator[Finding]:
    """Lengths that must not be nothing."""
    for key in keys:
        if not getattr(campaign, key):
            yield Finding((key,), f"{key} is nothing", f'write a length, as in {key} = "24h"')

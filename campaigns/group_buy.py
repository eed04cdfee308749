"""The kind that opens a group buy (a round) in each of its circles at every slot."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from bot.core.config import Campaign, Catalogue, Config, Finding
from campaigns import terms
from campaigns.kinds import Forecast, Slot, Started

if TYPE_CHECKING:  # `tuan check` and `tuan preview` start without a database
    from sqlalchemy.orm import Session


class GroupBuy(terms.Terms):
    """A group buy at set times."""

    kind: Literal["group_buy"] = Field(description="Opens a group buy.", examples=['"group_buy"'])


@dataclass(frozen=True)
class GroupBuyKind:
    """The kind in the registry."""

    name: str = "group_buy"
    model: type[Campaign] = GroupBuy

    def lint(self, campaign: GroupBuy, catalogue: Catalogue) -> Iterator[Finding]:
        yield from _overlaps(campaign)
        yield from terms.lint(campaign, catalogue)

    def forecast(self, campaign: GroupBuy, config: Config) -> Forecast:
        """A card in each circle."""
        circles = config.circles_of(campaign)
        examples = tuple(circle.name for circle in circles[:5])
        return Forecast(len(circles), examples, len(circles), terms.cost_max(campaign, config))

    def start(self, session: "Session", slot: Slot, campaign: GroupBuy, config: Config, now: datetime) -> Started:
        from campaigns import opening  # noqa: PLC0415  # the database is needed only here

        return opening.open_rounds(session, slot, campaign, config, now)

    def under_way(self, session: "Session", campaign: GroupBuy) -> bool:
        from campaigns import opening  # noqa: PLC0415  # the database is needed only here

        return opening.under_way(session, campaign)

    def cancel(self, session: "Session", campaign: GroupBuy, now: datetime) -> bool:
        from campaigns import opening  # noqa: PLC0415  # the database is needed only here

        return opening.cancel_empty(session, campaign, now)


def _overlaps(campaign: GroupBuy) -> Iterator[Finding]:
    """An interval that comes round while its group buy is open: not wrong, but half of its slots would do nothing."""
    every = campaign.schedule.every
    if every is not None and every < campaign.closes_after and campaign.overlap == "skip":
        what = "closes_after is longer than every, so slots are skipped while one is open"
        yield Finding(("closes_after",), what, "close sooner, or come round less often", warning=True)

"""The kind that asks how it was: recent receivers of each product, in their circle, within everybody's limits of being asked.

Invariants: whom to spare is decided by the rules of asks alone; nobody is asked twice how the same purchase was. By the
clock `after` and `within` say whose purchase is asked about; after "delivered" the event's own delay does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from bot.core.config import Campaign, Catalogue, Config, Finding
from bot.core.config.letters import Letters
from bot.core.config.values import Duration
from bot.core.config.wording import Wording
from campaigns.kinds import Forecast, Slot, Started

if TYPE_CHECKING:  # `tuan check` and `tuan preview` start without a database
    from sqlalchemy.orm import Session

QUESTION = Wording(300, sent=True)  # it is shown as a question: nothing is filled in


class AskBuyers(Letters):
    """How was it: to those who received something lately."""

    kind: Literal["ask_buyers"] = Field(description="Asks recent receivers how it was.", examples=['"ask_buyers"'])
    to: Literal["members"] = Field("members", description="In private to those who pressed start.")
    after: Duration = Field(timedelta(days=2), description="How long they have had it at least.", examples=['"2d"'])
    within: Duration = Field(timedelta(days=14), description="How long ago they received it at most.", examples=['"14d"'])

    @property
    def wording(self) -> Wording:
        return QUESTION


@dataclass(frozen=True)
class AskBuyersKind:
    """The kind in the registry. Its slot puts the questions; who is asked and when is models/asks_waves.py's to say."""

    name: str = "ask_buyers"
    model: type[Campaign] = AskBuyers

    def lint(self, campaign: AskBuyers, catalogue: Catalogue) -> Iterator[Finding]:
        if campaign.schedule.after not in {None, "delivered"}:
            what = f"how was it is asked after delivered, not after {campaign.schedule.after}"
            yield Finding(("schedule", "after"), what, 'write schedule = { after = "delivered", delay = "3d" }')
        if campaign.after >= campaign.within:
            right = "make within longer than after"
            yield Finding(("within",), "within is not longer than after, so nobody is ever asked", right)
        if campaign.holdout:
            yield Finding(("holdout",), "holdout is for messages that sell; asking sells nothing", "leave holdout out here")

    def forecast(self, campaign: AskBuyers, config: Config) -> Forecast:
        """Who received something is in the database alone."""
        return Forecast(0, (), 0, 0)

    def start(self, session: "Session", slot: Slot, campaign: AskBuyers, config: Config, now: datetime) -> Started:
        from campaigns import asking  # noqa: PLC0415  # the database is needed only here

        return asking.ask(session, slot, campaign, config, now)

    def under_way(self, session: "Session", campaign: AskBuyers) -> bool:
        """Each slot asks those who are new."""
        return False

    def cancel(self, session: "Session", campaign: AskBuyers, now: datetime) -> bool:
        """What was asked stays asked."""
        return True

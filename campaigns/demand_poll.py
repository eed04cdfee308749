"""The kind that asks first: a members' poll in each circle, which opens the group buy there when enough want it.

Invariants: a vote joins nobody; the terms are those of the day the poll was posted; too few in its time, and nothing opens.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from bot.core.config import Campaign, Catalogue, Config, Finding
from bot.core.config.values import Duration
from campaigns import terms
from campaigns.kinds import Forecast, Letter, Receiver, RunOf, Slot, Started

if TYPE_CHECKING:  # `tuan check` and `tuan preview` start without a database
    from sqlalchemy.orm import Session

LONGEST_POLL = timedelta(days=30)


class DemandPoll(terms.Terms):
    """A poll at set times, and the group buy it may open."""

    kind: Literal["demand_poll"] = Field(description="A poll that opens a group buy.", examples=['"demand_poll"'])
    needed: Annotated[int, Field(ge=1, le=10_000)] = Field(description="How many must want it.", examples=["5"])
    lasts: Duration = Field(timedelta(days=2), description="How long the poll stands.", examples=['"48h"'])
    useful_for: Duration = Field(timedelta(days=2), description="How long after its slot it is still worth posting.")


@dataclass(frozen=True)
class DemandPollKind:
    """The kind in the registry."""

    name: str = "demand_poll"
    model: type[Campaign] = DemandPoll

    def lint(self, campaign: DemandPoll, catalogue: Catalogue) -> Iterator[Finding]:
        if campaign.lasts > LONGEST_POLL:
            yield Finding(("lasts",), f"lasts is {campaign.lasts.days} days", "write 30 days or less")
        if campaign.schedule.after is not None:
            yield Finding(("schedule", "after"), "a poll goes by the clock, not after an event", "write at, every or cron")
        yield from terms.lint(campaign, catalogue)

    def forecast(self, campaign: DemandPoll, config: Config) -> Forecast:
        """The poll, and the card that may follow it, in each circle."""
        circles = config.circles_of(campaign)
        examples = tuple(circle.name for circle in circles[:5])
        return Forecast(len(circles), examples, 2 * len(circles), terms.cost_max(campaign, config))

    def start(self, session: "Session", slot: Slot, campaign: DemandPoll, config: Config, now: datetime) -> Started:
        return Started({}, finished=False)

    def receivers(
        self, session: "Session", run: RunOf, campaign: DemandPoll, config: Config, after: int, limit: int, now: datetime
    ) -> list[Receiver]:
        from campaigns import receivers  # noqa: PLC0415  # the database is needed only here

        return receivers.circles(session, campaign, config, after, limit)

    def letter(
        self, session: "Session", receiver: Receiver, run: RunOf, campaign: DemandPoll, config: Config, now: datetime
    ) -> Letter | None:
        from campaigns import polling  # noqa: PLC0415  # the database is needed only here

        return polling.letter(session, receiver, run, campaign, now)

    def under_way(self, session: "Session", campaign: DemandPoll) -> bool:
        from campaigns import polling  # noqa: PLC0415  # the database is needed only here

        return polling.under_way(session, campaign)

    def cancel(self, session: "Session", campaign: DemandPoll, now: datetime) -> bool:
        from campaigns import polling  # noqa: PLC0415  # the database is needed only here

        return polling.cancel(session, campaign, now)

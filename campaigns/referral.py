"""The kind that thanks for invitations: while it lasts, a friend's first completed order pays both of them.

One level, no entry fee, paid after the return window: these are no settings. What it gives is bounded by `budget`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from bot.core.config import Campaign, Catalogue, Config, Finding
from bot.core.config.values import Duration, Money
from campaigns.kinds import Forecast, Slot, Started
from campaigns.writing import by_the_clock, some_time

if TYPE_CHECKING:  # `tuan check` and `tuan preview` start without a database
    from sqlalchemy.orm import Session

LONGEST = timedelta(days=366)


class Referral(Campaign):
    """Thanks for friends who come and buy."""

    kind: Literal["referral"] = Field(description="Thanks members for friends they bring.", examples=['"referral"'])
    reward: Money = Field(description="What the inviter gets, into the wallet.", examples=['"5.00"'])
    friend_reward: Money = Field(0, description="What the friend gets, into the wallet.", examples=['"3.00"'])
    window: Duration = Field(timedelta(days=14), description="How soon the friend's first order has to come.", examples=['"14d"'])
    hold: Duration = Field(
        timedelta(days=7), description="From the completed order to the reward, at least.", examples=['"7d"']
    )
    per_day: Annotated[int, Field(ge=1, le=100)] = Field(5, description="Friends one member may bring a day.")
    per_month: Annotated[int, Field(ge=1, le=1000)] = Field(30, description="Friends one member may bring a month.")
    budget: Money = Field(description="The most that all rewards of one slot may cost.", examples=['"500.00"'])
    lasts: Duration = Field(timedelta(days=30), description="How long friends may come by its links.", examples=['"30d"'])


@dataclass(frozen=True)
class ReferralKind:
    """The kind in the registry."""

    name: str = "referral"
    model: type[Campaign] = Referral

    def lint(self, campaign: Referral, catalogue: Catalogue) -> Iterator[Finding]:
        yield from by_the_clock(campaign, "an invitation")
        yield from some_time(campaign, "window")
        if not campaign.lasts or campaign.lasts > LONGEST:
            yield Finding(("lasts",), "lasts is nothing or more than 366 days", 'write a length, as in lasts = "30d"')
        if not campaign.reward and not campaign.friend_reward:
            yield Finding(("reward",), "reward is nothing, and so is friend_reward", 'write an amount, as in reward = "5.00"')
        if campaign.per_month < campaign.per_day:
            what = f"per_month is {campaign.per_month}, fewer than the {campaign.per_day} of a day"
            yield Finding(("per_month",), what, "write per_day or more")

    def forecast(self, campaign: Referral, config: Config) -> Forecast:
        """It writes to nobody by itself; it costs at most its budget."""
        circles = config.circles_of(campaign)
        return Forecast(len(circles), tuple(circle.name for circle in circles[:5]), 0, campaign.budget)

    def start(self, session: "Session", slot: Slot, campaign: Referral, config: Config, now: datetime) -> Started:
        from campaigns import inviting  # noqa: PLC0415  # the database is needed only here

        return inviting.open_offer(session, slot, campaign, config, now)

    def under_way(self, session: "Session", campaign: Referral) -> bool:
        from campaigns import inviting  # noqa: PLC0415  # the database is needed only here

        return inviting.under_way(session, campaign)

    def cancel(self, session: "Session", campaign: Referral, now: datetime) -> bool:
        """Never: whoever passed a link on was promised something."""
        return not self.under_way(session, campaign)

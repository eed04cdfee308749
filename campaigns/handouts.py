"""What the kinds red_packet, split_coupon and voucher_drop have in common: keys, checks, and a board in each circle.

Invariants: a slot opens one in each circle, once; it waits for the circle's attention budget or is left out there, by
`over_budget`; what was opened is never taken back, since members have seen it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Generic, TypeVar

from pydantic import ConfigDict, Field

from bot.core.config import Campaign, Config, Finding
from bot.core.config.values import Duration, Money
from campaigns.kinds import Forecast, Slot, Started
from campaigns.writing import by_the_clock

if TYPE_CHECKING:  # `tuan check` and `tuan preview` start without a database
    from sqlalchemy.orm import Session

    from models.packets_opening import NewPacket

MOST_SHARES = 1_000
LONGEST, LONGEST_WINDOW = timedelta(days=30), timedelta(minutes=10)
H = TypeVar("H", bound="Handout")


class Handout(Campaign):
    """The keys of whatever is handed out in circles."""

    model_config = ConfigDict(serialize_by_alias=True)

    valid: Duration = Field(timedelta(days=60), description="How long the vouchers are good.", examples=['"60d"'])
    min_order: Money = Field(0, description="The least an order must come to for the vouchers.", examples=['"30.00"'])
    standing: Duration = Field(timedelta(days=3), description="How long a member must have been in the circle.")

    @property
    def lasts(self) -> timedelta:
        """From opening to its end."""
        raise NotImplementedError

    @property
    def cost(self) -> int | None:
        """The most one circle can cost; None is without bound."""
        raise NotImplementedError

    @property
    def messages(self) -> int:
        """How many messages one circle's brings at most, its board among them."""
        raise NotImplementedError


class Handing(Generic[H]):
    """The part of the contract that is the same for all three."""

    def forecast(self, campaign: H, config: Config) -> Forecast:
        """A board in each circle, and a word to whoever was drawn."""
        circles = config.circles_of(campaign)
        cost = None if campaign.cost is None else campaign.cost * len(circles)
        return Forecast(len(circles), tuple(circle.name for circle in circles[:5]), campaign.messages * len(circles), cost)

    def start(self, session: "Session", slot: Slot, campaign: H, config: Config, now: datetime) -> Started:
        from campaigns import handing_out  # noqa: PLC0415  # the database is needed only here

        return handing_out.open_all(session, slot, campaign, self.new, config, now)

    def new(self, campaign: H, there: "NewPacket") -> "NewPacket":
        """What is opened in one circle: `there` with what this kind hands out."""
        raise NotImplementedError

    def under_way(self, session: "Session", campaign: H) -> bool:
        from campaigns import handing_out  # noqa: PLC0415  # the database is needed only here

        return handing_out.under_way(session, campaign)

    def cancel(self, session: "Session", campaign: H, now: datetime) -> bool:
        """Never: whoever tapped was promised a share, or a fair chance of one."""
        return not self.under_way(session, campaign)


def lint(campaign: Handout, key: str, what: str) -> Iterator[Finding]:
    """What any of them may break; `key` is what it calls the time it lasts."""
    yield from by_the_clock(campaign, what)
    if not campaign.lasts or campaign.lasts > LONGEST:
        yield Finding((key,), f"{key} is nothing or more than 30 days", f'write a length, as in {key} = "24h"')
    if not campaign.valid:
        yield Finding(("valid",), "valid is nothing, so nobody could use it", 'write a length, as in valid = "60d"')
    if campaign.holdout:
        yield Finding(("holdout",), "all of a circle see what is handed out there", "leave it out")


def lint_window(campaign: Handout, window: timedelta) -> Iterator[Finding]:
    """Taps are collected for a short while."""
    if window > LONGEST_WINDOW or window >= campaign.lasts > timedelta(0):
        yield Finding(("window",), "window is more than ten minutes or all of its time", 'write less, as in window = "30s"')


def lint_shares(shares: int, total: int) -> Iterator[Finding]:
    """A share is something."""
    if shares > total:
        yield Finding(("shares",), f"shares is {shares}, more than total has minor units", "write fewer shares, or a larger total")

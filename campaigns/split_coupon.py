"""The kind that lets friends open a coupon together: enough must tap in time, and who is new to the shop gets more of it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from bot.core.config import Campaign, Catalogue, Finding
from bot.core.config.values import Money
from campaigns import handouts
from campaigns.handouts import Handing, Handout

if TYPE_CHECKING:  # `tuan check` and `tuan preview` start without a database
    from models.packets_opening import NewPacket

MOST_FRIENDS = 20


class SplitCoupon(Handout):
    """A coupon at set times that a few friends open together."""

    kind: Literal["split_coupon"] = Field(description="A coupon that friends open together.", examples=['"split_coupon"'])
    total: Money = Field(gt=0, description="What it is worth for all of them together.", examples=['"12.00"'])
    shares: Annotated[int, Field(ge=2, le=MOST_FRIENDS)] = Field(description="How many it takes.", examples=["3"])
    hours: Annotated[int, Field(ge=1, le=720)] = Field(24, description="How long they have.", examples=["24"])

    @property
    def lasts(self) -> timedelta:
        return timedelta(hours=self.hours)

    @property
    def cost(self) -> int:
        return self.total

    @property
    def messages(self) -> int:
        return 1 + self.shares


@dataclass(frozen=True)
class SplitCouponKind(Handing[SplitCoupon]):
    """The kind in the registry."""

    name: str = "split_coupon"
    model: type[Campaign] = SplitCoupon

    def lint(self, campaign: SplitCoupon, catalogue: Catalogue) -> Iterator[Finding]:
        yield from handouts.lint(campaign, "hours", "a coupon")
        yield from handouts.lint_shares(campaign.shares, campaign.total)

    def new(self, campaign: SplitCoupon, there: "NewPacket") -> "NewPacket":
        from models.packets import PacketKind  # noqa: PLC0415  # the database is needed only here

        return replace(there, kind=PacketKind.COUPON, total=campaign.total, shares=campaign.shares, window=timedelta(0))

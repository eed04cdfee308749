"""The kind that hands out a red packet: shares of an amount in each circle, by a tap; those who tap first are drawn."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from bot.core.config import Campaign, Catalogue, Finding
from bot.core.config.values import Duration, Money
from campaigns import handouts
from campaigns.handouts import MOST_SHARES, Handing, Handout

if TYPE_CHECKING:  # `tuan check` and `tuan preview` start without a database
    from models.packets_opening import NewPacket


class RedPacket(Handout):
    """A red packet at set times."""

    kind: Literal["red_packet"] = Field(description="Hands out shares of an amount.", examples=['"red_packet"'])
    total: Money = Field(gt=0, description="What is in each circle's packet.", examples=['"20.00"'])
    shares: Annotated[int, Field(ge=1, le=MOST_SHARES)] = Field(description="How many members get one.", examples=["10"])
    split: Literal["equal", "random"] = Field("random", description="How the amount is split.")
    pays: Literal["voucher", "points"] = Field("voucher", alias="as", description="What a share is; a point is a minor unit.")
    ttl: Duration = Field(timedelta(days=1), description="How long it can be opened; the rest then goes back.", examples=['"24h"'])
    window: Duration = Field(
        timedelta(seconds=30), description="Taps this soon after the first are drawn, so that being first gains nothing."
    )

    @property
    def lasts(self) -> timedelta:
        return self.ttl

    @property
    def cost(self) -> int:
        return self.total

    @property
    def messages(self) -> int:
        return 1 + self.shares


@dataclass(frozen=True)
class RedPacketKind(Handing[RedPacket]):
    """The kind in the registry."""

    name: str = "red_packet"
    model: type[Campaign] = RedPacket

    def lint(self, campaign: RedPacket, catalogue: Catalogue) -> Iterator[Finding]:
        yield from handouts.lint(campaign, "ttl", "a red packet")
        yield from handouts.lint_window(campaign, campaign.window)
        yield from handouts.lint_shares(campaign.shares, campaign.total)
        if campaign.pays == "points" and campaign.min_order:
            yield Finding(("min_order",), "points go onto any order", 'leave it out, or write as = "voucher"')

    def new(self, campaign: RedPacket, there: "NewPacket") -> "NewPacket":
        from models.packets import Pays  # noqa: PLC0415  # the database is needed only here

        return replace(
            there, total=campaign.total, shares=campaign.shares, equal=campaign.split == "equal", pays=Pays(campaign.pays),
            window=campaign.window,
        )  # fmt: skip

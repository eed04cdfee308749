"""The kind that gives the same voucher to every member who taps for it, as long as there are some."""

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


class VoucherDrop(Handout):
    """Vouchers at set times."""

    kind: Literal["voucher_drop"] = Field(description="Gives vouchers to who taps for one.", examples=['"voucher_drop"'])
    amount: Annotated[Money, Field(gt=0)] | None = Field(None, description="What each takes off.", examples=['"5.00"'])
    percent: Annotated[int, Field(ge=1, le=100)] | None = Field(None, description="Or what part of the price.", examples=["10"])
    max: Money | None = Field(None, description="The most a percentage takes off.", examples=['"15.00"'])
    total: Annotated[int, Field(ge=1, le=MOST_SHARES)] | None = Field(
        None, description="How many each circle has; without it, one for everybody.", examples=["50"]
    )
    per_member: Annotated[int, Field(ge=1, le=100)] = Field(1, description="How many a member of several circles may have.")
    lasts_for: Duration = Field(timedelta(days=1), alias="lasts", description="How long it stands.", examples=['"24h"'])
    window: Duration = Field(
        timedelta(seconds=30), description="Taps this soon after the first are drawn, if there is not one for everybody."
    )

    @property
    def lasts(self) -> timedelta:
        return self.lasts_for

    @property
    def cost(self) -> int | None:
        each = self.amount or self.max
        return None if self.total is None or each is None else each * self.total

    @property
    def messages(self) -> int:
        return 1 + (self.total or 0)


@dataclass(frozen=True)
class VoucherDropKind(Handing[VoucherDrop]):
    """The kind in the registry."""

    name: str = "voucher_drop"
    model: type[Campaign] = VoucherDrop

    def lint(self, campaign: VoucherDrop, catalogue: Catalogue) -> Iterator[Finding]:
        yield from handouts.lint(campaign, "lasts", "a voucher drop")
        if campaign.total is not None:
            yield from handouts.lint_window(campaign, campaign.window)
        if (campaign.amount is None) == (campaign.percent is None):
            what = "has neither amount nor percent" if campaign.amount is None else "has both amount and percent"
            yield Finding(("kind",), f"a voucher {what}", 'write one, as in amount = "5.00"')
        if campaign.max is not None and campaign.percent is None:
            yield Finding(("max",), "max limits a percentage, and there is none", "leave it out, or write percent")

    def new(self, campaign: VoucherDrop, there: "NewPacket") -> "NewPacket":
        from models.packets import PacketKind  # noqa: PLC0415  # the database is needed only here
        from models.vouchers import Worth  # noqa: PLC0415  # the database is needed only here

        return replace(
            there, kind=PacketKind.DROP, worth=Worth.AMOUNT if campaign.percent is None else Worth.PERCENT,
            value=campaign.amount or campaign.percent or 0, most=campaign.max, shares=campaign.total,
            per_member=campaign.per_member, window=campaign.window,
        )  # fmt: skip

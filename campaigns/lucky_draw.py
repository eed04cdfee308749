"""The kind that draws lots: free, with odds and prizes shown, and checkable by anybody (docs/draws.md). Use it sparingly.

Its linter refuses a draw whose prizes are worth more than its stated budget.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from bot.core.config import Campaign, Catalogue, Config, Finding, money_text
from bot.core.config.mistakes import wrong
from bot.core.config.sections import Table
from bot.core.config.values import Duration, Many, Money, Texts
from campaigns.kinds import Forecast, Slot, Started
from campaigns.writing import by_the_clock

if TYPE_CHECKING:  # `tuan check` and `tuan preview` start without a database
    from sqlalchemy.orm import Session

MOST_WINNERS = 100
LONGEST = timedelta(days=60)


class DrawPrize(Table):
    """One prize: a voucher, points, or goods with what they are worth."""

    voucher: Money | None = Field(None, description="A voucher of the shop.", examples=['"5.00"'])
    points: Annotated[int, Field(ge=1, le=10_000_000)] | None = Field(None, description="Points of the shop.")
    goods: Texts = Field({}, description="A thing the owner hands over.", examples=['"A box of oranges"'])
    worth: Money = Field(0, description="What the goods are worth; counts towards budget.", examples=['"39.90"'])
    valid: Duration = Field(timedelta(days=60), description="How long the voucher is good.", examples=['"60d"'])

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        given = [name for name in ("voucher", "points", "goods") if getattr(self, name)]
        if len(given) != 1:
            raise wrong(f"has {' and '.join(given) or 'nothing'}", 'write one of voucher, points or goods')
        return self


class LuckyDraw(Campaign):
    """A lucky draw at set times."""

    kind: Literal["lucky_draw"] = Field(description="Draws lots.", examples=['"lucky_draw"'])
    prizes: Many[DrawPrize] = Field(
        min_length=1, max_length=MOST_WINNERS, description="What is won, first prize first.", examples=['[{ voucher = "5.00" }]']
    )
    winners: Annotated[int, Field(ge=1, le=MOST_WINNERS)] | None = Field(
        None, description="How many win, if there is one prize for all of them.", examples=["3"]
    )
    lasts: Duration = Field(timedelta(days=1), description="From opening to closing.", examples=['"24h"'])
    standing: Duration = Field(timedelta(days=3), description="How long a member must have been in the circle.")
    budget: Money | None = Field(None, description="The most the prizes of one circle may be worth.", examples=['"50.00"'])

    @property
    def places(self) -> tuple[DrawPrize, ...]:
        """A prize for each winner, in the order of drawing."""
        return self.prizes * (self.winners or 1) if len(self.prizes) == 1 else self.prizes


@dataclass(frozen=True)
class LuckyDrawKind:
    """The kind in the registry."""

    name: str = "lucky_draw"
    model: type[Campaign] = LuckyDraw

    def lint(self, campaign: LuckyDraw, catalogue: Catalogue) -> Iterator[Finding]:
        yield from by_the_clock(campaign, "a draw")
        if not campaign.lasts or campaign.lasts > LONGEST:
            yield Finding(("lasts",), "lasts is nothing or more than 60 days", 'write a length, as in lasts = "24h"')
        if campaign.winners not in (None, len(campaign.places)):
            what = f"winners is {campaign.winners}, but prizes names {len(campaign.prizes)}"
            yield Finding(("winners",), what, "name one prize for all winners, or leave winners out")
        currency = catalogue.shops[campaign.shop].currency if campaign.shop in catalogue.shops else "XXX"
        worth = _worth(campaign)
        if campaign.budget is not None and worth > campaign.budget:
            what = f"prizes are worth {money_text(worth, currency)}, above the budget of {money_text(campaign.budget, currency)}"
            yield Finding(("prizes",), what, "give less, or raise budget")

    def forecast(self, campaign: LuckyDraw, config: Config) -> Forecast:
        """A board, the tickets' hash and the record in each circle, and a word to each winner."""
        circles = config.circles_of(campaign)
        told = (3 + len(campaign.places)) * len(circles)
        return Forecast(len(circles), tuple(circle.name for circle in circles[:5]), told, _worth(campaign) * len(circles))

    def start(self, session: "Session", slot: Slot, campaign: LuckyDraw, config: Config, now: datetime) -> Started:
        from campaigns import drawing_lots  # noqa: PLC0415  # the database is needed only here

        return drawing_lots.open_draws(session, slot, campaign, config, now)

    def under_way(self, session: "Session", campaign: LuckyDraw) -> bool:
        from campaigns import drawing_lots  # noqa: PLC0415  # the database is needed only here

        return drawing_lots.under_way(session, campaign)

    def cancel(self, session: "Session", campaign: LuckyDraw, now: datetime) -> bool:
        """Never: whoever has a ticket was promised a draw."""
        return not self.under_way(session, campaign)


def _worth(campaign: LuckyDraw) -> int:
    """Minor units of all prizes of one circle; points are no money."""
    return sum((prize.voucher or 0) + prize.worth for prize in campaign.places)

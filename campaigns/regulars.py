"""The kind that thanks those who keep coming: nothing to buy, nothing to tap, once in `since`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from bot.core.config import Campaign, Catalogue, Config, Finding
from bot.core.config.audience import Audience, Comparison
from bot.core.config.letters import Letters
from bot.core.config.values import Duration
from campaigns.kinds import Letter, Receiver, RunOf
from campaigns.writing import Writing, by_the_clock, some_time

if TYPE_CHECKING:  # `tuan check` and `tuan preview` start without a database
    from sqlalchemy.orm import Session


class Regulars(Letters):
    """Thanks to regulars."""

    kind: Literal["regulars"] = Field(description="Thanks those who keep coming.", examples=['"regulars"'])
    to: Literal["members"] = Field("members", description="In private to those who pressed start.")
    since: Duration = Field(
        timedelta(days=90), description="Over how long orders are counted, and until the next thanks.", examples=['"90d"']
    )
    orders: Annotated[int, Field(ge=1, le=1000)] = Field(3, description="How many collected orders make a regular.")


@dataclass(frozen=True)
class RegularsKind(Writing[Regulars]):
    """The kind in the registry."""

    name: str = "regulars"
    model: type[Campaign] = Regulars

    def lint(self, campaign: Regulars, catalogue: Catalogue) -> Iterator[Finding]:
        yield from by_the_clock(campaign, "thanks to regulars")
        yield from some_time(campaign, "since")

    def receivers(
        self, session: "Session", run: RunOf, campaign: Regulars, config: Config, after: int, limit: int, now: datetime
    ) -> list[Receiver]:
        from campaigns import receivers  # noqa: PLC0415  # the database is needed only here
        from models import heard, regulars  # noqa: PLC0415  # the database is needed only here

        shop_id, since = receivers.shop_id(session, campaign), now - campaign.since

        def page(after: int, limit: int) -> list[Receiver]:
            return receivers.members(session, campaign, config, audience(campaign), after, limit, now)

        def keep_coming(batch: list[Receiver]) -> list[Receiver]:
            ids = [one.id for one in batch]
            came, last = regulars.orders_since(session, shop_id, ids, since), heard.last(session, run.campaign_id, ids)
            often = [one for one in batch if came.get(one.id, 0) >= campaign.orders]
            return [_thanked(one, came[one.id]) for one in often if one.id not in last or last[one.id] <= since]

        return receivers.those(page, keep_coming, after, limit)

    def letter(
        self, session: "Session", receiver: Receiver, run: RunOf, campaign: Regulars, config: Config, now: datetime
    ) -> Letter:
        from campaigns import letters  # noqa: PLC0415  # the database is needed only here

        params = letters.about(session, receiver, campaign, config)
        params |= {"orders": receiver.why["orders"], "days": campaign.since.days or 1}
        return Letter("regulars", params, mute_keys=letters.mute_keys(session, campaign))


def audience(campaign: Regulars) -> Audience:
    """Those of the audience who can have come so often: whoever has fewer orders in all need not be looked at."""
    often = campaign.audience.orders or Comparison(">=", campaign.orders)
    return campaign.audience.model_copy(update={"orders": often})


def _thanked(one: Receiver, orders: int) -> Receiver:
    return Receiver(one.id, {"code": "regular", "orders": orders}, one.about)

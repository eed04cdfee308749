"""The kind that asks for a showcase: some days after the goods were handed over, a photo with a few words.

Invariants: what it gives is the same whatever is said (the linter refuses paid praise, campaigns/rules.py); an order is
asked about once, and one that was shown or refunded not at all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from bot.core.config import Campaign, Catalogue, Config, Finding
from bot.core.config.letters import Letters
from campaigns.kinds import Letter, Receiver, RunOf
from campaigns.writing import Writing

if TYPE_CHECKING:  # `tuan check` and `tuan preview` start without a database
    from sqlalchemy.orm import Session


class ShowcaseCampaign(Letters):
    """Shows what came."""

    kind: Literal["showcase"] = Field(description="Asks buyers to show what came.", examples=['"showcase"'])
    to: Literal["members"] = Field("members", description="In private to those who pressed start.")
    points: Annotated[int, Field(ge=0, le=100_000)] = Field(
        0, description="Points for a showcase, whatever it says; a point is a minor unit off an order.", examples=["20"]
    )


@dataclass(frozen=True)
class ShowcaseKind(Writing[ShowcaseCampaign]):
    """The kind in the registry."""

    name: str = "showcase"
    model: type[Campaign] = ShowcaseCampaign

    def lint(self, campaign: ShowcaseCampaign, catalogue: Catalogue) -> Iterator[Finding]:
        if campaign.schedule.after != "delivered":
            right = 'write schedule = { after = "delivered", delay = "3d" }'
            yield Finding(("schedule",), "a showcase is asked for after goods were handed over", right)

    def receivers(
        self, session: "Session", run: RunOf, campaign: ShowcaseCampaign, config: Config, after: int, limit: int, now: datetime
    ) -> list[Receiver]:
        from campaigns import receivers  # noqa: PLC0415  # the database is needed only here

        return receivers.members(session, campaign, config, campaign.audience, after, limit, now)

    def letter(
        self, session: "Session", receiver: Receiver, run: RunOf, campaign: ShowcaseCampaign, config: Config, now: datetime
    ) -> Letter | None:
        from campaigns import letters  # noqa: PLC0415  # the database is needed only here
        from models import showcases  # noqa: PLC0415  # the database is needed only here
        from models.orders import Order  # noqa: PLC0415  # the database is needed only here
        from models.rows import load  # noqa: PLC0415  # the database is needed only here

        what, _, number = str(receiver.about.get("subject", "")).partition(":")
        if what != "order" or not showcases.wanted(session, int(number), receiver.id):
            return None
        order_id = int(number)
        params = letters.about(session, receiver, campaign, config)
        params |= {"order_id": order_id, "product_id": load(session, Order, order_id).product_id}
        params |= {"points": campaign.points, "buttons": "showcase"}
        return Letter("showcase_asked", params, mute_keys=letters.mute_keys(session, campaign), once=f"order:{order_id}")

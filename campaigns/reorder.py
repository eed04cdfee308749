"""The kind that notices when somebody's own cycle comes round: they buy it again and again, and it is about that time.

Invariants: the cycle is the median of the times between a member's own purchases; they hear of it once a cycle, before
a second one has passed, and not while they have a seat or goods under way.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from bot.core.config import Campaign, Catalogue, Config, Finding
from bot.core.config.letters import Letters
from bot.core.config.values import Key, Line
from campaigns.kinds import Letter, Receiver, RunOf
from campaigns.writing import Writing, by_the_clock, own_category, own_goods

if TYPE_CHECKING:  # `tuan check` and `tuan preview` start without a database
    from sqlalchemy.orm import Session


class Reorder(Letters):
    """A word at the end of a member's own cycle."""

    kind: Literal["reorder"] = Field(description="Notices a member's own cycle.", examples=['"reorder"'])
    to: Literal["members"] = Field("members", description="In private to those who pressed start.")
    product: Key | None = Field(None, description="The id of the [[product]] they keep buying.", examples=['"oranges"'])
    category: Line | None = Field(None, description="Or a category they keep buying in.", examples=['"fruit"'])
    orders: Annotated[int, Field(ge=2, le=50)] = Field(2, description="How many collected orders make a cycle.")


@dataclass(frozen=True)
class ReorderKind(Writing[Reorder]):
    """The kind in the registry."""

    name: str = "reorder"
    model: type[Campaign] = Reorder

    def lint(self, campaign: Reorder, catalogue: Catalogue) -> Iterator[Finding]:
        yield from by_the_clock(campaign, "a cycle")
        if (campaign.product is None) == (campaign.category is None):
            what = "names both product and category" if campaign.product else "names neither product nor category"
            yield Finding(("kind",), f"reorder {what}", 'write one of them, as in product = "oranges"')
        yield from own_goods(campaign, campaign.product, catalogue)
        yield from own_category(campaign, campaign.category, catalogue)

    def receivers(
        self, session: "Session", run: RunOf, campaign: Reorder, config: Config, after: int, limit: int, now: datetime
    ) -> list[Receiver]:
        from campaigns import cycling  # noqa: PLC0415  # the database is needed only here

        return cycling.receivers_of(session, run, campaign, config, after, limit, now)

    def letter(
        self, session: "Session", receiver: Receiver, run: RunOf, campaign: Reorder, config: Config, now: datetime
    ) -> Letter:
        from campaigns import cycling  # noqa: PLC0415  # the database is needed only here

        return cycling.letter(session, receiver, campaign, config)

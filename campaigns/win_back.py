"""The kind for those who bought before and have not for long: a word, and what is open in their circles. Rarely."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from bot.core.config import Campaign, Catalogue, Config, Finding
from bot.core.config.audience import Audience, Comparison
from bot.core.config.letters import Letters
from bot.core.config.values import Duration
from campaigns.kinds import Letter, Receiver, RunOf
from campaigns.writing import Writing, by_the_clock, some_time

if TYPE_CHECKING:  # `tuan check` and `tuan preview` start without a database
    from sqlalchemy.orm import Session


EVER = timedelta(days=36_500)  # longer than anybody has bought anything


class WinBack(Letters):
    """A word to those who have not bought for long."""

    kind: Literal["win_back"] = Field(description="Writes to who has not bought for long.", examples=['"win_back"'])
    to: Literal["members"] = Field("members", description="In private to those who pressed start.")
    quiet_for: Duration = Field(
        timedelta(days=60), description="How long they have not bought (what audience names, or anything).", examples=['"60d"']
    )
    again_after: Duration = Field(
        timedelta(days=180), description="How long until the same person may hear of it again.", examples=['"180d"']
    )


@dataclass(frozen=True)
class WinBackKind(Writing[WinBack]):
    """The kind in the registry."""

    name: str = "win_back"
    model: type[Campaign] = WinBack

    def lint(self, campaign: WinBack, catalogue: Catalogue) -> Iterator[Finding]:
        yield from by_the_clock(campaign, "who has not bought for long")
        yield from some_time(campaign, "quiet_for", "again_after")
        if campaign.audience.not_for is not None:
            yield Finding(("audience", "not_for"), "not_for says what quiet_for says", "leave not_for out, set quiet_for")

    def receivers(
        self, session: "Session", run: RunOf, campaign: WinBack, config: Config, after: int, limit: int, now: datetime
    ) -> list[Receiver]:
        from campaigns import receivers  # noqa: PLC0415  # the database is needed only here
        from models import heard  # noqa: PLC0415  # the database is needed only here

        def page(after: int, limit: int) -> list[Receiver]:
            return receivers.members(session, campaign, config, audience(campaign), after, limit, now)

        def rested(batch: list[Receiver]) -> list[Receiver]:
            last = heard.last(session, run.campaign_id, [one.id for one in batch])
            return [one for one in batch if one.id not in last or last[one.id] <= now - campaign.again_after]

        return receivers.those(page, rested, after, limit)

    def letter(
        self, session: "Session", receiver: Receiver, run: RunOf, campaign: WinBack, config: Config, now: datetime
    ) -> Letter | None:
        from campaigns import letters, receivers  # noqa: PLC0415  # the database is needed only here
        from models import digests  # noqa: PLC0415  # the database is needed only here

        there = receivers.circles_of(session, campaign, config, receiver.id)
        rounds = digests.open_rounds(session, there)
        if not rounds and not campaign.text:
            return None
        params = letters.about(session, receiver, campaign, config) | {"round_ids": list(rounds)}
        return Letter("win_back", params, mute_keys=letters.mute_keys(session, campaign))


def audience(campaign: WinBack) -> Audience:
    """Those of the audience who bought once, and not for so long: a number of orders that 0 fits brings nobody else."""
    wish = campaign.audience
    ever = {"within": EVER} if wish.within is None else {}
    return wish.model_copy(update={"not_for": campaign.quiet_for, "orders": wish.orders or Comparison(">=", 1), **ever})

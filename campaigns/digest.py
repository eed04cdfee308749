"""The kind that sums up: what is open, and what was answered since the time before. Nothing of either: nothing is sent."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from bot.core.config import Campaign, Catalogue, Config, Finding
from bot.core.config.letters import Letters
from campaigns.kinds import Letter, Receiver, RunOf
from campaigns.writing import Writing, by_the_clock

if TYPE_CHECKING:  # `tuan check` and `tuan preview` start without a database
    from sqlalchemy.orm import Session

LOOKS_BACK = timedelta(days=7)  # of the first one


class Digest(Letters):
    """What is open and what was answered, at set times."""

    kind: Literal["digest"] = Field(description="Sums up what is open and what was answered.", examples=['"digest"'])
    to: Literal["members", "circles"] = Field(
        "circles", description="One post in each circle, or in private to those who pressed start."
    )


@dataclass(frozen=True)
class DigestKind(Writing[Digest]):
    """The kind in the registry."""

    name: str = "digest"
    model: type[Campaign] = Digest

    def lint(self, campaign: Digest, catalogue: Catalogue) -> Iterator[Finding]:
        if campaign.to == "circles":
            yield from by_the_clock(campaign, "a digest in circles")

    def receivers(
        self, session: "Session", run: RunOf, campaign: Digest, config: Config, after: int, limit: int, now: datetime
    ) -> list[Receiver]:
        from campaigns import receivers  # noqa: PLC0415  # the database is needed only here

        if campaign.to == "circles":
            return receivers.circles(session, campaign, config, after, limit)
        return receivers.members(session, campaign, config, campaign.audience, after, limit, now)

    def letter(
        self, session: "Session", receiver: Receiver, run: RunOf, campaign: Digest, config: Config, now: datetime
    ) -> Letter | None:
        from campaigns import letters, receivers  # noqa: PLC0415  # the database is needed only here
        from models import digests, heard  # noqa: PLC0415  # the database is needed only here

        there = [receiver.id] if receiver.circle else receivers.circles_of(session, campaign, config, receiver.id)
        before = heard.last_slot(session, run.campaign_id, run.slot) if campaign.schedule.after is None else None
        since = before or run.slot - LOOKS_BACK  # another member's event says nothing of what this one has read
        told = digests.of_circles(session, there, since)
        if not told.rounds and not told.answers:
            return None
        if not receiver.circle:
            digests.told_in_private(session, receiver.id, told, now)
        params = letters.about(session, receiver, campaign, config)
        params |= {"round_ids": list(told.rounds), "answer_ids": list(told.answers)}
        return Letter("digest", params, mute_keys=letters.mute_keys(session, campaign))

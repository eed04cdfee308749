"""The kind that says something: an operator's words, perhaps with a picture, to members in private or to circles."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from bot.core.config import Campaign, Catalogue, Config, Finding
from bot.core.config.letters import Letters
from bot.core.config.values import Texts
from campaigns.kinds import Letter, Receiver, RunOf
from campaigns.writing import Writing

if TYPE_CHECKING:  # `tuan check` and `tuan preview` start without a database
    from sqlalchemy.orm import Session


OWNERS = "chat:"  # what the keys of owners' own broadcasts begin with


class Broadcast(Letters):
    """A message at set times."""

    kind: Literal["broadcast"] = Field(description="Says something.", examples=['"broadcast"'])
    text: Texts = Field(
        description="What it says; {name}, {circle} and {shop} are filled in.", examples=['{ en = "We are back, {name}." }']
    )


class FromChat(Broadcast):
    """An owner's own words: what bot.toml would hold, and where they are bold, links and the like (bot/core/marks.py)."""

    marks: list[list[object]] = Field([], description="What is bold, a link and the like.")


@dataclass(frozen=True)
class BroadcastKind(Writing[Broadcast]):
    """The kind in the registry."""

    name: str = "broadcast"
    model: type[Campaign] = Broadcast

    def lint(self, campaign: Broadcast, catalogue: Catalogue) -> Iterator[Finding]:
        return iter(())

    def receivers(
        self, session: "Session", run: RunOf, campaign: Broadcast, config: Config, after: int, limit: int, now: datetime
    ) -> list[Receiver]:
        from campaigns import receivers  # noqa: PLC0415  # the database is needed only here

        if campaign.to == "circles":
            return receivers.circles(session, campaign, config, after, limit)
        found = receivers.members(session, campaign, config, campaign.audience, after, limit, now)
        if not run.campaign.startswith(OWNERS):
            return found
        return [replace(one, why=by_owner(one.why, int(str(one.about["shop_id"])))) for one in found]

    def letter(
        self, session: "Session", receiver: Receiver, run: RunOf, campaign: Broadcast, config: Config, now: datetime
    ) -> Letter:
        from campaigns import letters  # noqa: PLC0415  # the database is needed only here

        about = letters.about(session, receiver, campaign, config)
        if isinstance(campaign, FromChat):
            about["marks"] = campaign.marks
        return Letter("campaign_words", about, mute_keys=letters.mute_keys(session, campaign))


def by_owner(why: Mapping[str, object], shop_id: int) -> Mapping[str, object]:
    """Whoever is only a member hears that the owner wrote; who bought hears that this is why."""
    return why if why["code"] != "member" else {"code": "owner", "shop_id": shop_id}

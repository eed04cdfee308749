"""The kind that reminds: in the circle of a deadline or of a step that is near, in private of what is to pay or to collect.

Invariants: a group buy is reminded of once for each campaign; what is to pay or to collect is reminded of once in all, by
the campaign or by itself, whichever comes first. What one owes or fetches is no promotion.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from bot.core.config import Campaign, Catalogue, Config, Finding
from bot.core.config.letters import Letters
from bot.core.config.values import Duration
from campaigns.kinds import Forecast, Letter, Receiver, RunOf
from campaigns.writing import Writing, by_the_clock, some_time

if TYPE_CHECKING:  # `tuan check` and `tuan preview` start without a database
    from sqlalchemy.orm import Session

IN_CIRCLES = ("deadline", "step")
_KEYS = {"before": ("deadline", "pay"), "missing": ("step",), "after": ("collect",)}


class Reminder(Letters):
    """Looks at every slot for what is near, and says so once."""

    kind: Literal["reminder"] = Field(description="Reminds of what is near.", examples=['"reminder"'])
    about: Literal["deadline", "step", "pay", "collect"] = Field(
        description="The end of a group buy, its next step, an order that is to be paid, one to be collected."
    )
    before: Duration = Field(timedelta(hours=3), description="How long before the deadline.", examples=['"3h"'])
    missing: Annotated[int, Field(ge=1, le=100)] = Field(1, description="How few are missing to the next step.")
    after: Duration = Field(timedelta(days=2), description="How long after the goods arrived.", examples=['"2d"'])


@dataclass(frozen=True)
class ReminderKind(Writing[Reminder]):
    """The kind in the registry."""

    name: str = "reminder"
    model: type[Campaign] = Reminder

    def lint(self, campaign: Reminder, catalogue: Catalogue) -> Iterator[Finding]:
        yield from by_the_clock(campaign, "a reminder")
        yield from some_time(campaign, "before")
        for key, fitting in _KEYS.items():
            if key in campaign.model_fields_set and campaign.about not in fitting:
                right = f"leave {key} out, or set about = \"{fitting[0]}\""
                yield Finding((key,), f"{key} says nothing about {campaign.about}", right)
        if "to" in campaign.model_fields_set:
            right = "leave to out: deadline and step are posted, pay and collect are told in private"
            yield Finding(("to",), "what a reminder is about decides where it is said", right)
        if campaign.about not in IN_CIRCLES and campaign.holdout:
            what = "holdout would keep from people what they owe or have to fetch"
            yield Finding(("holdout",), what, "leave holdout out here")

    def forecast(self, campaign: Reminder, config: Config) -> Forecast:
        """At most a line in each circle; in private it is their own doing."""
        circles = config.circles_of(campaign) if campaign.about in IN_CIRCLES else ()
        return Forecast(len(circles), tuple(circle.name for circle in circles[:5]), len(circles), 0)

    def receivers(
        self, session: "Session", run: RunOf, campaign: Reminder, config: Config, after: int, limit: int, now: datetime
    ) -> list[Receiver]:
        from campaigns import reminding  # noqa: PLC0415  # the database is needed only here

        if campaign.about in IN_CIRCLES:
            return reminding.of_rounds(session, run, campaign, config, after, limit, now)
        return reminding.of_orders(session, campaign, config, after, limit, now)

    def letter(
        self, session: "Session", receiver: Receiver, run: RunOf, campaign: Reminder, config: Config, now: datetime
    ) -> Letter | None:
        from campaigns import reminding  # noqa: PLC0415  # the database is needed only here

        if campaign.about in IN_CIRCLES:
            return reminding.of_round(session, receiver, campaign, now)
        return reminding.of_order(session, receiver, campaign, now)

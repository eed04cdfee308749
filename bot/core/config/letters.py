"""What campaigns that write to people have in common, whatever their kind."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bot.core.config.audience import Audience
from bot.core.config.entries import Campaign
from bot.core.config.values import Duration, Line
from bot.core.config.wording import NAME, THING, Wording, letter


class Letters(Campaign):
    """A campaign whose slots write to members in private, or post in circles.

    `placeholders` is what its text may name, with the letters of the longest value; a kind that knows more says more.
    """

    placeholders: ClassVar[Mapping[str, int]] = {"name": NAME, "circle": THING, "shop": THING}

    to: Literal["members", "circles"] = Field(
        "members", description="In private to those who pressed start, or one post in each circle."
    )
    audience: Audience = Field(
        Audience(), description="Which members; none: all of the circles.", examples=['{ category = "fruit", orders = ">=2" }']
    )
    photo: Line | None = Field(None, description="A picture inside this folder.", examples=['"photos/oranges.jpg"'])
    useful_for: Duration = Field(
        timedelta(days=2), description="How long after its slot a message is still worth sending."
    )
    at_most: Annotated[int, Field(ge=1, le=10_000_000)] | None = Field(
        None, description="Most messages one run sends.", examples=["500"]
    )

    @property
    def wording(self) -> Wording:
        names = dict(self.placeholders)
        if self.to == "circles" and "name" in names:
            names["name"] = THING  # a circle is called by its own
        return letter(names, below_photo=self.photo is not None)

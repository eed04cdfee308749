"""The contract that every kind of campaign fulfils; campaigns/registry.py is where the engine finds them.

A kind is one file: its keys in bot.toml, what its linter refuses, what a slot of it will do and cost, and the doing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, TypeVar

from bot.core.config import Campaign, Catalogue, Config, Finding

if TYPE_CHECKING:  # `tuan check` and `tuan preview` start without a database
    from sqlalchemy.orm import Session

C_contra = TypeVar("C_contra", bound=Campaign, contravariant=True)


@dataclass(frozen=True)
class Forecast:
    """What one slot would do. `audience` counts the chats or people reached; money is in minor units, None is without bound."""

    audience: int
    examples: tuple[str, ...]
    messages: int
    cost_max: int | None


@dataclass(frozen=True)
class Slot:
    """One scheduled time of a campaign, taken: `run_id` is its run's and nobody else's."""

    campaign: str
    run_id: int
    at: datetime


@dataclass(frozen=True)
class Started:
    """What starting a slot came to; `finished` if nothing of it is left to do. The record is kept with the run."""

    record: Mapping[str, object]
    finished: bool = True


class Kind(Protocol[C_contra]):
    """One kind of campaign. `start`, `under_way` and `cancel` run inside the transaction that takes the slot."""

    @property
    def name(self) -> str:
        """What bot.toml calls it."""

    @property
    def model(self) -> type[Campaign]:
        """Its keys in bot.toml."""

    def lint(self, campaign: C_contra, catalogue: Catalogue) -> Iterator[Finding]:
        """What it breaks, key by key."""

    def forecast(self, campaign: C_contra, config: Config) -> Forecast:
        """What one slot would do, from bot.toml alone."""

    def start(self, session: "Session", slot: Slot, campaign: C_contra, config: Config, now: datetime) -> Started:
        """Does what the slot is for. Whatever it writes is kept or lost together with the run."""

    def under_way(self, session: "Session", campaign: C_contra) -> bool:
        """Whether what an earlier slot started still goes on."""

    def cancel(self, session: "Session", campaign: C_contra, now: datetime) -> bool:
        """Ends what earlier slots started, if that harms nobody; False, and nothing changed, if it would."""


@dataclass(frozen=True)
class RunOf:
    """A run that is being fanned out: of which campaign (its row and its key), for which slot."""

    run_id: int
    campaign_id: int
    campaign: str
    slot: datetime


@dataclass(frozen=True)
class Receiver:
    """One member or circle of a run's audience: `why` they are in it (code and params), and what it is `about` for them.

    `circle`: the id is a circle's, and the letter is a post there; one run has receivers of one sort. An `about` with a
    `circle_id` says in which circle a member must still be when the letter leaves; else any of the shop's will do.
    """

    id: int
    why: Mapping[str, object]
    about: Mapping[str, object] = field(default_factory=dict)
    circle: bool = False


@dataclass(frozen=True)
class Letter:
    """What one receiver is told. Its params are JSON values; the words are chosen when it leaves.

    `promotion` is False for what answers the reader's own doing (their payment, their goods): it has no budget and no
    quiet hours, and of mutes only its own `mute_keys` hold it back. `once` makes it unique beyond its run, as in
    "deadline:17": told by any run of the campaign in the last two years, it is told. Without `expires_at` it is of use for
    the campaign's `useful_for`. The engine adds `why` and `campaign` to the params.
    """

    template: str
    params: Mapping[str, object]
    promotion: bool = True
    mute_keys: tuple[str, ...] = ()
    once: str | None = None
    expires_at: datetime | None = None


class Writes(Kind[C_contra], Protocol[C_contra]):
    """A kind whose slots write to people or circles: the engine fans it out batch by batch (campaigns/fanout.py)."""

    def receivers(
        self, session: "Session", run: RunOf, campaign: C_contra, config: Config, after: int, limit: int, now: datetime
    ) -> "list[Receiver]":
        """The next receivers with ids above `after`, rising, at most `limit`; fewer mean that there are no more. Reads only."""

    def letter(
        self, session: "Session", receiver: Receiver, run: RunOf, campaign: C_contra, config: Config, now: datetime
    ) -> "Letter | None":
        """What this receiver is told; None if there is nothing to tell them. Runs in the transaction that queues it."""

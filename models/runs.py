"""What people are shown of campaigns and their runs: plain values, the same for the chat, the terminal and a page.

Invariant: every member (or circle) that a run decided on is counted once, under what became of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from models.campaigns import RunState


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run: how far it is, whom it reached, whom not and why.

    `counts` says what became of those decided on, by recipients.Outcome or, once a message stood for them, by its state
    ("delivered", "unknown", "dead", "parked", "queued", "held", "sending"); what is zero is left out. `waited` counts those
    who had to wait, by what for: "over_budget", "quiet_hours".
    """

    id: int
    campaign_id: int
    campaign: str  # its key
    kind: str
    shop_id: int | None
    slot: datetime
    state: RunState
    started_at: datetime
    finished_at: datetime | None
    all_decided: bool  # False: the end of its audience is not reached yet, so `decided` still grows
    decided: int  # members or circles decided on so far
    planned: int  # messages that were queued for them
    sent: int  # of these left: delivered, or cut off in mid-send
    waiting: int  # of these not yet left
    counts: Mapping[str, int] = field(default_factory=dict)
    waited: Mapping[str, int] = field(default_factory=dict)
    paused_why: str | None = None  # "person" or "failures"
    error: str | None = None  # the code of the rule that refused its start
    by: int | None = None  # the owner whose broadcast it is


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """One campaign as operators see it in a list. `next_at` is None where an event decides, or nothing comes any more."""

    id: int
    key: str
    kind: str
    shop: str  # its name
    zone: str  # the shop's, in which its times are told
    paused: bool
    next_at: datetime | None
    event: str | None
    last: RunLine | None


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a broadcast would reach, before it is confirmed. `seconds` at the platform's limits."""

    count: int  # members, or circles
    of_whom_reachable: int
    seconds: float
    examples: tuple[str, ...] = ()  # names

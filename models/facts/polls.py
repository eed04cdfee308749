"""What happened to members' polls that open a group buy."""

from dataclasses import dataclass

from models.facts.base import CircleFact, Fact


@dataclass(frozen=True)
class PollReached(Fact):
    """Enough members want it: the group buy is open. `wanted`: how many do."""

    poll: int
    wanted: int


@dataclass(frozen=True)
class PollLost(CircleFact):
    """A poll was cut off while it left, and nobody knows whether it stands in its chat."""

    poll: int


@dataclass(frozen=True)
class PollEnded(CircleFact):
    """A poll's time is over and too few wanted it: `wanted` of `needed`."""

    poll: int
    wanted: int
    needed: int

"""What a run opened in circles (a group buy, a draw, a packet): in how many at once, in which later, and where not.

Invariant: a run's record is written and read here alone, so a kind that opens something is told of in the same words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

NO_PRODUCT, SOLD_OUT = "no_product", "sold_out"  # why a run opened nothing at all


@dataclass(frozen=True, slots=True)
class Opened:
    """What came of a run that opens something. `later`: when it does where the circle had no room for a post yet."""

    at_once: int  # circles
    later: tuple[datetime, ...] = ()  # a circle each, the soonest first
    left_out: int = 0  # circles that had no room, by the campaign's over_budget
    why: str | None = None  # NO_PRODUCT, SOLD_OUT; a record of long ago has a sentence


def record(when: Mapping[int, datetime | None], now: datetime) -> dict[str, object]:
    """What a run keeps: for each circle when it opens there; None is left out."""
    kept: dict[str, object] = {"opened": sum(at is not None and at <= now for at in when.values())}
    kept["circles"] = [circle_id for circle_id, at in when.items() if at is not None]
    if later := {str(circle_id): at.isoformat() for circle_id, at in when.items() if at is not None and at > now}:
        kept["later"] = later
    if left_out := [circle_id for circle_id, at in when.items() if at is None]:
        kept["over_budget"] = left_out
    return kept


def nothing(why: str) -> dict[str, object]:
    """What a run keeps that opened nothing anywhere."""
    return {"opened": 0, "why": why}


def read(kept: Mapping[str, object]) -> Opened | None:
    """What a record says of it; None where nothing is opened in circles."""
    at_once, later, left_out, why = (kept.get(key) for key in ("opened", "later", "over_budget", "why"))
    if not isinstance(at_once, int):
        return None
    moments = sorted(datetime.fromisoformat(str(at)) for at in later.values()) if isinstance(later, Mapping) else []
    full = len(left_out) if isinstance(left_out, list) else 0
    return Opened(at_once, tuple(moments), full, why if isinstance(why, str) else None)

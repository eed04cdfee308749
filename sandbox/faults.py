"""Trouble on demand: the platform at its worst, reproducible by a seed."""

import random
from dataclasses import dataclass, field
from typing import Any

from sandbox.errors import bad_request

SECONDS = {"429": 3.0, "stall": 30.0}  # how long, where nobody says
KINDS = ("429", "5xx", "reset-after-accept", "stall", "duplicate", "reorder")


@dataclass(slots=True)
class Fault:
    """One kind of trouble for one method (`*` for all) at a rate of 0–1; `left` counts down where a number was given."""

    method: str
    kind: str
    rate: float
    seed: int
    seconds: float = 30.0
    left: int = -1
    chance: random.Random = field(default_factory=random.Random)

    def strikes(self) -> bool:
        if self.left == 0 or self.chance.random() >= self.rate:
            return False
        self.left -= 1 if self.left > 0 else 0
        return True

    def api(self) -> dict[str, Any]:
        return {
            "method": self.method,
            "kind": self.kind,
            "rate": self.rate,
            "seed": self.seed,
            "seconds": self.seconds,
            "left": self.left,
        }


class Faults:
    """The faults that are switched on. `duplicate` and `reorder` concern updates, the others the answers to calls."""

    def __init__(self) -> None:
        self.on: list[Fault] = []

    def add(self, body: dict[str, Any]) -> Fault:
        kind = str(body.get("kind", ""))
        rate, seed = body.get("rate", 1.0), body.get("seed", 0)
        seconds = body.get("seconds", body.get("retry_after", SECONDS.get(kind, 0.0)))
        if kind not in KINDS:
            raise bad_request(f"kind must be one of {', '.join(KINDS)}")
        if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 <= rate <= 1:
            raise bad_request("rate must be a number from 0 to 1")
        if not isinstance(seed, int) or not isinstance(seconds, int | float):
            raise bad_request("seed and seconds must be numbers")
        method = str(body.get("method") or "*")
        fault = Fault(method, kind, float(rate), seed, float(seconds), int(body.get("count", -1)), random.Random(seed))  # noqa: S311  (reproducible on purpose)
        self.on = [f for f in self.on if (f.method, f.kind) != (method, kind)]
        if rate > 0:
            self.on.append(fault)
        return fault

    def strike(self, method: str, *kinds: str) -> Fault | None:
        """The fault that hits this call now, if one does."""
        for fault in self.on:
            if (
                fault.kind in kinds
                and (fault.method in ("*", "") or fault.method.lower() == method.lower())
                and fault.strikes()
            ):
                return fault
        return None

    def clear(self) -> None:
        self.on.clear()

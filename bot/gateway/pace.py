"""How often a card may be edited: at once after a quiet while, less often in a hot minute.

Invariant: at most 20 edits of a card in any minute, and fewer when they follow each other closely, so that the
circle's other messages keep their share of the group's 20 a minute.
"""

from collections import deque
from collections.abc import Callable, Mapping

_MINUTE = 60.5
_BRISK = 8  # edits in a minute after which the gap doubles: 14 a minute at a gap of 3 s, 6 left for other messages
_MOST = 20


class CardPace:
    """Remembers the last minute's edits of each card. `clock` is monotonic, in seconds."""

    def __init__(self, gap: float, clock: Callable[[], float]) -> None:
        self._gap = gap
        self._clock = clock
        self._edits: dict[int, deque[float]] = {}

    def edited(self, card_id: int) -> None:
        self._edits.setdefault(card_id, deque(maxlen=_MOST)).append(self._clock())

    def resting(self) -> Mapping[int, float]:
        """The cards that must not be edited now, each with the time it may be again."""
        now = self._clock()
        for edits in self._edits.values():
            while edits and edits[0] + _MINUTE <= now:
                edits.popleft()
        self._edits = {card: edits for card, edits in self._edits.items() if edits}
        return {card: free_at for card, edits in self._edits.items() if (free_at := self._free_at(edits)) > now}

    def _free_at(self, edits: deque[float]) -> float:
        gap = self._gap if len(edits) < _BRISK else self._gap * 2
        next_edit = edits[-1] + gap
        return max(next_edit, edits[0] + _MINUTE) if len(edits) == _MOST else next_edit

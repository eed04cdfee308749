"""The mark that a promotion's request is about to be made, committed a moment before it is.

Invariant: without the mark no promotion is sent; with it, it is of unknown fate until it is settled. So it comes as late
as it can: as much before the message's own moment as marking has taken lately.
"""

import logging
from collections.abc import Callable

from bot.core.database import Database, DatabaseUnavailable
from bot.gateway.together import Together
from models import deliveries
from models.deliveries import OutboxRow

log = logging.getLogger(__name__)

_MOST = 100  # marked in one write
_LONGEST = 0.03  # seconds; where marking takes longer, promotions leave late rather than begin early
_SPARE = 2.0  # what is late costs the rate, what is early only widens the gap in which a kill leaves a doubt
_WEIGHT = 1 / 8  # of the newest, as in a TCP connection's round-trip time (RFC 6298)


class Begins:
    """`lead`: seconds before its moment at which a message is handed to `mark`. `clock` is monotonic, in seconds."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock
        self._together = Together(self._mark_all, _MOST)
        self._usual = 0.0

    @property
    def lead(self) -> float:
        return min(_SPARE * self._usual, _LONGEST)

    async def mark(self, row: OutboxRow) -> bool:
        """False if it must not begin: it is in other hands by now, or the database takes no mark."""
        asked = self._clock()
        mine = await self._together.add(row)
        self._usual += (self._clock() - asked - self._usual) * _WEIGHT
        return mine

    async def _mark_all(self, rows: list[OutboxRow]) -> list[bool]:
        try:
            mine = await self._database.write(deliveries.begin, rows, self._database.clock.now())
        except DatabaseUnavailable as error:
            log.error("%d messages do not begin: %s", len(rows), error)
            return [False] * len(rows)
        return [row.id in mine for row in rows]

"""Questions that wait for a bot's answer: taps, inline queries, shipping and checkout queries."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.errors import bad_request

TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
LIFE = {
    "callback": 150.0,
    "inline": 30.0,
    "shipping": 150.0,
    "checkout": 10.0,
    "guest": 30.0,
    "join": 300.0,
    "webapp": 300.0,
}


@dataclass(slots=True)
class Query:
    """One question to one bot."""

    id: str
    kind: str
    bot: int
    person: int
    asked: float
    about: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] | None = None
    bell: asyncio.Event = field(default_factory=asyncio.Event)


class Queries:
    """Open questions by id; an answer comes once, in time, from the bot that was asked."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._open: dict[str, Query] = {}
        self._count = 0

    def ask(self, kind: str, bot: int, person: int, **about: Any) -> Query:
        self._count += 1
        number = (person << 32) + (bot * 31 + self._count * 7919) % 2**32
        query = Query(str(number), kind, bot, person, self._now(), about)
        self._open[query.id] = query
        if len(self._open) > 50_000:
            self._forget()
        return query

    def _forget(self) -> None:
        now = self._now()
        self._open = {key: q for key, q in self._open.items() if now - q.asked < LIFE[q.kind] and q.answer is None}

    def find(self, query_id: str, kind: str, bot: int) -> Query:
        """An open question, or the platform's refusal of an old or foreign id."""
        query = self._open.get(query_id)
        if (
            query is None
            or query.kind != kind
            or query.bot != bot
            or self._now() - query.asked > LIFE[kind]
            or query.answer is not None
        ):
            raise bad_request(TOO_OLD)
        return query

    def recent(self, query_id: str, kind: str, bot: int) -> Query | None:
        """A question that may be answered already, for what may follow a tap."""
        query = self._open.get(query_id)
        return query if query and query.kind == kind and query.bot == bot else None

    def give(self, query: Query, answer: dict[str, Any]) -> None:
        query.answer = answer
        query.bell.set()

    def close(self) -> None:
        """Ends every wait; nobody is left to answer."""
        for query in self._open.values():
            query.bell.set()

    async def wait(self, query: Query, seconds: float) -> dict[str, Any] | None:
        try:
            await asyncio.wait_for(query.bell.wait(), seconds)
        except TimeoutError:
            return None
        return query.answer

"""What several messages need written goes in one write: the next begins when the last has ended, with all that came meanwhile.

Invariant: whoever hands something in hears what became of it after the commit, or of the error that kept it from being.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Together(Generic[T, R]):
    """`write` takes what waits, at most `most` at once, and answers for each in the same order."""

    def __init__(self, write: Callable[[list[T]], Awaitable[Sequence[R]]], most: int) -> None:
        self._write = write
        self._most = most
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def add(self, one: T) -> R:
        """Its outcome, once it is written."""
        told: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((one, told))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all())
        return await told

    async def _write_all(self) -> None:
        while group := self._waiting[: self._most]:
            del self._waiting[: self._most]
            try:
                outcomes = await self._write([one for one, _ in group])
            except Exception as error:  # each of them hears of it; what came meanwhile has its turn
                for _, told in group:
                    if not told.done():
                        told.set_exception(error)
            else:
                for (_, told), outcome in zip(group, outcomes, strict=True):
                    if not told.done():
                        told.set_result(outcome)
        self._writing = None

"""The one clock of a process. Everything that asks for the time asks here, so that a played evening can move it on.

Invariants: `now()` is aware and UTC; it never runs backwards through `advance()`.
"""

from datetime import UTC, datetime, timedelta


class Clock:
    """The machine's time, moved on by what `advance()` was given (`tuan demo` moves it with the sandbox's)."""

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self._offset = offset

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset

    def advance(self, by: timedelta) -> None:
        """Raises ValueError for a step back: deadlines that passed would come again."""
        if by < timedelta():
            raise ValueError(f"a clock does not go back: {by}")
        self._offset += by

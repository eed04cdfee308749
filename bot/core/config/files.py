"""Which files a bot.toml is made of, and one mark of what they say, so that an edit is noticed.

Invariants: nothing here judges a file; two readings have one digest exactly if the same files say the same.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from bot.core.config.bounds import MAX_BYTES
from bot.core.config.source import patterns

Stats = tuple[tuple[str, int, int, int], ...]  # of each file its name, time, size and number on the disk


class Files:
    """bot.toml and what its include patterns find."""

    def __init__(self, config: Path) -> None:
        self._config = config
        self._patterns: tuple[str, ...] = ()
        self._read_at: Stats | None = None

    def stats(self) -> Stats:
        """What changes when a file is written, comes or goes. bot.toml itself is read only when it changed."""
        main = tuple(_stat(self._config))
        if main != self._read_at:
            self._patterns, self._read_at = patterns(self._config), main
        return tuple(stat for path in self._paths() for stat in _stat(path))

    def digest(self) -> str:
        """The mark of what all of them say."""
        self.stats()
        mark = hashlib.sha256()
        for path in self._paths():
            mark.update(
                f"{path.relative_to(self._config.parent)}\0{hashlib.sha256(_read(path)).hexdigest()}\0".encode()
            )
        return mark.hexdigest()

    def _paths(self) -> list[Path]:
        folder = self._config.parent
        found = {path for pattern in self._patterns for path in folder.glob(pattern)}
        return [self._config, *sorted(found - {self._config})]


def _stat(path: Path) -> Iterator[tuple[str, int, int, int]]:
    """Nothing for a file that is not there."""
    try:
        stat = path.stat()
    except OSError:
        return
    yield str(path), stat.st_mtime_ns, stat.st_size, stat.st_ino


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError:  # it went, or is a folder: what cannot be read says nothing
        return b""

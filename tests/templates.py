"""A database with every table, made by the migrations once a process and copied for each test: making tables is slow.

What is laid is what `tuan migrate` leaves behind.
"""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.core import migrate


@cache
def _file() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "template.db"
        migrate.upgrade(f"sqlite:///{file}")
        return file.read_bytes()


def lay(url: str) -> str:
    """Puts the tables where a SQLite address points to, unless a file is there already; other engines are left alone."""
    if url.startswith("sqlite:///"):
        file = Path(url.removeprefix("sqlite:///"))
        if not file.exists():
            file.write_bytes(_file())
    return url

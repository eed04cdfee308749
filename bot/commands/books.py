"""What the commands share that look into the books beside a bot that may be running: how they open them, and what stops them.

Invariant: a database that is not there is not made, and one of another version is left as it is.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from bot.core import migrate
from bot.core.config import Config, SecretMissing
from bot.core.database import Database, DatabaseUnavailable
from campaigns.linter import check

Work = Callable[[Database, Config], int]


def opened(file: Path, work: Work, *stopped_by: type[Exception]) -> int:
    """Does the work on the database that a bot.toml names; its exit code, or 1 and one line of what stands in the way.

    `stopped_by`: the work's own exceptions that are such a line.
    """
    stops: tuple[type[Exception], ...] = (DatabaseUnavailable, SecretMissing, *stopped_by)
    loaded = check(file)
    if loaded.config is None:
        print(*loaded.mistakes, sep="\n", file=sys.stderr)
        return 1
    try:
        url = loaded.config.bot.database_url()
        migrate.require(url)
        database = Database.open(url, exclusive=False)
        try:
            return work(database, loaded.config)
        finally:
            database.close_sync()
    except stops as error:
        print(f"tuan: {error}", file=sys.stderr)
        return 1

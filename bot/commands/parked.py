"""What `tuan inbox` and `tuan outbox` share: a list of what was given up, and another try for it."""

import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from bot.core.config import SecretMissing
from bot.core.database import Database, DatabaseBusy, DatabaseUnavailable
from campaigns.linter import check

Listed = Callable[[Session], Sequence[str]]
Retried = Callable[[Session, datetime, Sequence[int] | None], int]


def main(args: Namespace, listed: Listed, retried: Retried) -> int:
    """Runs the command beside a bot that may be running; its exit code."""
    loaded = check(args.config)
    if loaded.config is None:
        print(*loaded.mistakes, sep="\n", file=sys.stderr)
        return 1
    try:
        database = Database.open(loaded.config.bot.database_url(), exclusive=False)
        try:
            _do(args, database, listed, retried)
        finally:
            database.close_sync()
    except (DatabaseBusy, DatabaseUnavailable, SecretMissing) as error:
        print(f"tuan: {error}", file=sys.stderr)
        return 1
    return 0


def _do(args: Namespace, database: Database, listed: Listed, retried: Retried) -> None:
    if args.action == "retry":
        count = database.write_sync(retried, datetime.now(UTC), args.ids or None)
        print(f"{count} will be tried again")
        return
    lines = database.read_sync(listed)
    print(*(lines or ["nothing is parked"]), sep="\n")

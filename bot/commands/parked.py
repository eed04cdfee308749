"""What `tuan inbox` and `tuan outbox` share: a list of what was given up, and another try for it."""

from argparse import Namespace
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

from sqlalchemy.orm import Session

from bot.commands import books
from bot.core.config import Config
from bot.core.database import Database

Listed = Callable[[Session], Sequence[str]]
Retried = Callable[[Session, datetime, Sequence[int] | None], int]


def main(args: Namespace, listed: Listed, retried: Retried) -> int:
    """Runs the command; its exit code."""
    if args.action == "retry":
        return books.opened(args.config, partial(_again, retried, args.ids or None))
    return books.opened(args.config, partial(_told, listed))


def _again(retried: Retried, ids: Sequence[int] | None, database: Database, _: Config) -> int:
    print(f"{database.write_sync(retried, datetime.now(UTC), ids)} will be tried again")
    return 0


def _told(listed: Listed, database: Database, _: Config) -> int:
    print(*(database.read_sync(listed) or ["nothing is parked"]), sep="\n")
    return 0

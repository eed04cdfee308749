"""`tuan verify`: every invariant of models/invariants holds on the whole database, or every difference is printed."""

from argparse import Namespace

from bot.commands import books
from bot.core.config import Config
from bot.core.database import Database
from models import invariants


def main(args: Namespace) -> int:
    return books.opened(args.config, _verified)


def _verified(database: Database, _: Config) -> int:
    if differences := database.read_sync(invariants.check):
        print(*differences, sep="\n")
        return 1
    print(f"ok, {len(invariants.CHECKS)} invariants hold")
    return 0

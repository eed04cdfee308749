"""`tuan verify`: every invariant of models/invariants holds on the whole database, or every difference is printed."""

import sys
from argparse import Namespace

from bot.core import migrate
from bot.core.config import SecretMissing
from bot.core.database import Database, DatabaseUnavailable
from campaigns.linter import check
from models import invariants


def main(args: Namespace) -> int:
    loaded = check(args.config)
    if loaded.config is None:
        print(*loaded.mistakes, sep="\n", file=sys.stderr)
        return 1
    try:
        url = loaded.config.bot.database_url()
        migrate.require(url)
        database = Database.open(url, exclusive=False)
        try:
            differences = database.read_sync(invariants.check)
        finally:
            database.close_sync()
    except (DatabaseUnavailable, SecretMissing) as error:
        print(f"tuan: {error}", file=sys.stderr)
        return 1
    if differences:
        print(*differences, sep="\n")
        return 1
    print(f"ok, {len(invariants.CHECKS)} invariants hold")
    return 0

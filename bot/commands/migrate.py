"""`tuan migrate`: brings the database to this version. SQLite needs it never (a start does it), PostgreSQL after an upgrade."""

import sys
from argparse import Namespace

from bot.core import migrate
from bot.core.config import SecretMissing
from bot.core.outages import DatabaseUnavailable
from campaigns.linter import check


def main(args: Namespace) -> int:
    loaded = check(args.config)
    if loaded.config is None:
        print(*loaded.mistakes, sep="\n", file=sys.stderr)
        return 1
    try:
        changed = migrate.upgrade(loaded.config.bot.database_url())
    except (DatabaseUnavailable, SecretMissing) as error:
        print(f"tuan: {error}", file=sys.stderr)
        return 1
    print(f"the database is now of version {migrate.head()}" if changed else "the database is up to date")
    return 0

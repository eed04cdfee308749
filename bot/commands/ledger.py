"""`tuan ledger FILE`: every row of the ledger as CSV, and beside it the closed days with their digests.

Invariant: with both files and the rule in models/chain.py anybody can recompute each day's digest, in any language.
"""

import csv
from argparse import Namespace
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

from bot.commands import books
from bot.core.config import Config
from bot.core.database import Database
from models import chain

COLUMNS = ("id", "kind", "from", "to", "amount", "reason", "asked", "of", "order", "at")


def main(args: Namespace) -> int:
    return books.opened(args.config, partial(_told, args.file), OSError)


def _told(file: Path, database: Database, _: Config) -> int:
    days = file.with_suffix(".days.csv")
    rows, closed = database.read_sync(_written, file, days)
    print(f"{file}: {rows} row{'' if rows == 1 else 's'} · {days}: {closed} closed day{'' if closed == 1 else 's'}")
    return 0


def _written(session: Session, file: Path, days: Path) -> tuple[int, int]:
    """Both files over one snapshot."""
    count = 0
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow((*COLUMNS, "day"))
        for row in chain.rows_of(session):
            writer.writerow((*chain.told(row), row.day.isoformat()))
            count += 1
    closed = chain.days(session)
    with days.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(("day", "rows", "digest"))
        writer.writerows((day.day.isoformat(), day.rows, day.digest) for day in closed)
    return count, len(closed)

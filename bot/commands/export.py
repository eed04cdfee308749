"""`tuan export`: the pick list of one circle or of all, as an XLSX or CSV file."""

import sys
from argparse import Namespace

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core import migrate, sheets
from bot.core.config import SecretMissing
from bot.core.database import Database, DatabaseUnavailable
from campaigns.linter import check
from models import picklist
from models.circles import circle_table
from models.picklist import PickRow


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
            rows = database.read_sync(_rows, args.circle, loaded.config.bot.languages[0])
        finally:
            database.close_sync()
        args.file.write_bytes(sheets.csv(rows) if args.file.suffix.lower() == ".csv" else sheets.xlsx(rows))
    except (DatabaseUnavailable, SecretMissing, LookupError, OSError) as error:
        print(f"tuan: {error}", file=sys.stderr)
        return 1
    print(f"{args.file}: {len(rows)} line{'' if len(rows) == 1 else 's'}")
    return 0


def _rows(session: Session, circle: str | None, language: str) -> list[PickRow]:
    if circle is None:
        return picklist.rows(session, language=language)
    named = session.scalars(select(circle_table.c.id).where(circle_table.c.title == circle)).all()
    if not named:
        known = ", ".join(session.scalars(select(circle_table.c.title).order_by(circle_table.c.title)))
        raise LookupError(f"no circle is called {circle!r}; there are: {known or 'none'}")
    return [row for circle_id in named for row in picklist.rows(session, circle_id=circle_id, language=language)]

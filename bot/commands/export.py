"""`tuan export`: the pick list of one circle or of all, as an XLSX or CSV file."""

from argparse import Namespace
from functools import partial
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.commands import books
from bot.core import sheets
from bot.core.config import Config
from bot.core.database import Database
from models import picklist
from models.circles import circle_table
from models.picklist import PickRow


def main(args: Namespace) -> int:
    return books.opened(args.config, partial(_written, args.file, args.circle), LookupError, OSError)


def _written(file: Path, circle: str | None, database: Database, config: Config) -> int:
    rows = database.read_sync(_rows, circle, config.bot.languages[0])
    file.write_bytes(sheets.csv(rows) if file.suffix.lower() == ".csv" else sheets.xlsx(rows))
    print(f"{file}: {len(rows)} line{'' if len(rows) == 1 else 's'}")
    return 0


def _rows(session: Session, circle: str | None, language: str) -> list[PickRow]:
    if circle is None:
        return picklist.rows(session, language=language)
    named = session.scalars(select(circle_table.c.id).where(circle_table.c.title == circle)).all()
    if not named:
        known = ", ".join(session.scalars(select(circle_table.c.title).order_by(circle_table.c.title)))
        raise LookupError(f"no circle is called {circle!r}; there are: {known or 'none'}")
    return [row for circle_id in named for row in picklist.rows(session, circle_id=circle_id, language=language)]

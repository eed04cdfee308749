"""`tuan runs`: the last runs of campaigns; `tuan runs 17`: whom run 17 reached, whom not and why, a line each."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.commands import books
from bot.core import names, reasons
from bot.core.config import Config
from bot.core.database import Database
from bot.core.render import plain
from bot.core.words import Words
from models import run_receivers, runs
from models.errors import DomainError
from models.run_receivers import ReceiverLine
from models.runs import RunLine
from models.shops import shop_table

LAST = 30


def main(args: Namespace) -> int:
    return books.opened(args.config, partial(_listed, args.run))


def _listed(run_id: int | None, database: Database, _: Config) -> int:
    try:
        lines = database.read_sync(_lines, run_id)
    except DomainError:
        print(f"tuan: there is no run {run_id}; tuan runs lists the last ones", file=sys.stderr)
        return 1
    print(*(lines or ["nothing has run yet"]), sep="\n")
    return 0


def _lines(session: Session, run_id: int | None) -> list[str]:
    if run_id is None:
        return [_run(session, line) for line in runs.recent(session, LAST)]
    line = runs.run(session, run_id)
    words = Words("en", now=line.started_at).here(currency=_shop(session, line)[1])
    return [_run(session, line), *_people(session, line, words)]


def _run(session: Session, line: RunLine) -> str:
    zone = ZoneInfo(_shop(session, line)[0])
    slot = line.slot.astimezone(zone)
    return f"{line.id}  {slot:%Y-%m-%d %H:%M}  {line.campaign} ({line.kind})  {line.state}: {_came_of_it(line, zone)}"


def _came_of_it(line: RunLine, zone: ZoneInfo) -> str:
    """Weekdays are those after the slot, whose date stands in the line."""
    words = Words("en", zone=zone, now=line.started_at)
    told = [plain(words.text(block, run=line)) for block, has in (("run_opened", line.opened), ("run_asked", line.asked)) if has]
    told += [f"{what} {number}" for what, number in sorted(line.counts.items())]
    return ", ".join(told) or line.error or "nobody"


def _people(session: Session, line: RunLine, words: Words) -> Iterator[str]:
    zone = ZoneInfo(_shop(session, line)[0])
    for one in run_receivers.receivers(session, line.id):
        yield "  ".join(["   ", names.shown(one.name, 60), *_told(one, zone, reasons.reason(session, one.why, words))])


def _told(one: ReceiverLine, zone: ZoneInfo, why: str) -> Iterator[str]:
    yield one.became + (f" {one.at.astimezone(zone):%Y-%m-%d %H:%M:%S}" if one.at is not None else "")
    if one.waited:
        yield f"waited: {one.waited}"
    if one.error:
        yield names.clean(one.error)
    if one.why:
        yield f"because {why}"


def _shop(session: Session, line: RunLine) -> tuple[str, str | None]:
    """The shop's zone and currency."""
    query = select(shop_table.c.timezone, shop_table.c.currency).where(shop_table.c.id == line.shop_id)
    row = session.execute(query).one_or_none()
    return ("UTC", None) if row is None else (row.timezone, row.currency)

"""`tuan inbox`: updates that failed too often, with their errors; `retry` gives them another turn."""

from argparse import Namespace
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bot.commands import parked
from models import inbox


def main(args: Namespace) -> int:
    return parked.main(args, _lines, _retry)


def _lines(session: Session) -> list[str]:
    return [f"{row.id}  update {row.update_id}  {row.attempts} tries  {row.error}" for row in inbox.parked(session)]


def _retry(session: Session, now: datetime, rows: Sequence[int] | None) -> int:
    del now  # an update waits for nothing but its lane
    return inbox.replay(session, rows)

"""`tuan outbox`: messages that were given up, with their errors; `retry` sends them again."""

from argparse import Namespace

from sqlalchemy.orm import Session

from bot.commands import parked
from models import outbox


def main(args: Namespace) -> int:
    return parked.main(args, _lines, outbox.retry)


def _lines(session: Session) -> list[str]:
    return [
        f"{row.id}  {row.created_at:%Y-%m-%d %H:%M}  {row.template} ({row.route})  {row.attempts} tries  {row.error}"
        for row in outbox.parked(session)
    ]

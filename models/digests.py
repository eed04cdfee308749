"""What a circle's digest says: the group buys that are open there, and the questions that were answered since the last one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import answers_shown, paths
from models.answers import answer_table
from models.group_buys import rounds
from models.questions import BUYER
from models.states import RoundState

MOST = 8  # of each in one message: it is read on a phone


@dataclass(frozen=True, slots=True)
class Told:
    """Rows to speak of; what became of them meanwhile is looked up when the message leaves."""

    rounds: tuple[int, ...]
    answers: tuple[int, ...]


def of_circles(session: Session, circle_ids: Collection[int], since: datetime) -> Told:
    """What there is to say to somebody who is in these circles."""
    return Told(open_rounds(session, circle_ids), answered(session, circle_ids, since))


def open_rounds(session: Session, circle_ids: Collection[int]) -> tuple[int, ...]:
    """The open group buys of these circles, the first to close first."""
    here = (rounds.c.circle_id.in_(circle_ids), rounds.c.state == RoundState.OPEN)
    return tuple(session.scalars(select(rounds.c.id).where(*here).order_by(rounds.c.closes_at, rounds.c.id).limit(MOST)))


def answered(session: Session, circle_ids: Collection[int], since: datetime) -> tuple[int, ...]:
    """The answers that these circles may read and that came since then, the newest first."""
    found = {one.answer_id for circle_id in circle_ids for one in answers_shown.recent(session, circle_id, since, MOST)}
    return tuple(sorted(found, reverse=True)[:MOST])


def told_in_private(session: Session, person_id: int, told: Told, now: datetime) -> None:
    """A member is shown these answers: the expert path of what they order later (models/paths.py)."""
    others = answer_table.c.id.in_(told.answers), answer_table.c.by == BUYER, answer_table.c.person_id != person_id
    for product_id in session.scalars(select(answer_table.c.product_id).where(*others).distinct()).all():
        paths.answer_read(session, person_id, product_id, now)

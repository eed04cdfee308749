"""Which question a private message of ours asked, when somebody replies to that message instead of tapping a button.

Invariant: only messages to this very person are looked at.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.outbox import OUTBOX

_ASKS = {"ask_put": "ask_id", "back_asked": "ask_id", "question_to_shop": "question_id", "question_waits": "question_id"}


@dataclass(frozen=True)
class Asked:
    """A message that asks something, and the ask's or the question's id."""

    template: str
    row_id: int


def asked_by(session: Session, person_id: int, message_id: int) -> Asked | None:
    """What the message asked; None for any other message."""
    mine = (OUTBOX.c.person_id == person_id, OUTBOX.c.message_id == message_id, OUTBOX.c.template.in_(_ASKS))
    row = session.execute(select(OUTBOX.c.template, OUTBOX.c.params).where(*mine).order_by(OUTBOX.c.id.desc())).first()
    row_id = row.params.get(_ASKS[row.template]) if row is not None else None
    return Asked(row.template, row_id) if row is not None and isinstance(row_id, int) else None

"""Whom a run reached and whom not, one by one: for `tuan runs`. Reads only, page by page, so that a long run is no matter.

Invariant: everybody that the run decided on is listed once, in the order in which it did.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.circles import circle_table
from models.outbox import OUTBOX, OutboxState
from models.people import person_table
from models.recipients import Outcome, recipients

PAGE = 500


@dataclass(frozen=True, slots=True)
class _Message:
    """What stands in the queue for a receiver."""

    state: str
    at: datetime | None
    error: str | None


_GONE = _Message("sent", None, None)  # long ago: the queue has forgotten it


@dataclass(frozen=True, slots=True)
class ReceiverLine:
    """One member or circle. `became`: a recipients.Outcome, or the state of the message that stands for them.

    `at`: when it left; None if it did not. `error`: what the platform said, where it said something.
    """

    name: str
    became: str
    at: datetime | None
    waited: str | None
    why: Mapping[str, object]
    error: str | None = None


def receivers(session: Session, run_id: int) -> Iterator[ReceiverLine]:
    """All of the run's."""
    r, o, after = recipients.c, OUTBOX.c, 0
    sent = select(o.person_id, o.circle_id, o.state, o.sent_at, o.error).where(o.run_id == run_id)
    messages = {(row.person_id, row.circle_id): _Message(row.state, row.sent_at, row.error) for row in session.execute(sent)}
    query = (
        select(r.id, r.person_id, r.circle_id, r.outcome, r.waited, r.why, person_table.c.name, circle_table.c.title)
        .outerjoin(person_table, person_table.c.id == r.person_id).outerjoin(circle_table, circle_table.c.id == r.circle_id)
        .where(r.run_id == run_id).order_by(r.id).limit(PAGE)
    )  # fmt: skip
    while page := session.execute(query.where(r.id > after)).all():
        for row in page:
            found = messages.get((row.person_id, row.circle_id), _GONE) if row.outcome == Outcome.QUEUED else None
            name, told = row.name or row.title or "", found or _Message(row.outcome, None, None)
            at = told.at if told.state in {OutboxState.DELIVERED, OutboxState.UNKNOWN} else None
            yield ReceiverLine(name, told.state, at, row.waited, row.why, told.error)
        after = page[-1].id

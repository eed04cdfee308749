"""Members' polls that were cut off while they left: nobody knows whether one stands in its chat, or under which id.

Invariants: such a poll is never posted again by itself; its owners hear of it once and may put it again. A vote in a poll
that is none of those known is one in a copy that was cut off: it counts for the one poll of this sort where its voter is,
or for the one whose words the copy has, and for none if there are several.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from models import outbox, polls, shops
from models.errors import DomainError
from models.facts import AnyFact, PollLost
from models.outbox import OUTBOX, Message, OutboxState, Priority, Route
from models.polls import TEMPLATE, DemandPoll, Place
from models.rows import hold
from models.states import POLL, PollState, advance

_POLLS = polls.polls
CUT_OFF = exists().where(
    OUTBOX.c.run_id == _POLLS.c.run_id, OUTBOX.c.circle_id == _POLLS.c.circle_id, OUTBOX.c.template == TEMPLATE,
    OUTBOX.c.state == OutboxState.UNKNOWN,
)  # fmt: skip
LOST = (_POLLS.c.state == PollState.OPEN, _POLLS.c.poll_id.is_(None), CUT_OFF)


def lost(session: Session, poll_id: int, _: datetime) -> list[AnyFact]:
    """Its message was cut off in mid-send: from now on nobody is sure of it. Does nothing to one that is known to stand."""
    poll = hold(session, DemandPoll, poll_id)
    if poll.state != PollState.OPEN or poll.poll_id is not None:
        return []
    poll.state = advance(POLL, poll.state, PollState.UNSURE)
    session.flush()
    return [PollLost(poll.circle_id, poll_id)]


def candidates(session: Session, telegram_id: int) -> list[Place]:
    """Where a vote in an unknown poll may be from: polls whose message was cut off and that may still be voted in."""
    query = polls.places(telegram_id).where(CUT_OFF, _POLLS.c.state.in_(polls.RUNNING))
    return [Place(*row) for row in session.execute(query.order_by(_POLLS.c.id))]


def waiting(session: Session) -> Sequence[DemandPoll]:
    """Polls that nobody is sure of."""
    return session.scalars(select(DemandPoll).where(_POLLS.c.state == PollState.UNSURE).order_by(_POLLS.c.id)).all()


def found(session: Session, poll_id: int, telegrams: str, now: datetime) -> None:
    """It stands after all, under this id of Telegram's: its time runs from now, and it can be voted in.

    Which message it is stays unknown, so it cannot be stopped; votes that come later than its end count for nothing.
    """
    poll = hold(session, DemandPoll, poll_id)
    if poll.state not in polls.RUNNING or poll.poll_id is not None:
        return  # put again and there, or over: a vote in the copy counts for what there is
    if poll.state == PollState.UNSURE:
        poll.state = advance(POLL, poll.state, PollState.OPEN)
    poll.poll_id = telegrams
    poll.closes_at = now + timedelta(seconds=int(str(poll.terms["lasts"])))
    session.flush()


def put_again(session: Session, poll_id: int, by: int, now: datetime) -> None:
    """Its owner looked, and it is not there: it is posted once more. Raises not_yours, old_button."""
    poll = hold(session, DemandPoll, poll_id)
    shops.require_owner(session, int(str(poll.terms["shop_id"])), by)
    if poll.state != PollState.UNSURE:
        raise DomainError("old_button")
    poll.state = advance(POLL, poll.state, PollState.OPEN)
    poll.closes_at = now + timedelta(seconds=int(str(poll.terms["lasts"])))
    session.flush()
    anew = Message(
        route=Route.CIRCLE, template=TEMPLATE, circle_id=poll.circle_id, params={"poll": poll_id},
        dedup=f"poll_again:{poll_id}", priority=Priority.TRANSACTIONAL,
    )  # fmt: skip
    outbox.enqueue(session, [anew], now)

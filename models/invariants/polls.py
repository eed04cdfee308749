"""What must be so of members' polls: who reached enough has its group buy, and nobody is in it by a vote."""

from collections.abc import Iterator

from sqlalchemy import case, func, literal, select
from sqlalchemy.orm import Session

from models.group_buys import rounds
from models.invariants.difference import Check, Difference, each
from models.polls import polls, votes
from models.states import PollState


def opened(session: Session) -> Iterator[Difference]:
    """A poll has a group buy exactly when enough wanted it, and it is of the circle and product that the poll asked about."""
    right = (rounds.c.circle_id == polls.c.circle_id) & (rounds.c.product_id == polls.c.product_id)
    found = case((polls.c.round_id.is_(None), 0), (right, 1), else_=2)
    expected = case((polls.c.state == PollState.REACHED, 1), else_=0)
    query = select(polls.c.id, expected, found).outerjoin(rounds, rounds.c.id == polls.c.round_id)
    yield from each(session, "group buys by poll", "poll", query.where(expected != found))


def counted(session: Session) -> Iterator[Difference]:
    """A group buy was opened by at least as many as the poll asked for; people may have left the circle since."""
    wants = func.coalesce(func.sum(case((votes.c.wants, 1), else_=0)), 0)
    query = (
        select(polls.c.id, polls.c.needed, wants).outerjoin(votes, votes.c.poll_id == polls.c.id)
        .where(polls.c.state == PollState.REACHED).group_by(polls.c.id, polls.c.needed).having(wants < polls.c.needed)
    )  # fmt: skip
    yield from each(session, "votes of a poll", "poll", query)


def unseen(session: Session) -> Iterator[Difference]:
    """Nobody votes in a poll that does not stand in its chat."""
    query = select(polls.c.id, literal(0), func.count()).join(votes, votes.c.poll_id == polls.c.id)
    query = query.where(polls.c.poll_id.is_(None)).group_by(polls.c.id)
    yield from each(session, "votes in a poll that is not there", "poll", query)


CHECKS: tuple[Check, ...] = (opened, counted, unseen)

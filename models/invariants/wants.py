"""What must be so of wishes: who is asked once, what came of them, whose words they are."""

from collections.abc import Iterator

from sqlalchemy import case, exists, func, literal, select
from sqlalchemy.orm import Session

from models.group_buys import rounds
from models.invariants.difference import Check, Difference, each
from models.outbox import OUTBOX
from models.states import WantState
from models.wants import LIVE, voices, wants


def one(session: Session) -> Iterator[Difference]:
    """What is alike is one open wish of a circle."""
    w = wants.c
    query = select(func.min(w.id), literal(1), func.count()).where(w.state.in_(LIVE)).group_by(w.circle_id, w.folded)
    yield from each(session, "one open wish a circle and words", "wish", query.having(func.count() > 1))


def voiced(session: Session) -> Iterator[Difference]:
    """A wish that is open has words, and somebody who wishes for it."""
    w, some = wants.c, exists().where(voices.c.want_id == wants.c.id)
    query = select(w.id, literal("words and a voice"), literal("none")).where(w.state.in_(LIVE))
    yield from each(session, "somebody wishes for it", "wish", query.where((w.words == "") | (w.folded == "") | ~some))


def asked(session: Session) -> Iterator[Difference]:
    """An owner is asked about a wish once."""
    o, wish = OUTBOX.c, OUTBOX.c.params["want_id"].as_integer()
    query = select(wish, literal(1), func.count()).where(o.template == "want_asked", wish.is_not(None))
    yield from each(session, "owners are asked once", "wish", query.group_by(wish, o.person_id).having(func.count() > 1))


def offered(session: Session) -> Iterator[Difference]:
    """What came true has its group buy, in its own circle."""
    w, came = wants.c, wants.c.state == WantState.OFFERED
    found = case((rounds.c.id.is_(None), 0), (rounds.c.circle_id == w.circle_id, 1), else_=2)
    expected = case((came, 1), else_=0)
    query = select(w.id, expected, found).outerjoin(rounds, rounds.c.id == w.round_id)
    yield from each(session, "a wish that came true has its group buy", "wish", query.where(found != expected))


CHECKS: tuple[Check, ...] = (one, voiced, asked, offered)

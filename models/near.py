"""What is near its time: group buys close to their end or short of a step, orders that wait to be paid or collected.

Invariant: an order says once that it waits: `remind_pay_at` and `remind_collect_at` are None from then on, whoever said it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from models import orders
from models.circles import membership_table
from models.group_buys import Round, count, price, rounds
from models.orders import order_table
from models.payments import balance
from models.people import person_table
from models.prices import missing, steps
from models.rows import fresh, number_of
from models.states import OrderState, RoundState

Params = dict[str, object]


@dataclass(frozen=True, slots=True)
class Near:
    """A group buy that a circle may be reminded of."""

    circle_id: int
    round_id: int
    opened_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """An order that waits for its member."""

    person_id: int
    order_id: int


def closing(session: Session, circle_ids: Collection[int], now: datetime, until: datetime) -> list[Near]:
    """Open group buys whose deadline lies between now and then."""
    return [_near(row) for row in _open(session, circle_ids, rounds.c.closes_at > now, rounds.c.closes_at <= until)]


def short_of_a_step(session: Session, circle_ids: Collection[int], now: datetime, most: int) -> list[Near]:
    """Open group buys that somebody has joined and that lack at most so many to the next step."""
    found = _open(session, circle_ids, rounds.c.closes_at > now, rounds.c.members > 0)
    return [_near(row) for row in found if 0 < lacking(row) <= most]


def lacking(row: Round) -> int:
    """How many are missing to the next step; 0 at the end of the ladder."""
    ahead = missing(steps(row.ladder), count(row), price(row))
    return ahead[0] if ahead else 0


def to_pay(
    session: Session, circle_ids: Collection[int], now: datetime, until: datetime, after: int, limit: int
) -> list[Waiting]:
    """Orders to be paid until then whose members were not reminded yet, the most urgent of each."""
    c = order_table.c
    due = (c.state == OrderState.AWAITING, c.remind_pay_at.is_not(None), c.pay_by > now, c.pay_by <= until)
    return _firsts(session, circle_ids, due, after, limit)


def to_collect(
    session: Session, circle_ids: Collection[int], arrived_by: datetime, after: int, limit: int
) -> list[Waiting]:
    """Orders whose goods arrived by then and still wait, and whose members were not reminded yet."""
    c = order_table.c
    here = select(rounds.c.id).where(rounds.c.arrived_at <= arrived_by, rounds.c.id == c.round_id).exists()
    waits = (c.state.in_(orders.UNDER_WAY), c.collected_at.is_(None), c.remind_collect_at.is_not(None), here)
    return _firsts(session, circle_ids, waits, after, limit)


def say_pay(session: Session, order_id: int, now: datetime) -> Params | None:
    """What the reminder says, as models/deadlines.py would; None if it was said or there is nothing to pay any more."""
    _, order = orders.held(session, order_id)
    if order.state != OrderState.AWAITING or order.remind_pay_at is None or order.pay_by is None or order.pay_by <= now:
        return None
    order.remind_pay_at = None
    session.flush()
    due = balance(session, order_id).due
    said: Params = {"due": due, "pay_by": order.pay_by.isoformat(), "buttons": "pay"}
    return said | {"round_id": order.round_id, "order_id": order_id, "person_id": order.person_id}


def say_collect(session: Session, order_id: int, _now: datetime) -> Params | None:
    """What the reminder says; None if it was said, or they came."""
    _, order = orders.held(session, order_id)
    if order.state not in orders.UNDER_WAY or order.collected_at is not None or order.remind_collect_at is None:
        return None
    order.remind_collect_at = None
    session.flush()
    return {"round_id": order.round_id, "order_id": order_id, "person_id": order.person_id}


def _open(session: Session, circle_ids: Collection[int], *which: ColumnElement[bool]) -> list[Round]:
    there = (rounds.c.state == RoundState.OPEN, rounds.c.circle_id.in_(circle_ids), *which)
    return list(fresh(session, select(Round).where(*there).order_by(rounds.c.circle_id, rounds.c.closes_at)))


def _near(row: Round) -> Near:
    return Near(row.circle_id, number_of(row.id), row.opened_at or row.created_at, row.closes_at)


def _firsts(
    session: Session, circle_ids: Collection[int], which: tuple[ColumnElement[bool], ...], after: int, limit: int
) -> list[Waiting]:
    """One order a member: the oldest. Those the bot cannot write to are left to the reminder that has another way."""
    c, p, m = order_table.c, person_table.c, membership_table.c
    inside = select(m.person_id).where(m.person_id == c.person_id, m.circle_id == c.circle_id, m.left_at.is_(None)).exists()
    reachable = (p.started_at.is_not(None), p.unreachable_at.is_(None), p.erased_at.is_(None), inside)
    query = select(c.person_id, func.min(c.id).label("order_id")).join(person_table, p.id == c.person_id)
    query = query.where(*which, *reachable, c.circle_id.in_(circle_ids), c.person_id > after)
    query = query.group_by(c.person_id).order_by(c.person_id).limit(limit)
    return [Waiting(row.person_id, row.order_id) for row in session.execute(query)]

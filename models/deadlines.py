"""Everything with a due time, swept in small batches: openings, deadlines, decisions, payments, offers, reminders.

Invariants: sweeping twice does what sweeping once does; each item is a savepoint of its own, so one that fails
holds nobody else back; `next_due` never lies later than the first thing to do.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from models import (
    asks,
    asks_waves,
    drawing,
    group_buys,
    locks,
    orders,
    packets_giving,
    packets_opening,
    polls,
    polls_lost,
    questions,
    referral_following,
    settling,
    waitlist,
)
from models.asks import ask_table as ASKS  # noqa: N812  # a table
from models.columns import Instant
from models.draws import draws
from models.facts import AnyFact, CollectReminder, PaymentReminder
from models.group_buys import locked_row
from models.group_buys import rounds as ROUNDS  # noqa: N812  # a table, as below
from models.orders import order_table as ORDERS  # noqa: N812  # a table
from models.packets import packets
from models.payments import balance
from models.polls import polls as POLLS  # noqa: N812  # a table
from models.questions import ALIVE, WAITING
from models.questions import question_table as QUESTIONS  # noqa: N812  # a table
from models.referrals import offers as referral_offers
from models.referrals import referrals
from models.states import AskState, DrawState, OrderState, PacketState, QuestionState, RoundState
from models.waitlist import waiting_table as WAITINGS  # noqa: N812  # a table

logger = logging.getLogger("tuan.deadlines")

Do = Callable[[Session, int, datetime], list[AnyFact]]


@dataclass(frozen=True)
class Deadline:
    """A kind of due time: which rows have it, and what is done when it has come."""

    due: ColumnElement[datetime]
    of: ColumnElement[int]
    where: tuple[ColumnElement[bool], ...]
    do: Do

    @cached_property
    def query(self) -> Select[int]:
        """Built once: they are asked every second, and building one costs more than asking it."""
        due = self.due <= bindparam("by", type_=Instant)
        return select(self.of).where(*self.where, due).order_by(self.due, self.of).limit(bindparam("most"))


def sweep(session: Session, now: datetime, limit: int = 50) -> list[AnyFact]:
    """Does what is due, at most `limit` items; call again while `next_due` is not in the future."""
    facts: list[AnyFact] = []
    for do, row_id in _due(session, now, limit):
        try:
            with session.begin_nested():
                facts += do(session, row_id, now)
        except SQLAlchemyError:
            raise  # the database's own trouble concerns the whole write, which is run again
        except Exception:
            logger.exception("a deadline could not be met: %s of row %s", do.__name__, row_id)
    return facts


def any_due(session: Session, now: datetime) -> bool:
    """Whether there is something to do: one statement, for who asks every second."""
    return bool(session.execute(_any_due(), {"by": now, "most": 1}).scalar_one())


@cache
def _any_due() -> Select[bool]:
    return select(or_(*(kind.query.exists() for kind in KINDS)))


def next_due(session: Session) -> datetime | None:
    """When there is something to do next; None if nothing is due ever."""
    session.flush()
    times = [session.execute(select(func.min(kind.due)).where(*kind.where)).scalar_one() for kind in KINDS]
    return min((due for due in times if due is not None), default=None)


def _due(session: Session, now: datetime, limit: int) -> list[tuple[Do, int]]:
    session.flush()
    found: list[tuple[Do, int]] = []
    for kind in KINDS:
        found += [(kind.do, row_id) for row_id in session.scalars(kind.query, {"by": now, "most": limit})]
    return found[:limit]


def _settle(session: Session, round_id: int, now: datetime) -> list[AnyFact]:
    """A locked group buy with nobody left to pay (all paid upfront, say) goes on by itself."""
    return settling.progress(session, locked_row(session, round_id), now)


def _remind_to_pay(session: Session, order_id: int, now: datetime) -> list[AnyFact]:
    _, order = orders.held(session, order_id)
    order.remind_pay_at = None
    session.flush()
    if order.state != OrderState.AWAITING or order.pay_by is None or order.pay_by <= now:
        return []
    due = balance(session, order_id).due
    return [PaymentReminder(order.round_id, order_id, order.person_id, due, order.pay_by)]


def _remind_to_collect(session: Session, order_id: int, _now: datetime) -> list[AnyFact]:
    _, order = orders.held(session, order_id)
    order.remind_collect_at = None
    session.flush()
    if order.state not in orders.UNDER_WAY or order.collected_at is not None:
        return []
    return [CollectReminder(order.round_id, order_id, order.person_id)]


_RUNS = (ORDERS.c.state == OrderState.AWAITING, ORDERS.c.pay_by.is_not(None), ORDERS.c.collected_at.is_(None))
_NOBODY_PAYS = ~select(ORDERS.c.id).where(
    ORDERS.c.round_id == ROUNDS.c.id, ORDERS.c.state.in_(orders.UNPAID)
).exists()  # fmt: skip
_NO_OFFER = ~select(WAITINGS.c.id).where(
    WAITINGS.c.round_id == ROUNDS.c.id, WAITINGS.c.offered > 0
).exists()  # fmt: skip

KINDS = (
    Deadline(draws.c.opened_at, draws.c.id, (draws.c.state == DrawState.SCHEDULED,), drawing.begin),
    Deadline(draws.c.closes_at, draws.c.id, (draws.c.state == DrawState.OPEN,), drawing.close),
    Deadline(draws.c.reveal_at, draws.c.id, (draws.c.state == DrawState.CLOSED,), drawing.reveal),
    Deadline(draws.c.report_at, draws.c.id, (draws.c.report_at.is_not(None),), drawing.report),
    Deadline(packets.c.opens_at, packets.c.id, (packets.c.state == PacketState.SCHEDULED,), packets_opening.begin),
    Deadline(packets.c.drawn_at, packets.c.id, (packets.c.state == PacketState.COLLECTING,), packets_giving.draw),
    Deadline(packets.c.closes_at, packets.c.id, (packets.c.state.in_(packets_opening.LIVE),), packets_opening.expire),
    Deadline(ROUNDS.c.opens_at, ROUNDS.c.id, (ROUNDS.c.state == RoundState.SCHEDULED,), group_buys.open_scheduled),
    Deadline(ROUNDS.c.closes_at, ROUNDS.c.id, (ROUNDS.c.state == RoundState.OPEN,), locks.close),
    Deadline(ROUNDS.c.decide_by, ROUNDS.c.id, (ROUNDS.c.state == RoundState.DECIDING,), locks.close),
    Deadline(ROUNDS.c.locked_at, ROUNDS.c.id, (ROUNDS.c.state == RoundState.LOCKED, _NOBODY_PAYS, _NO_OFFER), _settle),
    Deadline(ORDERS.c.pay_by, ORDERS.c.id, _RUNS, orders.lapse),
    Deadline(ORDERS.c.remind_pay_at, ORDERS.c.id, _RUNS, _remind_to_pay),
    Deadline(ORDERS.c.remind_collect_at, ORDERS.c.id, (ORDERS.c.collected_at.is_(None),), _remind_to_collect),
    Deadline(WAITINGS.c.offer_until, WAITINGS.c.id, (WAITINGS.c.offered > 0,), waitlist.expire),
    Deadline(ASKS.c.due_at, ASKS.c.id, (ASKS.c.state == AskState.PUT,), asks.expire),  # before waves: who ignored is asked less
    Deadline(QUESTIONS.c.next_wave_at, QUESTIONS.c.id, (QUESTIONS.c.state.in_(ALIVE),), asks_waves.send),
    Deadline(QUESTIONS.c.shop_at, QUESTIONS.c.id, (QUESTIONS.c.state == QuestionState.OPEN,), questions.overdue),
    Deadline(QUESTIONS.c.nudge_at, QUESTIONS.c.id, (QUESTIONS.c.state.in_(WAITING),), questions.nudge),
    Deadline(referrals.c.due_at, referrals.c.id, (referrals.c.due_at.is_not(None),), referral_following.come_due),
    Deadline(
        referral_offers.c.ends_at, referral_offers.c.id, (referral_offers.c.closed_at.is_(None),), referral_following.close_offer,
    ),
    Deadline(POLLS.c.closes_at, POLLS.c.id, (POLLS.c.state.in_(polls.RUNNING),), polls.end),
    Deadline(POLLS.c.created_at, POLLS.c.id, polls_lost.LOST, polls_lost.lost),
)  # fmt: skip

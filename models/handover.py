"""Handing over: the goods arrive, each member collects, and says with one tap whether they would buy again.

Invariants: collected is one event an order, whether it is paid by then or not; completed means collected and paid.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import buyer_totals, circles, gifts, orders, settling, shops
from models.errors import DomainError
from models.facts import AnyFact, BuyersThanked, GoodsArrived, OrderCollected
from models.group_buys import Round, locked_row
from models.orders import Order, order_table
from models.rows import fresh, number_of
from models.states import ORDER, ROUND, OrderState, RoundState, advance

OVER = frozenset({RoundState.DONE, RoundState.FAILED, RoundState.CANCELLED})
UNCOLLECTED = timedelta(hours=24)  # after the goods arrived, who has not come is reminded once
AWAKE, ASLEEP = time(8), time(22)  # in the circle's zone
ENOUGH = 5  # answers before the share of "again" is shown


def arrive(session: Session, round_id: int, by: int, now: datetime) -> list[AnyFact]:
    """The goods are here: everybody whose order stands is told to come. Raises not_yours, not_locked, not_open, already_arrived."""
    row = locked_row(session, round_id)
    shops.require_owner(session, row.shop_id, by)
    if row.state in OVER:
        raise DomainError("not_open", state=row.state)
    if row.state not in {RoundState.LOCKED, RoundState.SETTLING}:
        raise DomainError("not_locked", state=row.state)
    if row.arrived_at is not None:
        raise DomainError("already_arrived")
    if row.state == RoundState.LOCKED:
        row.state = advance(ROUND, row.state, RoundState.SETTLING)
    row.arrived_at = now
    remind_at = awake(now + UNCOLLECTED, _zone(session, row))
    waiting = to_collect(session, round_id)
    for order in waiting:
        order.remind_collect_at = remind_at
    session.flush()
    told: list[AnyFact] = [GoodsArrived(round_id, number_of(order.id), order.person_id, order.quantity) for order in waiting]
    return told + gifts.arrived(session, round_id)


def _zone(session: Session, row: Round) -> str:
    circle = circles.by_id(session, row.circle_id)
    return (circle.timezone if circle is not None else None) or shops.by_id(session, row.shop_id).timezone


def awake(instant: datetime, zone: str) -> datetime:
    """The instant, or the next 08:00 there if it falls between 22:00 and 08:00."""
    local = instant.astimezone(ZoneInfo(zone))
    if AWAKE <= local.time() < ASLEEP:
        return instant
    day = local.date() if local.time() < AWAKE else local.date() + timedelta(days=1)
    return datetime.combine(day, AWAKE, tzinfo=ZoneInfo(zone)).astimezone(instant.tzinfo)


def to_collect(session: Session, round_id: int) -> list[Order]:
    """The orders whose goods still wait, in the order they were made."""
    waits = order_table.c.state.in_(orders.UNDER_WAY), order_table.c.collected_at.is_(None)
    return list(fresh(session, select(Order).where(order_table.c.round_id == round_id, *waits).order_by(order_table.c.id)))


def collect(session: Session, order_id: int, by: int, now: datetime) -> list[AnyFact]:
    """Handed over, by the owner or the leader; paying may still follow.

    Raises not_yours, order_ended, not_locked, already_collected.
    """
    row, order = orders.held(session, order_id)
    _require_hands_out(session, row, by)
    if order.state in orders.ENDED:
        raise DomainError("order_ended", number=order.number, state=order.state)
    if row.final_price is None:
        raise DomainError("not_locked", state=row.state)
    if order.collected_at is not None:
        raise DomainError("already_collected", number=order.number)
    order.collected_at, order.pay_by, order.remind_collect_at = now, None, None
    if order.state == OrderState.PAID:
        order.state, order.completed_at = advance(ORDER, order.state, OrderState.COMPLETED), now
    buyer_totals.follow(session, order)
    completed = order.state == OrderState.COMPLETED
    return [OrderCollected(order.round_id, order_id, order.person_id, completed), *settling.progress(session, row, now)]


def _require_hands_out(session: Session, row: Round, by: int) -> None:
    if by != row.leader_id and not shops.owns(session, row.shop_id, by):
        raise DomainError("not_yours")


def again(session: Session, order_id: int, person_id: int, yes: bool, now: datetime) -> list[AnyFact]:
    """"Again" or "not again", by the member who collected; a second tap changes the answer. Raises not_yours, not_collected."""
    _, order = orders.held(session, order_id)
    orders.require_own(order, person_id)
    if order.collected_at is None:
        raise DomainError("not_collected", number=order.number)
    order.again, order.again_at = yes, now
    session.flush()
    return []


def again_rate(session: Session, product_id: int) -> tuple[int, int] | None:
    """How many would buy the product again, of how many who said; None while fewer than five did."""
    said = order_table.c.product_id == product_id, order_table.c.again.is_not(None)
    query = select(func.count().filter(order_table.c.again.is_(True)), func.count()).where(*said)
    yes, everybody = session.execute(query).one()
    return (int(yes), int(everybody)) if everybody >= ENOUGH else None


def thank(session: Session, round_id: int, by: int, now: datetime) -> list[AnyFact]:
    """The shop thanks everybody who collected, once. Raises not_yours, already_thanked, nobody_to_thank."""
    row = locked_row(session, round_id)
    shops.require_owner(session, row.shop_id, by)
    if row.thanked_at is not None:
        raise DomainError("already_thanked")
    collected = order_table.c.round_id == round_id, order_table.c.collected_at.is_not(None)
    buyers = fresh(session, select(Order).where(*collected).order_by(order_table.c.id))
    if not buyers:
        raise DomainError("nobody_to_thank")
    row.thanked_at = now
    session.flush()
    return [BuyersThanked(round_id, number_of(order.id), order.person_id) for order in buyers]

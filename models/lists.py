"""What lists show: a member's seats and orders, a circle's open group buys, an owner's offers and open orders. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import Session

from models import group_buys
from models.cards import Card
from models.catalogue import products
from models.circles import circle_table, membership_table
from models.columns import Texts, table_of
from models.errors import DomainError
from models.group_buys import Round, rounds
from models.orders import FIRST_NUMBER, Order, numbered
from models.outbox import OUTBOX
from models.people import person_table
from models.prices import missing, steps
from models.rows import fresh, number_of
from models.seats import Seat
from models.shops import shop_table
from models.states import CircleState, OrderState, RoundState, SeatState

seats, orders, cards = table_of(Seat), table_of(Order), table_of(Card)

OPEN_ORDERS = (OrderState.AWAITING, OrderState.CLAIMED, OrderState.PAID)
ONCE_OPEN = (
    RoundState.OPEN, RoundState.DECIDING, RoundState.LOCKED, RoundState.SETTLING, RoundState.DONE, RoundState.FAILED,
    RoundState.CANCELLED,
)  # fmt: skip
LONG = 12  # entries of a list that people read on a phone

_ORDERS = (
    select(
        orders.c.id.label("order_id"), orders.c.round_id, orders.c.person_id, person_table.c.name, products.c.title,
        circle_table.c.title.label("circle"), shop_table.c.currency,
        func.coalesce(circle_table.c.timezone, shop_table.c.timezone).label("timezone"), orders.c.state,
        orders.c.quantity, orders.c.total, orders.c.pay_by, orders.c.collected_at.is_not(None).label("collected"),
        rounds.c.arrived_at.is_not(None).label("arrived"), orders.c.again,
    )
    .join(person_table, person_table.c.id == orders.c.person_id)
    .join(products, products.c.id == orders.c.product_id)
    .join(circle_table, circle_table.c.id == orders.c.circle_id)
    .join(shop_table, shop_table.c.id == orders.c.shop_id)
    .join(rounds, rounds.c.id == orders.c.round_id)
)  # fmt: skip
_OFFERS = (
    select(
        rounds.c.id, rounds.c.circle_id, circle_table.c.title, products.c.title.label("product"), rounds.c.state,
        rounds.c.members, rounds.c.pieces,
    )
    .join(circle_table, circle_table.c.id == rounds.c.circle_id)
    .join(products, products.c.id == rounds.c.product_id)
)  # fmt: skip


@dataclass(frozen=True)
class Deal:
    """A group buy as a list or a private message shows it. Prices are minor units of `currency`."""

    round_id: int
    shop_id: int
    circle_id: int
    circle: str
    title: Texts
    text: Texts
    state: str
    currency: str
    timezone: str
    price: int
    options: tuple[str, ...]
    count: int
    count_by: str
    missing: int | None
    next_price: int | None
    closes_at: datetime
    message_id: int | None  # of its card
    mine: int = 0  # pieces the reader has


def deals_here(session: Session, circle_id: int, person_id: int | None = None) -> list[Deal]:
    """The open group buys of one circle, the first to close first."""
    here = (rounds.c.circle_id == circle_id, rounds.c.state == RoundState.OPEN)
    found = fresh(session, select(Round).where(*here).order_by(rounds.c.closes_at).limit(LONG))
    return [deal(session, row, person_id) for row in found]


def deals_of(session: Session, person_id: int) -> list[Deal]:
    """The open group buys of all circles a person is in."""
    mine = select(membership_table.c.circle_id).where(
        membership_table.c.person_id == person_id, membership_table.c.left_at.is_(None)
    )
    here = (rounds.c.circle_id.in_(mine), rounds.c.state == RoundState.OPEN)
    found = fresh(session, select(Round).where(*here).order_by(rounds.c.closes_at).limit(LONG))
    return [deal(session, row, person_id) for row in found]


def deal_of(session: Session, round_id: int, person_id: int | None = None) -> Deal:
    """One group buy as a list shows it. Raises DomainError("no_such_round")."""
    found = fresh(session, select(Round).where(rounds.c.id == round_id))
    if not found:
        raise DomainError("no_such_round")
    return deal(session, found[0], person_id)


def deal(session: Session, row: Round, person_id: int | None) -> Deal:
    """The row with what a reader needs around it."""
    ahead = missing(steps(row.ladder), group_buys.count(row), group_buys.price(row))
    around = session.execute(
        select(circle_table.c.title.label("circle"), products.c.title, shop_table.c.currency, cards.c.message_id,
               func.coalesce(circle_table.c.timezone, shop_table.c.timezone).label("timezone"))
        .select_from(circle_table)
        .join(products, products.c.id == row.product_id)
        .join(shop_table, shop_table.c.id == row.shop_id)
        .outerjoin(cards, cards.c.round_id == row.id)
        .where(circle_table.c.id == row.circle_id)
    ).one()  # fmt: skip
    return Deal(
        number_of(row.id), row.shop_id, row.circle_id, around.circle, around.title, row.text, row.state, around.currency,
        around.timezone, group_buys.price(row), tuple(row.options), group_buys.count(row), row.count_by,
        ahead[0] if ahead else None, ahead[1].price if ahead else None, row.closes_at, around.message_id,
        0 if person_id is None else pieces_of(session, number_of(row.id), person_id),
    )  # fmt: skip


def pieces_of(session: Session, round_id: int, person_id: int) -> int:
    """The pieces a member holds of a group buy."""
    mine = (seats.c.round_id == round_id, seats.c.person_id == person_id, seats.c.state == SeatState.HELD)
    return session.execute(select(seats.c.quantity).where(*mine)).scalar_one_or_none() or 0


@dataclass(frozen=True)
class OrderLine:
    """An order as a list shows it, its owner's name included."""

    order_id: int
    number: int
    round_id: int
    person_id: int
    name: str
    title: Texts
    circle: str
    currency: str
    timezone: str
    state: str
    quantity: int
    total: int
    pay_by: datetime | None
    collected: bool
    arrived: bool
    again: bool | None


def seats_of(session: Session, person_id: int) -> list[Deal]:
    """The group buys still open in which this person has a seat."""
    mine = select(seats.c.round_id).where(seats.c.person_id == person_id, seats.c.state == SeatState.HELD)
    states = (RoundState.OPEN, RoundState.DECIDING)
    found = fresh(session, select(Round).where(rounds.c.id.in_(mine), rounds.c.state.in_(states)).order_by(rounds.c.closes_at))
    return [deal(session, row, person_id) for row in found]


def orders_of(session: Session, person_id: int) -> list[OrderLine]:
    """A person's own orders, the newest first; ended ones are left out."""
    states = (*OPEN_ORDERS, OrderState.COMPLETED)
    mine = (orders.c.person_id == person_id, orders.c.state.in_(states))
    return _lines(session, _ORDERS.where(*mine).order_by(orders.c.id.desc()).limit(LONG))


def order_of(session: Session, order_id: int) -> OrderLine:
    """One order. Raises DomainError("gone")."""
    found = _lines(session, _ORDERS.where(orders.c.id == order_id))
    if not found:
        raise DomainError("gone", what="orders")
    return found[0]


def orders_called(session: Session, shop_ids: Sequence[int], called: str) -> list[OrderLine]:
    """A shop's orders that are not over, by their number, or by a part of the member's name; "" finds all."""
    where: list[ColumnElement[bool]] = [orders.c.shop_id.in_(shop_ids), orders.c.state.in_((*OPEN_ORDERS, OrderState.COMPLETED))]
    digits = called.lstrip("#")
    if digits.isascii() and digits.isdigit():
        where.append(orders.c.id == int(digits[:12]) - FIRST_NUMBER)
    elif called:
        where.append(func.lower(person_table.c.name).contains(called.lower(), autoescape=True))
    return _lines(session, _ORDERS.where(*where).order_by(orders.c.id.desc()).limit(LONG))


def order_in_message(session: Session, person_id: int, message_id: int) -> int | None:
    """The order that a private message of ours spoke of, when it is replied to."""
    mine = (OUTBOX.c.person_id == person_id, OUTBOX.c.message_id == message_id)
    for params in session.scalars(select(OUTBOX.c.params).where(*mine).order_by(OUTBOX.c.id.desc())):
        if isinstance(order_id := params.get("order_id"), int):
            return order_id
    return None


def _lines(session: Session, query: Select[*tuple[object, ...]]) -> list[OrderLine]:
    return [_line(row) for row in session.execute(query)]


def _line(row: Row[*tuple[object, ...]]) -> OrderLine:
    values = dict(row._mapping)
    return OrderLine(number=numbered(row.order_id), **values)


@dataclass(frozen=True)
class Offer:
    """A group buy as its owner's lists show it."""

    round_id: int
    circle_id: int
    circle: str
    title: Texts
    state: str
    members: int
    pieces: int


def running(session: Session, shop_ids: Sequence[int], states: Sequence[RoundState]) -> list[Offer]:
    """A shop's group buys in one of these states, the newest first."""
    where = (rounds.c.shop_id.in_(shop_ids), rounds.c.state.in_(states))
    return [Offer(*row) for row in session.execute(_OFFERS.where(*where).order_by(rounds.c.id.desc()).limit(LONG))]


def past_offers(session: Session, shop_ids: Sequence[int], circle_id: int | None = None) -> list[Offer]:
    """The last group buy of each product, for [Again]."""
    latest = select(func.max(rounds.c.id)).where(rounds.c.shop_id.in_(shop_ids), rounds.c.state.in_(ONCE_OPEN))
    if circle_id is not None:
        latest = latest.where(rounds.c.circle_id == circle_id)
    last = latest.group_by(rounds.c.product_id)
    return [Offer(*row) for row in session.execute(_OFFERS.where(rounds.c.id.in_(last)).order_by(rounds.c.id.desc()).limit(LONG))]


def circles_of_shops(session: Session, shop_ids: Sequence[int]) -> list[tuple[int, str, int]]:
    """The approved circles of these shops: id, title, shop."""
    where = (circle_table.c.shop_id.in_(shop_ids), circle_table.c.state == CircleState.APPROVED)
    query = select(circle_table.c.id, circle_table.c.title, circle_table.c.shop_id).where(*where)
    return [(row.id, row.title, row.shop_id) for row in session.execute(query.order_by(circle_table.c.id))]

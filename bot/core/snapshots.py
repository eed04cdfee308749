"""Snapshots: everything a card shows, read at one moment in a handful of Core statements. Plain values, no rows, no words."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.core.names import standing
from models import answers_shown, handover
from models.cards import Card
from models.catalogue import Product
from models.circles import Circle
from models.columns import Texts, table_of
from models.group_buys import Round
from models.people import Person
from models.prices import Step, missing, price_now, reached, steps
from models.seats import Seat, SeatLine
from models.shops import Shop
from models.states import SeatState, WaitingState
from models.waitlist import Waiting

FOLD = 12  # lines of a roster before it folds; one more than that is shown, since "… and 1 more" takes a line too

_rounds, _products, _circles, _shops, _cards = (table_of(model) for model in (Round, Product, Circle, Shop, Card))
_seats, _lines, _people, _waitings = (table_of(model) for model in (Seat, SeatLine, Person, Waiting))

_DEAL = (
    select(
        _rounds, _products.c.title, _products.c.photo, _products.c.photo_file_id, _products.c.stock_left,
        _circles.c.chat_id, _circles.c.language, func.coalesce(_circles.c.timezone, _shops.c.timezone).label("zone"),
        _circles.c.pickup.label("circle_pickup"), _shops.c.pickup.label("shop_pickup"), _shops.c.currency,
        _cards.c.message_id, _cards.c.has_photo,
    )
    .join(_products, _products.c.id == _rounds.c.product_id)
    .join(_circles, _circles.c.id == _rounds.c.circle_id)
    .join(_shops, _shops.c.id == _rounds.c.shop_id)
    .outerjoin(_cards, _cards.c.round_id == _rounds.c.id)
)  # fmt: skip
_NAMES = select(_people.c.name, _people.c.by_initial)


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """One member on the card: the name as it may be shown, pieces, and how many of which option."""

    name: str
    quantity: int
    options: tuple[tuple[str, int], ...]
    leads: bool


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One group buy as its card shows it."""

    round_id: int
    state: str
    title: Texts
    text: Texts
    base: int
    price: int
    ladder: tuple[Step, ...]
    reached: int  # the step whose price all pay now; 0 before the first
    missing: tuple[int, Step] | None
    count_by: str
    count: int
    minimum: int
    members: int
    pieces: int
    per_member: int | None
    options: tuple[str, ...]
    delivery_fee: int
    leader_discount: int
    upfront: bool
    accepted_short: bool
    sold_out: bool
    waiting: int
    roster: tuple[RosterEntry, ...]
    leader: str | None  # who leads without standing on the roster
    again: tuple[int, int] | None
    answers: int  # about the product that this circle can read
    closes_at: datetime
    decide_by: datetime | None
    arrived: bool
    pickup: tuple[str, ...]
    chat_id: int
    thread_id: int | None
    message_id: int | None
    has_photo: bool
    photo: str | None
    photo_file_id: str | None
    language: str | None
    zone: str
    currency: str = field(default="CNY")


def snapshot(session: Session, round_id: int) -> Snapshot | None:
    """The group buy now; None if there is no such one."""
    row = session.execute(_DEAL.where(_rounds.c.id == round_id)).one_or_none()
    if row is None:
        return None
    ladder = steps(row.ladder)
    count = row.members if row.count_by == "members" else row.pieces
    price = row.final_price or price_now(row.price, ladder, count, row.told_floor)
    roster = _roster(session, round_id, row.leader_id)
    waits = _waitings.c.round_id == round_id, _waitings.c.state == WaitingState.WAITING
    return Snapshot(
        round_id=round_id, state=row.state, title=row.title, text=row.text, base=row.price, price=price, ladder=ladder,
        reached=_reached(row.price, ladder, count, price), missing=missing(ladder, count, price), count_by=row.count_by,
        count=count if row.count_at_end is None else row.count_at_end, minimum=row.minimum, members=row.members,
        pieces=row.pieces, per_member=row.per_member, options=tuple(row.options), delivery_fee=row.delivery_fee,
        leader_discount=row.leader_discount, upfront=row.collect == "upfront", accepted_short=row.accepted_short,
        sold_out=row.stock_left == 0, waiting=session.scalar(select(func.count()).where(*waits)) or 0, roster=roster,
        leader=None if any(entry.leads for entry in roster) else _leader(session, row.leader_id),
        again=handover.again_rate(session, row.product_id), closes_at=row.closes_at, decide_by=row.decide_by,
        answers=answers_shown.count(session, row.circle_id, row.product_id),
        arrived=row.arrived_at is not None, pickup=tuple(row.circle_pickup or row.shop_pickup), chat_id=row.chat_id,
        thread_id=row.thread_id, message_id=row.message_id, has_photo=bool(row.has_photo), photo=row.photo,
        photo_file_id=row.photo_file_id, language=row.language, zone=row.zone, currency=row.currency,
    )  # fmt: skip


def _reached(base: int, ladder: tuple[Step, ...], count: int, price: int) -> int:
    """The step the card marks: that of the count, or a later one whose price was told and still holds."""
    told = [i for i, step in enumerate(ladder, start=1) if step.price is not None and price <= step.price < base]
    return max([reached(ladder, count), *told])


def _roster(session: Session, round_id: int, leader_id: int | None) -> tuple[RosterEntry, ...]:
    held = (
        select(_seats.c.id, _seats.c.person_id, _seats.c.quantity, _people.c.name, _people.c.by_initial)
        .join(_people, _people.c.id == _seats.c.person_id)
        .where(_seats.c.round_id == round_id, _seats.c.state == SeatState.HELD)
        .order_by(_seats.c.place)
        .limit(FOLD + 1)
    )
    found = session.execute(held).all()
    options = _options(session, [seat.id for seat in found])
    return tuple(
        RosterEntry(
            standing(seat.name, seat.by_initial),
            seat.quantity,
            tuple(options.get(seat.id, ())),
            seat.person_id == leader_id,
        )
        for seat in found
    )


def _options(session: Session, seats: list[int]) -> dict[int, list[tuple[str, int]]]:
    """Seat -> its options with their pieces, whatever their notes."""
    query = (
        select(
            _lines.c.seat_id,
            _lines.c.option,
            func.sum(_lines.c.quantity).label("pieces"),
            func.min(_lines.c.id).label("first"),
        )
        .where(_lines.c.seat_id.in_(seats), _lines.c.option != "")
        .group_by(_lines.c.seat_id, _lines.c.option)
        .order_by("first")
    )
    found: dict[int, list[tuple[str, int]]] = {}
    for line in session.execute(query):
        found.setdefault(line.seat_id, []).append((line.option, int(line.pieces)))
    return found


def _leader(session: Session, leader_id: int | None) -> str | None:
    row = session.execute(_NAMES.where(_people.c.id == leader_id)).one_or_none() if leader_id else None
    return None if row is None else standing(row.name, row.by_initial)

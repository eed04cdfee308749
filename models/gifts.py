"""Gifts: a seat, or part of it, given to a friend, who picks option and pickup and sees no price.

Invariants: no more is given than the giver's seat holds; the first to accept is the friend; what a friend sees carries
no amount of money.
"""

import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, case, delete, func, insert, select, update
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from models import circles, group_buys, orders, outbox, people, shops
from models.catalogue import Product
from models.columns import BigId, Instant, Texts, table_of
from models.errors import DomainError
from models.facts import AnyFact, GiftAccepted, GiftArrived
from models.rows import fresh, hold, load, number_of
from models.seats import Seat, SeatLine
from models.states import GIFT, GiftState, RoundState, SeatState, advance


class Gift(SQLModel, table=True):
    """One gift. Its token stands in the link the giver passes on; who opens it first is the friend."""

    __tablename__ = "gifts"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    token: str = Field(unique=True)
    seat_id: int = Field(sa_type=BigId, index=True, sa_column_args=[ForeignKey("seats.id")])
    round_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("rounds.id")])
    giver_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("people.id")])
    friend_id: int | None = Field(default=None, sa_type=BigId, sa_column_args=[ForeignKey("people.id")])
    state: str  # states.GiftState
    quantity: int = 1
    option: str = ""
    pickup: str | None = None
    created_at: datetime = Field(sa_type=Instant)
    accepted_at: datetime | None = Field(default=None, sa_type=Instant)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)


gift_table, seat_table, line_table = table_of(Gift), table_of(Seat), table_of(SeatLine)

GIVING = (RoundState.OPEN, RoundState.DECIDING, RoundState.LOCKED, RoundState.SETTLING)
GIVEN = (GiftState.OFFERED, GiftState.ACCEPTED)


@dataclass(frozen=True)
class GiftView:
    """What a friend sees of a gift: no price, nothing of the giver's order."""

    giver: str
    product: Texts
    quantity: int
    options: tuple[str, ...]  # to choose from; empty when there is nothing to choose (any more)
    pickups: tuple[str, ...]
    option: str
    pickup: str | None
    accepted: bool


def give(session: Session, round_id: int, giver_id: int, quantity: int, now: datetime) -> str:
    """The token of a new gift of `quantity` pieces of the giver's seat. Raises not_open, nothing_to_give, zero."""
    row = group_buys.locked_row(session, round_id)
    seat = _seat(session, round_id, giver_id)
    if quantity < 1:
        raise DomainError("zero")
    if row.state not in GIVING:
        raise DomainError("not_open", state=row.state)
    free = free_pieces(session, seat) if seat is not None else 0
    if seat is None or free < quantity or _collected(session, seat):
        raise DomainError("nothing_to_give", asked=quantity, free=free)
    token = secrets.token_urlsafe(12)
    session.add(Gift(
        token=token, seat_id=number_of(seat.id), round_id=round_id, giver_id=giver_id, state=GiftState.OFFERED,
        quantity=quantity, created_at=now,
    ))  # fmt: skip
    session.flush()
    return token


def free_pieces(session: Session, seat: Seat) -> int:
    """Pieces of a held seat that are not given to anybody yet."""
    given = select(func.coalesce(func.sum(gift_table.c.quantity), 0)).where(
        gift_table.c.seat_id == seat.id, gift_table.c.state.in_(GIVEN)
    )
    return seat.quantity - int(session.execute(given).scalar_one())


def view(session: Session, token: str, friend_id: int) -> GiftView:
    """The gift as the friend sees it. Raises gift_gone, gift_taken, gift_own."""
    gift = _by_token(session, token)
    _require_friend(gift, friend_id)
    row = load(session, group_buys.Round, gift.round_id)
    _require_there(session, row, gift)
    product = load(session, Product, row.product_id)
    giver = load(session, people.Person, gift.giver_id)
    return GiftView(
        giver.name, product.title, gift.quantity,
        tuple(row.options) if row.state == RoundState.OPEN else (), tuple(_pickups(session, row)),
        gift.option, gift.pickup, gift.state == GiftState.ACCEPTED,
    )  # fmt: skip


def accept(
    session: Session, token: str, friend_id: int, option: str, pickup: str | None, now: datetime
) -> list[AnyFact]:
    """The friend takes the gift, or changes their choice. The option moves the giver's pieces while the group buy is open.

    Raises gift_gone, gift_taken, gift_own, unknown_option, option_needed, option_fixed, unknown_pickup.
    """
    row = group_buys.locked_row(session, _by_token(session, token).round_id)
    gift = _by_token(session, token)
    _require_friend(gift, friend_id)
    seat = _require_there(session, row, gift)
    if pickup is not None and pickup not in _pickups(session, row):
        raise DomainError("unknown_pickup", pickup=pickup, pickups=_pickups(session, row))
    first = gift.state == GiftState.OFFERED
    if first:
        gift.state, gift.accepted_at, gift.friend_id = advance(GIFT, gift.state, GiftState.ACCEPTED), now, friend_id
    gift.pickup = pickup or gift.pickup
    before, gift.option = gift.option, _choose(session, row, seat, gift, option)
    session.flush()
    if gift.option != before:
        outbox.mark_card(session, gift.round_id, now)  # a choice that changes is no news, but the roster shows it
    return [GiftAccepted(gift.round_id, number_of(gift.id), gift.giver_id, friend_id)] if first else []


def withdraw(session: Session, gift_id: int, giver_id: int, now: datetime) -> None:
    """The giver takes the gift back while nobody has accepted it. Raises not_yours, gift_taken."""
    gift = hold(session, Gift, gift_id)
    if gift.giver_id != giver_id:
        raise DomainError("not_yours")
    if gift.state == GiftState.ACCEPTED:
        raise DomainError("gift_taken")
    gift.state, gift.withdrawn_at = advance(GIFT, gift.state, GiftState.WITHDRAWN), now
    session.flush()


def withdraw_all(session: Session, seat_id: int, now: datetime) -> None:
    """The seat is no longer held: there is nothing left to give."""
    live = gift_table.c.seat_id == seat_id, gift_table.c.state.in_(GIVEN)
    session.execute(update(gift_table).where(*live).values(state=GiftState.WITHDRAWN, withdrawn_at=now))


def trim(session: Session, seat_id: int, pieces: int, now: datetime) -> None:
    """The giver has only so many left: what nobody took goes first, then the youngest gifts, piece by piece."""
    live = gift_table.c.seat_id == seat_id, gift_table.c.state.in_(GIVEN)
    order = (case((gift_table.c.state == GiftState.OFFERED, 0), else_=1), gift_table.c.id.desc())
    given = fresh(session, select(Gift).where(*live).order_by(*order))
    too_many = sum(gift.quantity for gift in given) - pieces
    for gift in given:
        taken = min(max(0, too_many), gift.quantity)
        too_many -= taken
        if taken == gift.quantity:
            gift.state, gift.withdrawn_at = advance(GIFT, gift.state, GiftState.WITHDRAWN), now
        else:
            gift.quantity -= taken
    session.flush()


def _choose(session: Session, row: group_buys.Round, seat: Seat, gift: Gift, option: str) -> str:
    """The option the friend gets. While open their pieces move to it; later they take what the seat holds."""
    if not row.options:
        return ""
    if row.state != RoundState.OPEN:
        free = _unspoken(session, seat, gift)
        if option and free[option] < gift.quantity:
            raise DomainError("option_fixed", options=sorted(key for key, pieces in free.items() if pieces > 0))
        return option or gift.option or max(free, key=lambda key: free[key])
    if not option:
        raise DomainError("option_needed", options=row.options)
    if option not in row.options:
        raise DomainError("unknown_option", option=option, options=row.options)
    _move(session, seat, gift, option)
    orders.relabel(session, row, seat)
    return option


def _unspoken(session: Session, seat: Seat, gift: Gift) -> Counter[str]:
    """The seat's pieces by option, without those that other friends chose."""
    lines = select(line_table.c.option, func.sum(line_table.c.quantity)).where(line_table.c.seat_id == seat.id)
    free: Counter[str] = Counter()
    for option, pieces in session.execute(lines.group_by(line_table.c.option)):
        free[option] = int(pieces)
    others = select(gift_table.c.option, gift_table.c.quantity).where(
        gift_table.c.seat_id == seat.id, gift_table.c.state == GiftState.ACCEPTED, gift_table.c.id != gift.id
    )
    for option, pieces in session.execute(others):
        free[option] -= pieces
    return free


def _move(session: Session, seat: Seat, gift: Gift, option: str) -> None:
    """Makes sure that the seat holds enough of the option: the rest comes from lines of other options nobody chose.

    Who chooses anew takes along the pieces of their first choice.
    """
    free = _unspoken(session, seat, gift)
    anew = gift.option not in {"", option}
    missing = gift.quantity if anew else gift.quantity - max(0, free[option])
    others = (line_table.c.seat_id == seat.id, line_table.c.option != option)
    first_theirs = case((line_table.c.option == gift.option, 0), else_=1)
    lines = session.execute(select(line_table).where(*others).order_by(first_theirs, line_table.c.id.desc())).all()
    for line in lines:
        pieces = min(missing, line.quantity, max(0, free[line.option]))
        if pieces > 0:
            missing -= pieces
            free[line.option] -= pieces
            _shift(session, number_of(seat.id), line.id, line.quantity, pieces, option)


def _shift(session: Session, seat_id: int, line_id: int, had: int, pieces: int, option: str) -> None:
    """Moves pieces of one line to the plain line of the option."""
    one = line_table.c.id == line_id
    if had == pieces:
        session.execute(delete(line_table).where(one))
    else:
        session.execute(update(line_table).where(one).values(quantity=had - pieces))
    plain = line_table.c.seat_id == seat_id, line_table.c.option == option, line_table.c.note == ""
    known = session.execute(select(line_table.c.id).where(*plain)).scalar_one_or_none()
    if known is None:
        session.execute(insert(line_table).values(seat_id=seat_id, option=option, note="", quantity=pieces))
    else:
        session.execute(update(line_table).where(*plain).values(quantity=line_table.c.quantity + pieces))


def _require_friend(gift: Gift, friend_id: int) -> None:
    if gift.giver_id == friend_id:
        raise DomainError("gift_own")
    if gift.state == GiftState.WITHDRAWN:
        raise DomainError("gift_gone")
    if gift.state == GiftState.ACCEPTED and gift.friend_id != friend_id:
        raise DomainError("gift_taken")


def _require_there(session: Session, row: group_buys.Round, gift: Gift) -> Seat:
    """The giver may have taken fewer since, or left; what is on no seat cannot be given."""
    seat = load(session, Seat, gift.seat_id)
    earlier = select(func.coalesce(func.sum(gift_table.c.quantity), 0)).where(
        gift_table.c.seat_id == seat.id, gift_table.c.state == GiftState.ACCEPTED, gift_table.c.id != gift.id
    )
    spoken = int(session.execute(earlier).scalar_one())
    if row.state not in GIVING or seat.state != SeatState.HELD or seat.quantity - spoken < gift.quantity:
        raise DomainError("gift_gone")
    return seat


def _pickups(session: Session, row: group_buys.Round) -> list[str]:
    circle = circles.by_id(session, row.circle_id)
    return (circle.pickup if circle is not None else []) or shops.by_id(session, row.shop_id).pickup


def _collected(session: Session, seat: Seat) -> bool:
    order = orders.live_of_seat(session, number_of(seat.id))
    return order is not None and order.collected_at is not None


def _by_token(session: Session, token: str) -> Gift:
    rows = fresh(session, select(Gift).where(gift_table.c.token == token))
    if not rows:
        raise DomainError("gift_gone")
    return rows[0]


def _seat(session: Session, round_id: int, person_id: int) -> Seat | None:
    mine = seat_table.c.round_id == round_id, seat_table.c.person_id == person_id
    rows = fresh(session, select(Seat).where(*mine, seat_table.c.state == SeatState.HELD))
    return rows[0] if rows else None


def arrived(session: Session, round_id: int) -> list[AnyFact]:
    """The goods are here: every friend whose giver's seat still stands is told to come."""
    accepted = gift_table.c.round_id == round_id, gift_table.c.state == GiftState.ACCEPTED
    held = select(seat_table.c.id).where(seat_table.c.round_id == round_id, seat_table.c.state == SeatState.HELD)
    query = select(Gift).where(*accepted, gift_table.c.seat_id.in_(held)).order_by(gift_table.c.id)
    return [
        GiftArrived(round_id, number_of(gift.id), gift.giver_id, number_of(gift.friend_id), gift.pickup)
        for gift in fresh(session, query)
    ]

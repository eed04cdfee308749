"""The pick list: what to hand to whom. One row for each line of pieces; a gift's row shows the friend.

Invariants: the rows' totals sum to what the orders owe; only people who may hand out see it (owner, leader).
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models import group_buys, shops
from models.catalogue import Product
from models.circles import Circle
from models.columns import Texts, table_of
from models.errors import DomainError
from models.gifts import Gift
from models.money import prorate
from models.order_lines import LineKind
from models.orders import ENDED, Order, OrderLine, numbered
from models.people import Person
from models.rows import load
from models.seats import Seat
from models.shops import Shop
from models.states import GiftState, OrderState

ORDERS, LINES, PEOPLE = table_of(Order), table_of(OrderLine), table_of(Person)
CIRCLES, PRODUCTS, SHOPS, SEATS, GIFTS = table_of(Circle), table_of(Product), table_of(Shop), table_of(Seat), table_of(Gift)


@dataclass(frozen=True)
class PickRow:
    """One line to hand out. Amounts are minor units of `currency`; `order` is the number people call it by."""

    circle: str
    member: str
    product: str
    option: str
    quantity: int
    unit_price: int
    total: int
    state: str  # awaiting | claimed | paid | collected (and not paid yet) | completed
    order: int
    pickup: str
    note: str
    currency: str
    order_id: int
    round_id: int


@dataclass(frozen=True)
class _Share:
    """Part of an order for one pair of hands: the member's own, or a friend's gift."""

    member: str
    option: str
    quantity: int
    pickup: str
    note: str


@dataclass(frozen=True)
class _Part:
    """A line of pieces, or a gift of some, as the database has it."""

    option: str
    quantity: int
    note: str = ""
    name: str = ""
    pickup: str | None = None


def rows(
    session: Session, *, round_id: int | None = None, circle_id: int | None = None, shop_id: int | None = None,
    language: str = "en",
) -> list[PickRow]:  # fmt: skip
    """The standing orders of a round, a circle or a shop, by circle, product and place on the roster."""
    session.flush()
    wanted = {"round_id": round_id, "circle_id": circle_id, "shop_id": shop_id}
    query = _orders()
    for column, value in wanted.items():
        if value is not None:
            query = query.where(ORDERS.c[column] == value)
    orders = [dict(order) for order in session.execute(query).mappings()]
    listed = query.order_by(None)
    pieces = _grouped(session, _pieces(listed.with_only_columns(ORDERS.c.id)))
    gifts = _grouped(session, _gifts(listed.with_only_columns(ORDERS.c.seat_id)))
    return [
        row for order in orders
        for row in _rows_of(order, pieces[_int(order["id"])], gifts[_int(order["seat_id"])], language)
    ]  # fmt: skip


def for_person(session: Session, round_id: int, person_id: int, language: str = "en") -> list[PickRow]:
    """The pick list of a round, for its owner or its leader. Raises not_yours."""
    row = load(session, group_buys.Round, round_id)
    if person_id != row.leader_id and not shops.owns(session, row.shop_id, person_id):
        raise DomainError("not_yours")
    return rows(session, round_id=round_id, language=language)


def _orders() -> Select[*tuple[object, ...]]:
    return (
        select(
            ORDERS.c.id, ORDERS.c.round_id, ORDERS.c.seat_id, ORDERS.c.state, ORDERS.c.total, ORDERS.c.unit_price,
            ORDERS.c.pickup, ORDERS.c.collected_at, PEOPLE.c.name, CIRCLES.c.title.label("circle"),
            PRODUCTS.c.title.label("product"), SHOPS.c.currency,
        )
        .join(PEOPLE, PEOPLE.c.id == ORDERS.c.person_id).join(CIRCLES, CIRCLES.c.id == ORDERS.c.circle_id)
        .join(PRODUCTS, PRODUCTS.c.id == ORDERS.c.product_id).join(SHOPS, SHOPS.c.id == ORDERS.c.shop_id)
        .join(SEATS, SEATS.c.id == ORDERS.c.seat_id)
        .where(ORDERS.c.state.not_in(ENDED))
        .order_by(CIRCLES.c.title, ORDERS.c.circle_id, ORDERS.c.round_id, SEATS.c.place, ORDERS.c.id)
    )  # fmt: skip


def _grouped(session: Session, query: Select[*tuple[object, ...]]) -> defaultdict[int, list[_Part]]:
    """Rows by their first column, in their order."""
    found: defaultdict[int, list[_Part]] = defaultdict(list)
    for row in session.execute(query).mappings():
        found[row["of"]].append(_Part(**{key: value for key, value in row.items() if key != "of"}))
    return found


def _rows_of(
    order: dict[str, object], pieces: list[_Part], gifts: list[_Part], language: str
) -> Iterator[PickRow]:
    """The order's rows; its discount and delivery are spread over them so that the column sums to what is owed."""
    shares = list(_shares(order, pieces, gifts))
    unit_price, total = _int(order["unit_price"]), _int(order["total"])
    parts = prorate(total, [share.quantity for share in shares]) if shares else []
    for share, part in zip(shares, parts, strict=True):
        yield PickRow(
            circle=str(order["circle"]), member=share.member, product=_said(order["product"], language),
            option=share.option, quantity=share.quantity, unit_price=unit_price, total=part, state=_state(order),
            order=numbered(_int(order["id"])), pickup=share.pickup, note=share.note, currency=str(order["currency"]),
            order_id=_int(order["id"]), round_id=_int(order["round_id"]),
        )  # fmt: skip


def _shares(order: dict[str, object], pieces: list[_Part], gifts: list[_Part]) -> Iterator[_Share]:
    """The order's lines of pieces, with those pieces moved to friends that were given to them."""
    name, pickup = str(order["name"]), str(order["pickup"] or "")
    left = [gift.quantity for gift in gifts]
    for line in pieces:
        own = line.quantity
        for number, gift in enumerate(gifts):
            given = min(own, left[number]) if gift.option == line.option else 0
            if given:
                own, left[number] = own - given, left[number] - given
                yield _Share(gift.name, line.option, given, gift.pickup or pickup, line.note)
        if own:
            yield _Share(name, line.option, own, pickup, line.note)


def _pieces(order_ids: Select[*tuple[object, ...]]) -> Select[*tuple[object, ...]]:
    return (
        select(LINES.c.order_id.label("of"), LINES.c.option, LINES.c.note, LINES.c.quantity)
        .where(LINES.c.order_id.in_(order_ids), LINES.c.kind == LineKind.PIECE).order_by(LINES.c.note != "", LINES.c.id)
    )  # fmt: skip


def _gifts(seat_ids: Select[*tuple[object, ...]]) -> Select[*tuple[object, ...]]:
    return (
        select(GIFTS.c.seat_id.label("of"), GIFTS.c.option, GIFTS.c.quantity, GIFTS.c.pickup, PEOPLE.c.name)
        .join(PEOPLE, PEOPLE.c.id == GIFTS.c.friend_id)
        .where(GIFTS.c.seat_id.in_(seat_ids), GIFTS.c.state == GiftState.ACCEPTED).order_by(GIFTS.c.id)
    )  # fmt: skip


def _state(order: dict[str, object]) -> str:
    paid = order["state"] == OrderState.COMPLETED
    return "collected" if order["collected_at"] is not None and not paid else str(order["state"])


def _said(texts: object, language: str) -> str:
    """A text in the language asked for, else in the shop's first."""
    spoken: Texts = texts if isinstance(texts, dict) else {}
    return spoken.get(language) or next(iter(spoken.values()), "")


def _int(value: object) -> int:
    assert isinstance(value, int)
    return value



"""Members' own cycles: how often each of them collects a thing, and whose time has come round again.

Invariants: a cycle is the median of the days between purchases, at least two of them on different days; it is due from
the last purchase plus one cycle until a second has passed; whoever has a seat or goods under way is not due.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from models import orders
from models.buyer_totals import bought, totals
from models.catalogue import products
from models.circles import membership_table
from models.columns import table_of
from models.group_buys import rounds
from models.orders import order_table
from models.seats import Seat
from models.states import RoundState, SeatState

DAY = timedelta(days=1)
_seats = table_of(Seat)


@dataclass(frozen=True, slots=True)
class Due:
    """A member whose time has come. `last_at`: of their last purchase, of `product_id`; `circle_id`: where they bought it."""

    person_id: int
    product_id: int
    circle_id: int
    days: int
    last_at: datetime


def goods(session: Session, shop_id: int, product: str | None, category: str | None) -> list[int]:
    """The shop's products by key or by category."""
    which = products.c.key == product if product is not None else products.c.category == category
    return list(session.scalars(select(products.c.id).where(products.c.shop_id == shop_id, which).order_by(products.c.id)))


def due(
    session: Session, shop_id: int, product_ids: Collection[int], circle_ids: Collection[int], least: int, now: datetime, *,
    after: int, limit: int,
) -> list[Due]:  # fmt: skip
    """Members with ids above `after`, rising, whose cycle has come round; fewer than `limit` mean that there are no more."""
    found: list[Due] = []
    while len(found) < limit:
        page = _buyers(session, shop_id, product_ids, circle_ids, least, after, limit)
        found += _come_round(session, page, product_ids, least, now)
        if len(page) < limit:
            break
        after = page[-1]
    return found[:limit]


def open_round(session: Session, person_id: int, product_ids: Collection[int]) -> int | None:
    """An open group buy of one of these in a circle of theirs, the first to close."""
    c = membership_table.c
    mine = select(c.circle_id).where(c.person_id == person_id, c.left_at.is_(None))
    there = (rounds.c.product_id.in_(product_ids), rounds.c.state == RoundState.OPEN, rounds.c.circle_id.in_(mine))
    return session.scalar(select(rounds.c.id).where(*there).order_by(rounds.c.closes_at, rounds.c.id).limit(1))


def length(times: Iterable[datetime]) -> timedelta | None:
    """The median time between purchases of different days; None if there is none."""
    days = sorted({at.date(): at for at in sorted(times, reverse=True)}.values())
    gaps = [later - earlier for earlier, later in pairwise(days)]
    return max(timedelta(seconds=median(gap.total_seconds() for gap in gaps)), DAY) if gaps else None


def _buyers(
    session: Session, shop_id: int, product_ids: Collection[int], circle_ids: Collection[int], least: int, after: int, limit: int
) -> list[int]:
    """Members of these circles who bought often enough, and have nothing of it before them."""
    t, m, c = totals.c, membership_table.c, order_table.c
    inside = select(m.person_id).where(m.person_id == t.person_id, m.circle_id.in_(circle_ids), m.left_at.is_(None))
    of_it = select(func.count()).where(c.person_id == t.person_id, c.product_id.in_(product_ids), bought())
    query = select(t.person_id).where(
        t.shop_id == shop_id, t.person_id > after, t.orders >= least, of_it.scalar_subquery() >= least, inside.exists(),
        ~_under_way(product_ids),
    )  # fmt: skip
    return list(session.scalars(query.order_by(t.person_id).limit(limit)))


def _under_way(product_ids: Collection[int]) -> ColumnElement[bool]:
    """A seat in a group buy that is open, or an order that was not collected yet."""
    t, c = totals.c, order_table.c
    seat = (
        select(_seats.c.id).join(rounds, rounds.c.id == _seats.c.round_id)
        .where(_seats.c.person_id == t.person_id, _seats.c.state == SeatState.HELD, rounds.c.product_id.in_(product_ids),
               rounds.c.state.in_((RoundState.OPEN, RoundState.DECIDING)))
    )  # fmt: skip
    order = select(c.id).where(
        c.person_id == t.person_id, c.product_id.in_(product_ids), c.collected_at.is_(None), c.state.in_(orders.UNDER_WAY)
    )
    return or_(seat.exists(), order.exists())


def _come_round(
    session: Session, person_ids: list[int], product_ids: Collection[int], least: int, now: datetime
) -> Iterator[Due]:
    c = order_table.c
    mine = (c.person_id.in_(person_ids), c.product_id.in_(product_ids), bought())
    query = select(c.person_id, c.product_id, c.circle_id, c.collected_at).where(*mine)
    known: defaultdict[int, list[tuple[datetime, int, int]]] = defaultdict(list)
    for row in session.execute(query.order_by(c.person_id, c.collected_at)):
        known[row.person_id].append((row.collected_at, row.product_id, row.circle_id))
    for person_id, purchases in known.items():
        cycle = length(at for at, _, _ in purchases)
        last_at, product_id, circle_id = purchases[-1]
        if cycle is not None and len(purchases) >= least and last_at + cycle <= now < last_at + 2 * cycle:
            yield Due(person_id, product_id, circle_id, round(cycle / DAY), last_at)

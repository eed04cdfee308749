"""What must be so of what members bought: their totals, the path of each order, their standings."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, case, func, literal, or_, select
from sqlalchemy.orm import Session

from models.buyer_totals import bought, totals
from models.columns import table_of
from models.invariants.difference import Check, Difference, each
from models.orders import order_table
from models.paths import Path
from models.seats import SeatEvent
from models.standings import BuyerClass, standings

events = table_of(SeatEvent)


def buyer_totals(session: Session) -> Iterator[Difference]:
    """A member's totals are the count, the sum and the times of the orders they collected and kept."""
    o, t = order_table.c, totals.c
    counted = (
        select(o.shop_id, o.person_id, func.count().label("orders"), func.sum(o.total).label("spent"),
               func.min(o.collected_at).label("first_at"), func.max(o.collected_at).label("last_at"))
        .where(bought()).group_by(o.shop_id, o.person_id).subquery()
    )  # fmt: skip
    same = (t.shop_id == counted.c.shop_id) & (t.person_id == counted.c.person_id)
    names = ("orders", "spent", "first_at", "last_at")
    apart = or_(*(t[name].is_distinct_from(counted.c[name]) for name in names))
    query = select(counted.c.person_id, counted.c.orders, t.orders).outerjoin_from(counted, totals, same).where(apart)
    yield from each(session, "buyer totals", "person", query)
    none = select(counted.c.person_id).where(same).correlate(totals).exists()
    left = select(t.person_id, literal(0), t.orders).where(or_(t.orders != 0, t.spent != 0), ~none)
    yield from each(session, "buyer totals", "person", left)


def last_path(session: Session) -> Iterator[Difference]:
    """The path in the totals is that of the last order that counts."""
    o, t = order_table.c, totals.c
    mine = o.shop_id == t.shop_id, o.person_id == t.person_id, bought()
    last = select(o.path).where(*mine).order_by(o.collected_at.desc(), o.id.desc()).limit(1).scalar_subquery()
    yield from each(session, "last path", "person", select(t.person_id, last, t.path).where(last.is_distinct_from(t.path)))


def paths(session: Session) -> Iterator[Difference]:
    """An order's path is what its seat's first event shows; whether an answer had been read, only its row ever knew."""
    o = order_table.c
    first: ColumnElement[str] = func.coalesce(
        select(case(
            (events.c.via_person_id.is_not(None), Path.KIN.value), (o.path == Path.EXPERT.value, Path.EXPERT.value),
            (events.c.names_on_card > 0, Path.CROWD.value), else_=Path.SELF.value,
        )).where(events.c.seat_id == o.seat_id).order_by(events.c.id).limit(1).scalar_subquery(),
        Path.SELF.value,
    )  # fmt: skip
    yield from each(session, "path", "order", select(o.id, first, o.path).where(o.path.is_distinct_from(first)))


def classes(session: Session) -> Iterator[Difference]:
    """A standing is in a class there is."""
    s, known = standings.c, sorted(BuyerClass)
    query = select(s.person_id, literal("a known class"), s.buyer_class).where(s.buyer_class.not_in(known))
    yield from each(session, "standing", "person", query)


CHECKS: tuple[Check, ...] = (buyer_totals, last_path, paths, classes)

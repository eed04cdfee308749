"""Who received something lately and was not asked how it was: for the campaign kind ask_buyers."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from models.asks import ask_table
from models.circles import membership_table
from models.orders import order_table
from models.questions import question_table
from models.states import OrderState

Place = tuple[int, int]  # circle and product


def lately(
    session: Session, shop_id: int, circle_ids: Collection[int], since: datetime, until: datetime
) -> dict[Place, list[int]]:
    """People by circle and product who collected it (last) between these moments, are in the circle and were not asked since."""
    c = order_table.c
    return _placed(session, _kept(shop_id, circle_ids, since, c.collected_at > since).having(func.max(c.collected_at) <= until))


def by_order(
    session: Session, shop_id: int, circle_ids: Collection[int], order_ids: Collection[int], since: datetime
) -> dict[Place, list[int]]:
    """The same of these orders, however long ago they were collected; those not among them who were asked `since`."""
    c = order_table.c
    return _placed(session, _kept(shop_id, circle_ids, since, c.id.in_(order_ids), c.collected_at.is_not(None)))


def _kept(
    shop_id: int, circle_ids: Collection[int], since: datetime, *which: ColumnElement[bool]
) -> Select[int, int, int]:
    c, m = order_table.c, membership_table.c
    inside = select(m.person_id).where(m.circle_id == c.circle_id, m.person_id == c.person_id, m.left_at.is_(None)).exists()
    kept = (c.shop_id == shop_id, c.circle_id.in_(circle_ids), c.state != OrderState.REFUNDED, *which)
    query = select(c.circle_id, c.product_id, c.person_id).where(*kept, inside, ~_asked(since))
    return query.group_by(c.circle_id, c.product_id, c.person_id)


def _placed(session: Session, query: Select[int, int, int]) -> dict[Place, list[int]]:
    c = order_table.c
    found: defaultdict[Place, list[int]] = defaultdict(list)
    for row in session.execute(query.order_by(c.circle_id, c.product_id, c.person_id)):
        found[row.circle_id, row.product_id].append(row.person_id)
    return dict(found)


def _asked(since: datetime) -> ColumnElement[bool]:
    """A campaign put a question about this product to them since."""
    c, q = order_table.c, question_table.c
    theirs = and_(ask_table.c.person_id == c.person_id, ask_table.c.put_at > since, q.asker_id.is_(None))
    asked = select(ask_table.c.id).join(question_table, q.id == ask_table.c.question_id)
    return asked.where(theirs, q.product_id == c.product_id).exists()

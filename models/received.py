"""Who received something lately and was not asked how it was: for the campaign kind ask_buyers."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
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
    c, m = order_table.c, membership_table.c
    inside = select(m.person_id).where(m.circle_id == c.circle_id, m.person_id == c.person_id, m.left_at.is_(None)).exists()
    collected = (c.shop_id == shop_id, c.circle_id.in_(circle_ids), c.collected_at > since, c.state != OrderState.REFUNDED)
    last = func.max(c.collected_at)
    query = select(c.circle_id, c.product_id, c.person_id).where(*collected, inside, ~_asked(since))
    query = query.group_by(c.circle_id, c.product_id, c.person_id).having(last <= until)
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

"""Who keeps coming: orders collected (and not given back) since some day."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.orders import order_table
from models.states import OrderState


def orders_since(session: Session, shop_id: int, person_ids: Collection[int], since: datetime) -> dict[int, int]:
    """How many orders of the shop each of these people collected since then; who is missing has none."""
    c = order_table.c
    collected = (c.shop_id == shop_id, c.collected_at >= since, c.state != OrderState.REFUNDED)
    query = select(c.person_id, func.count().label("orders")).where(*collected, c.person_id.in_(person_ids))
    return {row.person_id: row.orders for row in session.execute(query.group_by(c.person_id))}

"""What happened in a circle over a time: orders, mutes, leavers. A draw's report compares two weeks with two weeks."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from models.circles import membership_table
from models.mutes import mutes
from models.orders import order_table


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one circle over a time."""

    orders: int
    mutes: int
    leavers: int


def counted(session: Session, circle_id: int, since: datetime, until: datetime) -> Counts:
    """Orders made, members who muted something, members who left; from `since`, before `until`."""
    here = membership_table.c.circle_id == circle_id
    members = select(membership_table.c.person_id).where(here)

    def number(*where: ColumnElement[bool]) -> int:
        return int(session.execute(select(func.count()).where(*where)).scalar_one())

    return Counts(
        number(order_table.c.circle_id == circle_id, _between(order_table.c.created_at, since, until)),
        number(mutes.c.person_id.in_(members), _between(mutes.c.at, since, until)),
        number(here, _between(membership_table.c.left_at, since, until)),
    )


def _between(column: ColumnElement[datetime], since: datetime, until: datetime) -> ColumnElement[bool]:
    return and_(column >= since, column < until)

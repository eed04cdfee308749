"""Who may take part in what a circle is given: members of some standing, and nobody who gives it."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models.circles import membership_table
from models.columns import table_of
from models.people import person_table
from models.shops import ShopOwner

_owners = table_of(ShopOwner)
_OWNS = select(_owners.c.person_id).where(
    _owners.c.shop_id == bindparam("shop_id"), _owners.c.person_id == bindparam("person_id")
)
_MEMBER = (
    select(membership_table.c.joined_at, membership_table.c.left_at, person_table.c.erased_at, _OWNS.exists().label("owns"))
    .join(person_table, person_table.c.id == membership_table.c.person_id)
    .where(membership_table.c.circle_id == bindparam("circle_id"), membership_table.c.person_id == bindparam("person_id"))
)


def why_not(session: Session, shop_id: int, circle_id: int, person_id: int, standing: int, now: datetime) -> str | None:
    """Why this person may not: "left", "erased", "owner", or "new" (fewer than `standing` seconds here); None if they may."""
    session.flush()
    who = {"shop_id": shop_id, "circle_id": circle_id, "person_id": person_id}
    member = session.connection().execute(_MEMBER, who).one_or_none()
    if member is None or member.left_at is not None:
        return "left"
    if member.erased_at is not None:
        return "erased"
    if member.owns:
        return "owner"
    return "new" if member.joined_at > now - timedelta(seconds=standing) else None

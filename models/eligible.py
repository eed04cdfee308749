"""Who may take part in what a circle is given: members of some standing, and nobody who gives it."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import shops
from models.circles import membership_table
from models.people import person_table


def why_not(session: Session, shop_id: int, circle_id: int, person_id: int, standing: int, now: datetime) -> str | None:
    """Why this person may not: "left", "erased", "owner", or "new" (fewer than `standing` seconds here); None if they may."""
    mine = membership_table.c.circle_id == circle_id, membership_table.c.person_id == person_id
    member = session.execute(select(membership_table.c.joined_at, membership_table.c.left_at).where(*mine)).one_or_none()
    if member is None or member.left_at is not None:
        return "left"
    if session.scalar(select(person_table.c.erased_at).where(person_table.c.id == person_id)) is not None:
        return "erased"
    if shops.owns(session, shop_id, person_id):
        return "owner"
    return "new" if member.joined_at > now - timedelta(seconds=standing) else None

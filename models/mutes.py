"""What a member does not want to hear of: everything that sells, being asked, a category, an item.

Invariants: a mute is one row a member and key; receipts and answers to one's own doing are never muted; being muted is
looked up at fan-out and again when a message leaves.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from models.columns import BigId, Instant, table_of
from models.rows import insert_into

ALL, ASKS = "all", "asks"


class Mute(SQLModel, table=True):
    """One thing this person muted. `key` is ALL, ASKS, or what `category` and `item` make."""

    __tablename__ = "mutes"

    person_id: int = Field(primary_key=True, sa_type=BigId, sa_column_args=[ForeignKey("people.id")])
    key: str = Field(primary_key=True)
    at: datetime = Field(sa_type=Instant)


mutes = table_of(Mute)


def category(shop_id: int, name: str) -> str:
    """The key of a shop's category."""
    return f"category:{shop_id}:{name}"


def item(product_id: int) -> str:
    """The key of one product."""
    return f"item:{product_id}"


def mute(session: Session, person_id: int, key: str, now: datetime) -> None:
    """From now on; said twice, it is done once."""
    row = insert_into(session, mutes).values(person_id=person_id, key=key, at=now)
    session.execute(row.on_conflict_do_nothing())


def unmute(session: Session, person_id: int, key: str) -> None:
    """They want to hear of it again."""
    session.execute(delete(mutes).where(mutes.c.person_id == person_id, mutes.c.key == key))


def of(session: Session, person_id: int) -> frozenset[str]:
    """Everything this person muted."""
    return frozenset(session.scalars(select(mutes.c.key).where(mutes.c.person_id == person_id)))


def among(session: Session, person_ids: Collection[int], keys: Iterable[str]) -> frozenset[int]:
    """Those of these people who muted any of the keys; who muted ALL is always among them."""
    asked = {ALL, *keys}
    found = select(mutes.c.person_id).where(mutes.c.person_id.in_(person_ids), mutes.c.key.in_(asked))
    return frozenset(session.scalars(found))

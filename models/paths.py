"""Which cue led a member to an order: kin, expert, crowd or self.

Invariants: decided once, when the order is written, from the first event of its seat; a friend's link or gift goes
before an answer that was read, that before the names on the card; what is recorded of reading is the first time alone,
and nothing of who said no to it (`/privacy`).
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, ForeignKey, bindparam, case, func, select
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from models.columns import BigId, Instant, table_of
from models.people import person_table
from models.rows import insert_into
from models.seats import SeatEvent


class Path(StrEnum):
    """What bot.toml's `path` may name."""

    KIN = "kin"  # by somebody's link, share or gift (从亲)
    EXPERT = "expert"  # had read a buyer's answer about the product (从专)
    CROWD = "crowd"  # names stood on the card (从众)
    SELF = "self"  # none of these (从己)


class AnswerRead(SQLModel, table=True):
    """When a member first read a buyer's answer about a product."""

    __tablename__ = "answers_read"

    product_id: int = Field(primary_key=True, sa_type=BigId, sa_column_args=[ForeignKey("products.id")])
    person_id: int = Field(primary_key=True, sa_type=BigId, index=True, sa_column_args=[ForeignKey("people.id")])
    at: datetime = Field(sa_type=Instant)


answers_read, events = table_of(AnswerRead), table_of(SeatEvent)


def answer_read(session: Session, person_id: int, product_id: int, now: datetime) -> None:
    """A buyer's answer about the product was shown to this member: called by whatever shows one. Again changes nothing."""
    keeps = select(person_table.c.keeps_cues).where(person_table.c.id == person_id)
    if session.execute(keeps).scalar_one():
        row = insert_into(session, answers_read).values(product_id=product_id, person_id=person_id, at=now)
        session.execute(row.on_conflict_do_nothing(index_elements=["product_id", "person_id"]))


def of_seat() -> ColumnElement[str]:
    """The path as part of the statement that writes the order; it binds `of_seat`, `of_product` and `of_person`.

    No statement of its own, since a lock writes hundreds of orders in one transaction.
    """
    read = select(answers_read.c.at).where(
        answers_read.c.product_id == bindparam("of_product"), answers_read.c.person_id == bindparam("of_person"),
        answers_read.c.at <= events.c.at,
    )  # fmt: skip
    first = select(_cue(read.correlate(events).exists())).where(events.c.seat_id == bindparam("of_seat"))
    return func.coalesce(first.order_by(events.c.id).limit(1).scalar_subquery(), Path.SELF.value)


def _cue(read: ColumnElement[bool]) -> ColumnElement[str]:
    return case(
        (events.c.via_person_id.is_not(None), Path.KIN.value), (read, Path.EXPERT.value),
        (events.c.names_on_card > 0, Path.CROWD.value), else_=Path.SELF.value,
    )  # fmt: skip

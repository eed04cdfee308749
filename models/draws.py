"""Lucky draws: who takes part, and what stands published of each. The rules are in drawing.py, the proof in draw_record.py.

Invariants: one ticket a member and draw; the seed is told by nobody before the tickets' hash is; winners are those that
the record gives; a draw that is not revealed in time is void, and says so.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import BigId, Document, Instant, table_of


class PrizeKind(StrEnum):
    """What a prize is."""

    VOUCHER = "voucher"  # worth minor units
    POINTS = "points"
    GOODS = "goods"  # handed over by the owner


class Draw(SQLModel, table=True):
    """One draw in one circle. `terms` are published word for word; `prizes` say what each place is given, in their order."""

    __tablename__ = "draws"
    __table_args__ = (
        CheckConstraint(
            "(state IN ('scheduled', 'open')) = (tickets_sha256 IS NULL) OR state = 'void'", name="tickets_told_when_closed"
        ),
        Index("ix_draws_due", "state", "closes_at"),
        Index("ix_draws_report", "report_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    key: str = Field(unique=True)  # what opened it: a campaign's run and circle
    shop_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("shops.id")])
    circle_id: int = Field(sa_type=BigId, index=True, sa_column_args=[ForeignKey("circles.id")])
    state: str  # states.DrawState
    title: dict[str, str] = Field(default_factory=dict, sa_type=Document)
    terms: dict[str, object] = Field(default_factory=dict, sa_type=Document)
    prizes: list[dict[str, object]] = Field(default_factory=list, sa_type=Document)
    standing: int = 0  # seconds a member must have been in the circle
    seed: str  # 64 hexadecimal digits; a secret until it is revealed
    seed_sha256: str
    terms_sha256: str
    tickets_sha256: str | None = None
    opened_at: datetime = Field(sa_type=Instant)
    closes_at: datetime = Field(sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    reveal_at: datetime | None = Field(default=None, sa_type=Instant)
    void_at: datetime | None = Field(default=None, sa_type=Instant)  # not revealed by then: void
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    why_void: str | None = None  # "nobody" or "late"
    report_at: datetime | None = Field(default=None, sa_type=Instant)  # None once told


class DrawEntry(SQLModel, table=True):
    """One member who takes part. `struck`: why the ticket did not count; `place`: of a winner, from 1."""

    __tablename__ = "draw_entries"
    __table_args__ = (UniqueConstraint("draw_id", "person_id"), UniqueConstraint("draw_id", "place"))

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    draw_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("draws.id")])
    person_id: int = Field(sa_type=BigId, index=True, sa_column_args=[ForeignKey("people.id")])
    ticket: str = Field(unique=True)  # 32 hexadecimal digits; tells nothing of the person
    at: datetime = Field(sa_type=Instant)
    struck: str | None = None
    place: int | None = None


draws, entries = table_of(Draw), table_of(DrawEntry)

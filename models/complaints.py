""""Something is wrong": a buyer's photo and count, until the owner taps refund, replace or credit."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlmodel import Field, SQLModel

from models.columns import BigId, Instant


class Complaint(SQLModel, table=True):
    """One complaint about one order; `pieces` is how many of them are not as they should be."""

    __tablename__ = "complaints"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    order_id: int = Field(sa_type=BigId, index=True, sa_column_args=[ForeignKey("orders.id")])
    state: str  # states.ComplaintState
    pieces: int
    words: str = ""
    photo_file_id: str | None = None
    created_at: datetime = Field(sa_type=Instant)
    resolved_at: datetime | None = Field(default=None, sa_type=Instant)
    resolved_by: int | None = Field(default=None, sa_type=BigId, sa_column_args=[ForeignKey("people.id")])

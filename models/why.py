"""Why somebody got a message: which campaign and which condition, or what of their own doing it is about. Reads only.

Invariant: only messages to this very person are looked at, whatever number is asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Row, func, literal_column, select
from sqlalchemy.orm import Session

from models import asks
from models.orders import numbered
from models.outbox import OUTBOX, OutboxState

_ARRIVED = (OutboxState.DELIVERED, OutboxState.UNKNOWN)
_COLUMNS = (OUTBOX.c.template, OUTBOX.c.params, OUTBOX.c.promotion)
_SELLS: ColumnElement[bool] = literal_column("outbox.promotion")  # as the partial index says it


class About(StrEnum):
    """What a message is."""

    CAMPAIGN = "campaign"
    ASK = "ask"  # somebody's question
    ORDER = "order"
    WISH = "wish"
    OWN = "own"  # an answer to what they did or typed themselves


@dataclass(frozen=True)
class Why:
    """`reason` is a condition as bot/core/reasons.py says it. `lately` counts promotions of the last `span`."""

    about: About
    campaign: str | None = None
    reason: Mapping[str, object] = field(default_factory=dict)
    counts: bool = False  # towards the attention budget
    lately: int = 0
    number: int | None = None  # of the order
    had: int = 0  # how often they had what is asked about


def why_of(session: Session, person_id: int, message_id: int | None, now: datetime, span: timedelta) -> Why | None:
    """Of the message with that number, else of the latest that sells, else of the latest question; None if there is none."""
    row = _replied(session, person_id, message_id) if message_id is not None else _latest(session, person_id)
    if row is not None:
        return _why(session, person_id, row, now, span)
    asked = asks.latest(session, person_id) if message_id is None else None
    return _ask(asked.why) if asked is not None else None


def lately(session: Session, person_id: int, now: datetime, span: timedelta) -> int:
    """How many promotions reached this person in the last `span`."""
    sent = (OUTBOX.c.target == f"person:{person_id}", _SELLS, OUTBOX.c.state.in_(_ARRIVED), OUTBOX.c.sent_at > now - span)
    return int(session.execute(select(func.count()).select_from(OUTBOX).where(*sent)).scalar_one())


def _replied(session: Session, person_id: int, message_id: int) -> "Row[str, dict[str, object], bool] | None":
    mine = (OUTBOX.c.person_id == person_id, OUTBOX.c.message_id == message_id, OUTBOX.c.target == f"person:{person_id}")
    return session.execute(select(*_COLUMNS).where(*mine).order_by(OUTBOX.c.id).limit(1)).one_or_none()


def _latest(session: Session, person_id: int) -> "Row[str, dict[str, object], bool] | None":
    sent = (OUTBOX.c.target == f"person:{person_id}", _SELLS, OUTBOX.c.state.in_(_ARRIVED))
    return session.execute(select(*_COLUMNS).where(*sent).order_by(OUTBOX.c.sent_at.desc()).limit(1)).one_or_none()


def _why(
    session: Session, person_id: int, row: "Row[str, dict[str, object], bool]", now: datetime, span: timedelta
) -> Why:
    _, params, promotion = row
    reason = params.get("why")
    if "campaign" in params and isinstance(reason, dict):
        count = lately(session, person_id, now, span)
        return Why(About.CAMPAIGN, str(params["campaign"]), reason, counts=promotion, lately=count)
    if isinstance(ask_id := params.get("ask_id"), int):
        ask = asks.of_person(session, ask_id, person_id)
        return _ask(ask.why)
    if isinstance(order_id := params.get("order_id"), int):
        return Why(About.ORDER, number=numbered(order_id))
    return Why(About.WISH if "want_id" in params else About.OWN)


def _ask(why: Mapping[str, object]) -> Why:
    told = why.get("params")
    had = told.get("count") if isinstance(told, dict) else None
    product = told.get("product_id") if isinstance(told, dict) else None
    return Why(About.ASK, reason={"code": why.get("code"), "product_id": product}, had=had if isinstance(had, int) else 0)

"""What a run must know of a batch of members or circles before it decides: read together, in a handful of statements.

Invariant: it only reads; who is missing from the answer is not known any more.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import attention
from models.attention import COUNTS, SELLS
from models.circles import circle_table, membership_table
from models.hours import Hours
from models.mutes import mutes
from models.outbox import OUTBOX
from models.people import person_table
from models.recipients import Outcome
from models.shops import shop_table
from models.states import CircleState


@dataclass(frozen=True, slots=True)
class Standing:
    """One of them. `refusal`: why they cannot be written to at all; `sent`: when promotions left for them."""

    refusal: Outcome | None
    zone: str
    hours: Hours | None = None  # their own; None: bot.toml's
    muted: frozenset[str] = frozenset()
    sent: tuple[datetime, ...] = ()


def members(session: Session, person_ids: Collection[int], shop_id: int | None, since: datetime) -> Mapping[int, Standing]:
    """Members by their ids, with what left for them since."""
    zones, muted, sent = _zones(session, person_ids, shop_id), _muted(session, person_ids), _sent(session, person_ids, since)
    p = person_table.c
    query = select(p.id, p.telegram_id, p.started_at, p.unreachable_at, p.timezone, p.quiet_from, p.quiet_to)
    return {
        row.id: Standing(
            refusal=_refusal(row.telegram_id, row.started_at, row.unreachable_at),
            zone=row.timezone or zones.get(row.id, "UTC"),
            hours=None if row.quiet_from is None or row.quiet_to is None else Hours(row.quiet_from, row.quiet_to),
            muted=frozenset(muted[row.id]), sent=tuple(sent[row.id]),
        )
        for row in session.execute(query.where(p.id.in_(person_ids)))
    }  # fmt: skip


def places(session: Session, circle_ids: Collection[int], since: datetime, now: datetime) -> Mapping[int, Standing]:
    """Circles by their ids, with the posts that campaigns made in them since."""
    c = circle_table.c
    query = select(c.id, c.state, func.coalesce(c.timezone, shop_table.c.timezone).label("zone"))
    query = query.outerjoin(shop_table, shop_table.c.id == c.shop_id).where(c.id.in_(circle_ids))
    return {
        row.id: Standing(
            None if row.state == CircleState.APPROVED else Outcome.LEFT, row.zone or "UTC",
            sent=tuple(attention.sent(session, f"circle:{row.id}", row.id, since, now)),
        )
        for row in session.execute(query)
    }  # fmt: skip


def _refusal(telegram_id: int | None, started_at: datetime | None, unreachable_at: datetime | None) -> Outcome | None:
    if telegram_id is None or started_at is None:
        return Outcome.NO_CONSENT
    return None if unreachable_at is None else Outcome.UNREACHABLE


def _zones(session: Session, person_ids: Collection[int], shop_id: int | None) -> dict[int, str]:
    """Of the first circle of the shop that each is in, else of the shop."""
    m, c = membership_table.c, circle_table.c
    query = select(m.person_id, func.coalesce(c.timezone, shop_table.c.timezone)).join(circle_table, c.id == m.circle_id)
    query = query.join(shop_table, shop_table.c.id == c.shop_id)
    query = query.where(m.person_id.in_(person_ids), m.left_at.is_(None), c.shop_id == shop_id)
    zones: dict[int, str] = {}
    for person_id, zone in session.execute(query.order_by(c.id)):
        zones.setdefault(person_id, zone)
    return zones


def _muted(session: Session, person_ids: Collection[int]) -> defaultdict[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    for person_id, key in session.execute(select(mutes.c.person_id, mutes.c.key).where(mutes.c.person_id.in_(person_ids))):
        found[person_id].append(key)
    return found


def _sent(session: Session, person_ids: Collection[int], since: datetime) -> defaultdict[int, list[datetime]]:
    targets = {f"person:{person_id}": person_id for person_id in person_ids}
    query = select(OUTBOX.c.target, OUTBOX.c.sent_at).where(
        SELLS, OUTBOX.c.target.in_(targets), OUTBOX.c.sent_at > since, OUTBOX.c.state.in_(COUNTS)
    )
    found: defaultdict[int, list[datetime]] = defaultdict(list)
    for target, at in session.execute(query):
        found[targets[target]].append(at)
    return found

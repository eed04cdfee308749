"""Which posts of campaigns a circle was shown besides messages: cards of group buys, boards of draws, packets, vouchers.

Invariant: what a campaign opened counts from the moment it is opened, or is to be; what an owner or a member opened by
themselves never does.
"""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from models.cards import cards
from models.columns import Instant
from models.draws import draws
from models.group_buys import rounds
from models.packets import packets
from models.packets_opening import LIVE
from models.states import DrawState, PacketState, RoundState

_OF_CAMPAIGN = "run:%"  # the key of what a campaign opened; people's own are never held back
_HERE, _SINCE = bindparam("circle_id", type_=BigInteger), bindparam("since", type_=Instant)


def _shown(
    key: ColumnElement[str], going: ColumnElement[bool], opens_at: ColumnElement[datetime], waits: ColumnElement[bool]
) -> tuple[ColumnElement[bool], ColumnElement[datetime | None]]:
    """Whether it takes a place, and since when: as it was sent, as of then while it waits for its turn, or None for now."""
    at = func.coalesce(cards.c.sent_at, case((waits, opens_at)), type_=Instant)
    return and_(key.like(_OF_CAMPAIGN), or_(cards.c.sent_at > _SINCE, and_(cards.c.sent_at.is_(None), going))), at


def _of_rounds() -> Select[datetime | None]:
    state = rounds.c.state
    there, at = _shown(
        rounds.c.opening_key, state.in_((RoundState.OPEN, RoundState.SCHEDULED)), rounds.c.opens_at, state == RoundState.SCHEDULED
    )
    joined = cards.join(rounds, rounds.c.id == cards.c.round_id)
    return select(at.label("at")).select_from(joined).where(cards.c.circle_id == _HERE, there)


def _of_draws() -> Select[datetime | None]:
    state = draws.c.state
    there, at = _shown(
        draws.c.key, state.in_((DrawState.SCHEDULED, DrawState.OPEN)), draws.c.opened_at, state == DrawState.SCHEDULED
    )
    subject = literal("draw:") + cast(draws.c.id, Text)
    joined = draws.outerjoin(cards, cards.c.subject == subject)
    return select(at.label("at")).select_from(joined).where(draws.c.circle_id == _HERE, there)


def _of_packets() -> Select[datetime | None]:
    state = packets.c.state
    there, at = _shown(
        packets.c.key, state.in_((PacketState.SCHEDULED, *LIVE)), packets.c.opens_at, state == PacketState.SCHEDULED
    )
    subject = packets.c.kind + literal(":") + cast(packets.c.id, Text)
    joined = packets.outerjoin(cards, cards.c.subject == subject)
    return select(at.label("at")).select_from(joined).where(packets.c.circle_id == _HERE, there)


_SHOWN = union_all(_of_rounds(), _of_draws(), _of_packets())


def shown(session: Session, circle_id: int | None, since: datetime) -> list[datetime | None]:
    """When each was shown since, or will be; None for one that is about to be."""
    return list(session.scalars(_SHOWN, {"circle_id": circle_id, "since": since}))

"""What a member sees of their invitations: how many came, what is pending, what was paid; the last of them by first name.

Invariants: a friend is named only if they let it be seen, and by no more than the first name; reads only.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.people import person_table
from models.referrals import referrals
from models.states import ReferralState

SHOWN = 8  # friends that people read on a phone
_COMING = (ReferralState.BOUND, ReferralState.ORDERED)
_WAITING = (ReferralState.PENDING, ReferralState.FLAGGED, ReferralState.APPROVED)


@dataclass(frozen=True, slots=True)
class Came:
    """One friend: `name` is "" for who did not let it be seen. `due`: when the reward is theirs by itself."""

    name: str
    state: str
    reward: int
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Summary:
    """A member's invitations to one shop; amounts in minor units. `came` counts all that were not void."""

    came: int
    coming: int
    pending: int
    paid: int
    lately: tuple[Came, ...]

    @property
    def more(self) -> int:
        return self.came - len(self.lately)


def of(session: Session, inviter_id: int, shop_id: int) -> Summary:
    """What became of everybody this member brought to the shop."""
    session.flush()
    c = referrals.c
    mine = c.inviter_id == inviter_id, c.shop_id + 0 == shop_id, c.state != ReferralState.VOID  # the member's index, not the shop's
    query = select(c.state, func.count(), func.sum(c.reward)).where(*mine).group_by(c.state)
    found = {ReferralState(state): (int(n), int(total)) for state, n, total in session.execute(query)}
    return Summary(
        came=sum(n for n, _ in found.values()),
        coming=sum(found[state][0] for state in _COMING if state in found),
        pending=sum(found[state][1] for state in _WAITING if state in found),
        paid=found.get(ReferralState.PAID, (0, 0))[1],
        lately=_lately(session, inviter_id, shop_id),
    )


def _lately(session: Session, inviter_id: int, shop_id: int) -> tuple[Came, ...]:
    c = referrals.c
    mine = c.inviter_id == inviter_id, c.shop_id + 0 == shop_id, c.state != ReferralState.VOID  # the member's index, not the shop's
    query = select(c.state, c.reward, c.due_at, c.named, person_table.c.name).join(person_table, person_table.c.id == c.friend_id)
    return tuple(
        Came(first_name(row.name) if row.named else "", row.state, row.reward, row.due_at)
        for row in session.execute(query.where(*mine).order_by((c.id + 0).desc()).limit(SHOWN))
    )


def first_name(name: str) -> str:
    """What stands before the first blank."""
    return name.split(maxsplit=1)[0] if name.strip() else ""

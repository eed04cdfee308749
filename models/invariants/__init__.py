"""What must always be so, checked on the whole database: `tuan verify` prints every difference.

Invariant of its own: a check only reads. Each is one question whose answer is empty when all is well; a test plants the
fault each one is there for and sees it found.
"""

from sqlalchemy.orm import Session

from models.invariants import buyers, campaigns, draws, group_buys, ledger, packets, polls, questions, referrals, wants
from models.invariants.difference import Check, Difference

__all__ = ["CHECKS", "Check", "Difference", "check"]

CHECKS: tuple[Check, ...] = (
    *group_buys.CHECKS, *campaigns.CHECKS, *buyers.CHECKS, *ledger.CHECKS, *draws.CHECKS, *packets.CHECKS, *polls.CHECKS,
    *questions.CHECKS, *referrals.CHECKS, *wants.CHECKS,
)  # fmt: skip


def check(session: Session) -> list[Difference]:
    """Every difference there is; an empty list when all is well."""
    session.flush()
    return [difference for one in CHECKS for difference in one(session)]

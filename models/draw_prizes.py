"""What a lucky draw gives: a voucher, points, or goods that the owner hands over.

Invariant: a place is given its prize once, under a reason that names the draw and the place.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import ledger, vouchers
from models.draws import Draw, PrizeKind
from models.ledger import Unit
from models.vouchers import Terms, Worth


@dataclass(frozen=True, slots=True)
class Prize:
    """One prize. `value`: minor units of a voucher, or points; `text` is what the circle reads; `valid_for` in seconds."""

    kind: str
    text: str
    value: int = 0
    valid_for: int = 0

    def as_json(self) -> dict[str, object]:
        return asdict(self)

    @classmethod
    def of(cls, kept: dict[str, object]) -> "Prize":
        value, valid_for = kept["value"], kept["valid_for"]
        assert isinstance(value, int)
        assert isinstance(valid_for, int)
        return cls(str(kept["kind"]), str(kept["text"]), value, valid_for)


def give(session: Session, draw: Draw, prize: Prize, place: int, person_id: int, now: datetime) -> None:
    """Gives a winner their prize; goods are the owner's to hand over."""
    reason = f"draw:{draw.id}:{place}"
    if prize.kind == PrizeKind.VOUCHER:
        terms = Terms(
            key=reason, worth=Worth.AMOUNT, value=prize.value, valid_for=timedelta(seconds=prize.valid_for), total=1
        )
        vouchers.grant(session, vouchers.put(session, draw.shop_id, terms, now), person_id, reason, now)
    elif prize.kind == PrizeKind.POINTS:
        ledger.transfer(
            session, reason=reason, debit=ledger.shop(draw.shop_id, Unit.POINTS),
            credit=ledger.points(draw.shop_id, person_id), amount=prize.value, now=now,
        )  # fmt: skip

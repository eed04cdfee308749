"""What packets, coupons and drops must come to, for machine_of_deals: who may get how much, and what goes back.

Invariant: the database is read for the lots alone (who was drawn, what a random share came to), and they are held against
what a lot may be.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.packets import claims
from tests.ledger.foreseen import ENDED, Foreseen, Voucher

STANDING, VALID = timedelta(days=1), timedelta(days=5)


@dataclass
class Handed:
    """One packet, coupon or drop."""

    kind: str
    points: bool
    total: int  # of a drop what each is worth
    shares: int
    equal: bool
    window: int
    closes: datetime
    state: str
    why: str | None = None
    drawn: datetime | None = None
    tapped: list[int] = field(default_factory=list)
    got: dict[int, int] = field(default_factory=dict)

    @property
    def purse(self) -> str:
        return "packet points" if self.points else "packet"


class HandedOut:
    """Everything that was handed out, by its number."""

    def __init__(self, model: Foreseen) -> None:
        self.model = model
        self.packets: dict[int, Handed] = {}

    def opened(self, number: int, packet: Handed) -> None:
        self.packets[number] = packet
        if packet.kind != "drop":
            self.model.move(("shop points" if packet.points else "shop", 0), (packet.purse, number), packet.total)

    def refusal(self, number: int, person: int) -> str | None:
        packet = self.packets[number]
        if packet.state == "ended":
            return "packet_gone" if packet.why == "all" else "packet_over"
        why = self.model.why_not(person, STANDING)
        return None if why is None else {"left": "not_a_member", "new": "packet_newcomer", "owner": "packet_owner"}[why]

    def _may(self, packet: Handed) -> list[int]:
        """Who tapped and may still take part."""
        return [person for person in packet.tapped if self.model.why_not(person, STANDING) is None]

    def taps(self, session: Session, number: int, person: int) -> None:
        """A first tap: a share at once, or a place in the draw, or one friend more for a coupon."""
        packet, now = self.packets[number], self.model.now
        packet.tapped.append(person)
        if packet.state == "giving":
            self._gives(session, number, [person], 1)
        elif packet.kind == "coupon" and len(packet.tapped) == packet.shares:
            packet.tapped = self._may(packet)
            if len(packet.tapped) == packet.shares:
                self._gives(session, number, packet.tapped, packet.shares)
        elif packet.kind != "coupon" and packet.drawn is None:
            packet.drawn = min(now + timedelta(seconds=packet.window), packet.closes)

    def time(self, session: Session) -> None:
        """The draws that are due, then the ends."""
        for number, packet in self.packets.items():
            if packet.state == "collecting" and packet.drawn is not None and packet.drawn <= self.model.now:
                packet.state = "giving"
                there = self._may(packet)
                self._gives(session, number, there, min(len(there), packet.shares))
            if packet.state != "ended" and packet.closes <= self.model.now:
                self._ends(number, "few" if packet.kind == "coupon" else "over")

    def _gives(self, session: Session, number: int, among: list[int], count: int) -> None:
        """So many of these have got a share now: each what it must be, or may be."""
        packet, mine = self.packets[number], (claims.c.packet_id == number, claims.c.place.is_not(None))
        rows = session.execute(select(claims.c.person_id, claims.c.amount).where(*mine).order_by(claims.c.place)).all()
        new = [(row.person_id, row.amount) for row in rows[len(packet.got):]]
        assert len({person for person, _ in new}) == len(new) == count
        assert {person for person, _ in new} <= set(among) - set(packet.got)
        foretold = self._shares(packet, [person for person, _ in new])
        assert foretold is None or [amount for _, amount in new] == foretold
        for person, amount in new:
            self._gets(number, person, amount)
        if len(packet.got) == packet.shares:
            assert packet.kind == "drop" or sum(packet.got.values()) == packet.total
            self._ends(number, "all")

    def _shares(self, packet: Handed, people: list[int]) -> list[int] | None:
        """What these get, in their order; None where a lot decides."""
        if packet.kind == "drop":
            return [packet.total] * len(people)
        if packet.kind == "coupon":
            bought = {order.person for order in self.model.orders.values() if order.state not in ENDED}
            weights = [1 if person in bought else 2 for person in people]
            shares = [1 + (packet.total - len(people)) * weight // sum(weights) for weight in weights]
            return [share + (place < packet.total - sum(shares)) for place, share in enumerate(shares)]
        if not packet.equal:
            return None
        each, more = divmod(packet.total, packet.shares)
        return [each + (place < more) for place in range(len(packet.got), len(packet.got) + len(people))]

    def _gets(self, number: int, person: int, amount: int) -> None:
        packet = self.packets[number]
        assert amount > 0
        packet.got[person] = amount
        if packet.points:
            self.model.move((packet.purse, number), ("points", person), amount)
            return
        if packet.kind != "drop":
            self.model.move((packet.purse, number), ("clearing", 0), amount)
        self.model.vouchers[f"{packet.kind}:{number}:{person}"] = Voucher(person, amount, self.model.now + VALID)

    def _ends(self, number: int, why: str) -> None:
        packet = self.packets[number]
        packet.state, packet.why = "ended", why
        rest = packet.total - sum(packet.got.values()) if packet.kind != "drop" else 0
        self.model.move((packet.purse, number), ("shop points" if packet.points else "shop", 0), rest)

"""Eight processes that tap on the same packet, before, while and after it is drawn; then the books are compared.

`python -m tests.packets.race --members 2000` is the long run; `--plant` gives everybody the first share past count and
purse, which the comparison must find. Prints its figures, its seed and the engine.
"""

import random
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models import packets_giving, packets_opening
from models.circles import membership_table
from models.invariants import ledger, packets
from models.packets import Packet, PacketClaim, PacketKind, claims
from models.packets_opening import NewPacket
from tests.racing import PROCESSES, Act, Outcome, command, race
from tests.rules.scene import FRIDAY, Scene

SHARES, TOTAL = 100, 10_000
LATER = FRIDAY + timedelta(seconds=31)


def laid(session: Session, members: int) -> list[int]:
    """A circle of that many members of long standing, and a packet in it; the members."""
    scene = Scene(session)
    people = [scene.person(f"P{number}") for number in range(members)]
    session.execute(update(membership_table).values(joined_at=FRIDAY - timedelta(days=9)))
    new = NewPacket(
        key="run:race:1:1", batch="run:race:1", kind=PacketKind.PACKET, shop_id=scene.shop, circle_id=scene.circle,
        total=TOTAL, shares=SHARES, opens_at=FRIDAY, closes_at=FRIDAY + timedelta(days=1),
    )  # fmt: skip
    packets_opening.open_packet(session, new, FRIDAY)
    return people


def pay_again(session: Session, packet: Packet, claim: PacketClaim, now: datetime) -> list[object]:
    """The planted fault: who has a share is given the first one, whoever has it."""
    session.execute(update(claims).where(claims.c.id == claim.id).values(place=1000 + (claim.id or 0), amount=packet.amounts[0]))
    return []


def acts(people: list[int], seed: int, planted: bool) -> Iterator[Act]:
    """What one process does: half of its people tap early, it draws twice, all of them tap again."""
    if planted:
        packets_giving._paid = pay_again  # type: ignore[assignment]  # the fault
    random.Random(seed).shuffle(people)
    yield from (_tap(person, FRIDAY) for person in people[: len(people) // 2])
    yield from [lambda session: packets_giving.draw(session, 1, LATER)] * 2
    yield from (_tap(person, LATER) for person in people)


def _tap(person: int, now: datetime) -> Act:
    return lambda session: packets_giving.tap(session, 1, 1, person, now)


def books(session: Session, _: list[int]) -> list[str]:
    """What does not agree, as sentences."""
    checks = (*packets.CHECKS, *ledger.CHECKS)
    wrong = [str(difference) for check in checks for difference in check(session)]
    paid = session.execute(select(func.count(claims.c.place))).scalar_one()
    return wrong if paid == SHARES else [*wrong, f"{paid} shares were paid, not {SHARES}"]


def run(url: str, members: int, seed: int, *, planted: bool = False) -> Outcome:
    """One packet of 100 shares; every member taps from two processes, some while it is drawn."""
    half = PROCESSES // 2
    return race(
        url, lambda session: laid(session, members),
        lambda people, number: acts(people[number % half :: half], seed + number, planted), books,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(command(run, __doc__, "members", 2_000))

"""Eight processes that tap on the same packet, before, while and after it is drawn; then the books are compared.

`python -m tests.packets.race --members 2000` is the long run; `--plant` gives everybody the first share past count and
purse, which the comparison must find. Prints its figures, its seed and the engine.
"""

import argparse
import multiprocessing
import random
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models import packets_giving, packets_opening
from models.circles import membership_table
from models.errors import DomainError
from models.invariants import ledger, packets
from models.packets import Packet, PacketClaim, PacketKind, claims
from models.packets_opening import NewPacket
from tests.concurrency.race import _engine
from tests.rules.scene import FRIDAY, Scene, engine_of

PROCESSES = 8
SHARES, TOTAL = 100, 10_000
LATER = FRIDAY + timedelta(seconds=31)


@dataclass(frozen=True)
class Outcome:
    """What the books say at the end, and what was found wrong."""

    paid: int
    taps: int
    broken: int  # transactions that the database refused
    seconds: float
    wrong: tuple[str, ...]


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


def _one_process(url: str, seed: int, people: list[int], planted: bool, found: "multiprocessing.Queue[tuple[int, int]]") -> None:
    if planted:
        packets_giving._paid = pay_again  # type: ignore[assignment]  # the fault
    engine = _engine(url)
    random.Random(seed).shuffle(people)
    acts: list[Callable[[Session], object]] = [
        *(_tap(person, FRIDAY) for person in people[: len(people) // 2]),
        *([lambda session: packets_giving.draw(session, 1, LATER)] * 2),
        *(_tap(person, LATER) for person in people),
    ]
    taps = broken = 0
    for act in acts:
        try:
            with Session(engine) as session, session.begin():
                act(session)
            taps += 1
        except DomainError:
            taps += 1
        except DBAPIError:
            broken += 1
    engine.dispose()
    found.put((taps, broken))


def _tap(person: int, now: datetime) -> Callable[[Session], object]:
    return lambda session: packets_giving.tap(session, 1, 1, person, now)


def books(session: Session) -> list[str]:
    """What does not agree, as sentences."""
    checks = (*packets.CHECKS, *ledger.CHECKS)
    wrong = [str(difference) for check in checks for difference in check(session)]
    paid = session.execute(select(func.count(claims.c.place))).scalar_one()
    return wrong if paid == SHARES else [*wrong, f"{paid} shares were paid, not {SHARES}"]


def run(url: str, members: int, seed: int, *, planted: bool = False) -> Outcome:
    """One packet of 100 shares; every member taps from two processes, some while it is drawn."""
    engine = engine_of(url)
    with Session(engine) as session, session.begin():
        people = laid(session, members)
    engine.dispose()
    context = multiprocessing.get_context("fork")
    found: multiprocessing.Queue[tuple[int, int]] = context.Queue()
    half = PROCESSES // 2
    begun = time.perf_counter()
    racers = [
        context.Process(target=_one_process, args=(url, seed + number, people[number % half :: half], planted, found))
        for number in range(PROCESSES)
    ]
    for racer in racers:
        racer.start()
    results = [found.get() for _ in racers]
    for racer in racers:
        racer.join()
    seconds = time.perf_counter() - begun
    with Session(engine) as session:
        wrong = books(session)
        paid = int(session.execute(select(func.count(claims.c.place))).scalar_one())
    engine.dispose()
    taps, broken = (sum(column) for column in zip(*results, strict=True))
    return Outcome(paid, taps, broken, seconds, tuple(wrong))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--url", default="")
    parser.add_argument("--plant", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = asked.url or f"sqlite:///{Path(folder) / 'race.db'}"
        found = run(url, asked.members, asked.seed, planted=asked.plant)
    engine = url.partition(":")[0]
    sys.stdout.write(
        f"{engine}, {PROCESSES} processes, {asked.members} members, seed {asked.seed}: {found.taps} taps in {found.seconds:.1f} s, "
        f"{found.paid} paid, {found.broken} refused by the database, {len(found.wrong)} wrong\n"
    )
    sys.stdout.writelines(f"  {line}\n" for line in found.wrong[:10])
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())

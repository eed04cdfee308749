"""Many processes that call the models directly on one hot deal: joins, changes and leaves, then the books are compared.

`python -m tests.concurrency.race --attempts 100000` is the long run; `--plant` removes the `stock >= n` of the UPDATE, which
the comparison must find. Prints its figures, its seed and the engine.
"""

import argparse
import multiprocessing
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, create_engine, event, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models import catalogue, joins, locks
from models.catalogue import Product, products
from models.columns import table_of
from models.errors import DomainError
from models.group_buys import Round
from models.people import Person
from models.seats import Seat, SeatEvent, SeatLine
from models.states import SeatState
from models.wishes import Change, How, Way
from tests.rules.scene import FRIDAY, Scene, engine_of

PROCESSES = 8
MEMBERS = 120
STOCK = 150


@dataclass(frozen=True)
class Outcome:
    """What the books say at the end, and what was found wrong."""

    attempts: int
    accepted: int
    refused: int
    seconds: float
    wrong: tuple[str, ...]


def _engine(url: str) -> Engine:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _by_hand)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _by_hand(raw: object, _: object) -> None:
    raw.isolation_level = None  # type: ignore[attr-defined]
    for pragma in ("busy_timeout=60000", "journal_mode=WAL", "synchronous=OFF", "foreign_keys=ON"):
        raw.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]


def take_without_looking(session: Session, product_id: int, pieces: int) -> int | None:
    """The planted fault: reads first and writes later, as a shop without conditional updates does."""
    left: int = session.execute(select(products.c.stock_left).where(products.c.id == product_id)).scalar_one()
    if left < pieces // 2:
        raise DomainError("no_seats_left", left=left)
    session.execute(products.update().where(products.c.id == product_id).values(stock_left=max(0, left - pieces)))
    return max(1, left - pieces)


def _wish(dice: random.Random) -> Change:
    roll = dice.random()
    if roll < 0.55:
        return Change("add", dice.randint(1, 3))
    if roll < 0.75:
        return Change("add", -dice.randint(1, 2))
    return Change("set", dice.randint(1, 4)) if roll < 0.97 else Change("leave")


def _one_process(url: str, seed: int, attempts: int, planted: bool, found: "multiprocessing.Queue[tuple[int, int]]") -> None:
    locks.close = lambda *_, **__: []  # the last piece would end the race; here it goes on at the brink
    if planted:
        catalogue.take = take_without_looking
    dice = random.Random(seed)
    engine = _engine(url)
    with Session(engine) as session:
        round_id, = session.execute(select(table_of(Round).c.id)).one()
        circle = [row[0] for row in session.execute(select(table_of(Person).c.id))]
    accepted = refused = 0
    for _ in range(attempts):
        try:
            with Session(engine) as session, session.begin():
                joins.change(session, round_id, dice.choice(circle), _wish(dice), How(Way.TAPPED), FRIDAY)
            accepted += 1
        except (DomainError, DBAPIError):
            refused += 1
    engine.dispose()
    found.put((accepted, refused))



def books(session: Session) -> list[str]:
    """Compares stock, seats, lines, events and counters; what does not agree, as sentences."""
    seats, lines, events = table_of(Seat), table_of(SeatLine), table_of(SeatEvent)
    row = session.scalars(select(Round)).one()
    product = session.scalars(select(Product)).one()
    held = seats.c.state == SeatState.HELD
    total = session.execute(select(func.coalesce(func.sum(seats.c.quantity), 0)).where(held)).scalar_one()
    on_lines = session.execute(select(func.coalesce(func.sum(lines.c.quantity), 0))).scalar_one()
    of_events = session.execute(select(func.coalesce(func.sum(events.c.delta), 0))).scalar_one()
    holders = session.execute(select(func.count()).where(held)).scalar_one()
    pairs = {
        "stock left + pieces on seats = opening stock": ((product.stock_left or 0) + total, product.stock_opening),
        "the round's pieces = pieces on seats": (row.pieces, total),
        "the round's members = held seats": (row.members, holders),
        "pieces on lines = pieces on seats": (on_lines, total),
        "the sum of all events = pieces on seats": (of_events, total),
    }
    return [f"{what}: {one} is not {other}" for what, (one, other) in pairs.items() if one != other]


def run(url: str, attempts: int, seed: int, *, planted: bool = False) -> Outcome:
    """One hot deal with more takers than pieces; `attempts` over PROCESSES processes."""
    engine = engine_of(url)
    with Session(engine) as session, session.begin():
        scene = Scene(session, stock=STOCK, minimum=1, per_member=None, closes_at=FRIDAY.replace(year=2030), ladder=())
        for number in range(MEMBERS):
            scene.person(f"P{number}")
    context = multiprocessing.get_context("fork")
    found: multiprocessing.Queue[tuple[int, int]] = context.Queue()
    engine.dispose()
    began = time.perf_counter()
    racers = [
        context.Process(target=_one_process, args=(url, seed + number, attempts // PROCESSES, planted, found))
        for number in range(PROCESSES)
    ]
    for racer in racers:
        racer.start()
    results = [found.get() for _ in racers]
    for racer in racers:
        racer.join()
    with Session(engine) as session:
        wrong = books(session)
    engine.dispose()
    accepted, refused = (sum(column) for column in zip(*results, strict=True))
    return Outcome(accepted + refused, accepted, refused, time.perf_counter() - began, tuple(wrong))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--attempts", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", help="postgresql://…; a fresh SQLite file if left out")
    parser.add_argument("--plant", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = args.database or f"sqlite:///{Path(folder) / 'race.db'}"
        outcome = run(url, args.attempts, args.seed, planted=args.plant)
    print(f"{url.split(':')[0]}, seed {args.seed}: {outcome.attempts} attempts, {outcome.accepted} accepted, "
          f"{outcome.refused} refused, {outcome.seconds:.1f} s; wrong: {list(outcome.wrong) or 'nothing'}")
    return 1 if outcome.wrong else 0


if __name__ == "__main__":
    sys.exit(main())

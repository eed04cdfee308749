"""What the machines of the ledger share: an empty database, the judge who looks after each step, the run and its command.

Invariants: after each step every check of `tuan verify` has found nothing in what is there now; a machine tells how many
sequences and steps it played, and how often what it is there for came about.
"""

import argparse
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from types import TracebackType
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as seeded
from hypothesis.stateful import RuleBasedStateMachine, invariant, run_state_machine_as_test
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from bot.core import migrate
from models import invariants
from models.invariants import Check

Read = tuple[str, tuple[object, ...], list[tuple[object, ...]]]  # a statement, what was bound to it, and its rows

_asked: list[tuple[str, tuple[object, ...]]] = []  # what the checks ask, as the engine sends it
_known: dict[Check, list[Read]] = {}  # what a check read when it found nothing last, in whatever sequence


@cache
def _made() -> tuple[Engine, sqlite3.Connection]:
    """One engine for all sequences, as it keeps what it compiled; and its database as it was when it was made."""
    engine = create_engine(
        "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False, "cached_statements": 2000}
    )
    event.listen(engine, "before_cursor_execute", lambda _c, _u, said, bound, _x, _m: _asked.append((said, bound)))
    migrate.metadata().create_all(engine)
    fresh = sqlite3.connect(":memory:", check_same_thread=False)
    with engine.connect() as connection:
        connection.connection.driver_connection.backup(fresh)  # type: ignore[union-attr]  # it is sqlite3's
    return engine, fresh


def empty() -> Engine:
    """The engine with no rows at all: rows of the ledger cannot be deleted, so the whole database is put back."""
    engine, fresh = _made()
    with engine.connect() as connection:
        fresh.backup(connection.connection.driver_connection)  # type: ignore[arg-type]  # it is sqlite3's
    return engine


class Judge:
    """Every check of `tuan verify`, each in a session of its own, so that it sees rows and nothing that is only in memory.

    A check follows from what it reads. So the statements of each that found nothing are kept with their rows, and it is
    run anew only when one of them gives other rows now: to ask again costs a tenth of building the questions again.
    """

    def __init__(self, session: Session) -> None:
        self.session, self.raw = session, _raw(session)
        self.books = Session(bind=session.connection(), autoflush=False)
        self.changes = -1

    def differences(self) -> list[str]:
        """What is not as it must be; nothing is asked while no row was written since the last time."""
        self.session.flush()
        if self.raw.total_changes == self.changes:
            return []
        found = [said for check in invariants.CHECKS for said in self._by(check)]
        self.changes = -1 if found else self.raw.total_changes
        return found

    def _by(self, check: Check) -> list[str]:
        known = _known.pop(check, None)
        if known is not None and all(self._rows(said, bound) == rows for said, bound, rows in known):
            _known[check] = known
            return []
        self.books.expunge_all()
        _asked.clear()
        found = [str(difference) for difference in check(self.books)]
        if not found:
            _known[check] = [(said, bound, self._rows(said, bound)) for said, bound in list(_asked)]
        return found

    def _rows(self, said: str, bound: tuple[object, ...]) -> list[tuple[object, ...]]:
        return self.raw.execute(said, bound).fetchall()


def _raw(session: Session) -> sqlite3.Connection:
    return session.connection().connection.driver_connection  # type: ignore[return-value]  # it is sqlite3's


_STANDS = """
    SELECT a.key, CASE WHEN a.kind NOT IN ('shop', 'clearing') THEN a.balance ELSE
        (SELECT coalesce(sum(amount), 0) FROM transfers WHERE credit_id = a.id)
        - (SELECT coalesce(sum(amount), 0) FROM transfers WHERE debit_id = a.id) END
    FROM accounts a
"""


class Machine(RuleBasedStateMachine):
    """What is played against a model: one database, one judge, and what the model says stands where."""

    sequences: ClassVar[int] = 0
    steps: ClassVar[int] = 0
    seen: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        type(self).sequences += 1
        self.session = Session(empty())
        self.judge = Judge(self.session)

    def teardown(self) -> None:
        self.close()

    def close(self) -> None:
        self.session.close()

    def balances(self) -> Mapping[str, int]:
        """What the model says stands on each account, by its key."""
        raise NotImplementedError

    @invariant()
    def nothing_is_wrong(self) -> None:
        type(self).steps += 1
        assert self.judge.differences() == []

    @invariant()
    def balances_are_the_models(self) -> None:
        """On these accounts, and on no other."""
        self.session.flush()
        found = {key: amount for key, amount in self.session.execute(text(_STANDS)) if amount}
        same(found, {key: amount for key, amount in self.balances().items() if amount})

    def came(self, what: str) -> None:
        """It came about once more."""
        type(self).seen[what] += 1


def same(found: Mapping[Any, object], told: Mapping[Any, object]) -> None:
    """What the database has is what the model says; if not, what of it is otherwise: (said, found)."""
    apart = {key: (told.get(key), found.get(key)) for key in found.keys() | told.keys() if found.get(key) != told.get(key)}
    assert not apart, apart


class Planted:
    """The code is wrong while this lasts: names of modules or classes that hold something else."""

    def __init__(self, *wrong: tuple[object, str, object]) -> None:
        self.wrong = wrong

    def __enter__(self) -> None:
        self.right = [(where, name, getattr(where, name)) for where, name, _ in self.wrong]
        for where, name, instead in self.wrong:
            setattr(where, name, instead)

    def __exit__(self, _kind: type[BaseException] | None, _what: BaseException | None, _at: TracebackType | None) -> None:
        for where, name, right in self.right:
            setattr(where, name, right)


Faults = Mapping[str, Callable[[], Planted]]


def run(machine: type[Machine], count: int, seed: int, steps: int = 30, *, shrink: bool = True) -> None:
    """`count` sequences of at most `steps` steps; raises what was found."""
    machine.sequences, machine.steps, machine.seen = 0, 0, Counter()
    phases = (Phase.generate, Phase.shrink) if shrink else (Phase.generate,)
    seeded(seed)(machine)
    run_state_machine_as_test(machine, settings=settings(
        max_examples=count, stateful_step_count=steps, deadline=None, database=None, print_blob=False,
        suppress_health_check=list(HealthCheck), phases=phases, report_multiple_bugs=False,
    ))  # fmt: skip


def main(machine: type[Machine], about: str | None, faults: Faults) -> int:
    """The long run by hand: `--count`, `--seed`, and `--plant` for a fault that it must find."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--plant", choices=sorted(faults))
    args: Any = parser.parse_args()
    began = time.perf_counter()
    with faults[args.plant]() if args.plant else Planted():
        run(machine, args.count, args.seed)
    print(f"{machine.sequences} sequences, {machine.steps} steps, each verified by {len(invariants.CHECKS)} checks and the model; "
          f"seed {args.seed}, commit {_commit()}, {time.perf_counter() - began:.0f} s: nothing wrong")
    if machine.seen:
        print("  " + ", ".join(f"{what} {times}" for what, times in sorted(machine.seen.items())))
    return 0


def _commit() -> str:
    asked = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()

"""How fast a wallet with a hundred thousand rows is read, and how fast the ledger takes rows: `python -m benchmarks.ledger`."""

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import create_engine, insert, update
from sqlalchemy.orm import Session

from bot.core import migrate
from models import ledger, statement, transfers
from models.accounts import account_table, by_ids, find
from models.people import Person
from models.shops import Shop
from models.transfers import TransferKind, transfer_table

ROWS, BATCH = 100_000, 5_000
FIRST = datetime(2026, 1, 1, tzinfo=UTC)


def measure(rows: int = ROWS, booked: int = 2_000) -> dict[str, object]:
    """Milliseconds to read the balance and the whole /wallet of a member with `rows` rows; rows booked a second."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'tuan.db'}"
        migrate.upgrade(url)
        engine = create_engine(url)
        with Session(engine) as session:
            shop, person = _people(session)
            mine = ledger.wallet(shop, person)
            _fill(session, shop, mine, rows)
            session.commit()
            figures = _read(session, mine, person) | {"transfers booked a second": _booked(session, shop, person, booked)}
        engine.dispose()
    return figures | {"rows": rows}


def _read(session: Session, mine: ledger.Account, person: int) -> dict[str, object]:
    standing = find(session, mine)
    assert standing is not None
    assert transfers.summed(session, standing.id) == ledger.balance(session, mine), "the kept balance is the replay"
    return {
        "balance, ms (median)": _median(lambda: ledger.balance(session, mine), 200),
        "the whole of /wallet, ms (median)": _median(lambda: statement.wallets(session, person, FIRST), 50),
        "the replay of all rows, ms (median)": _median(lambda: transfers.summed(session, standing.id), 5),
    }


def _people(session: Session) -> tuple[int, int]:
    session.add(Shop(key="orchard", name="Orchard Lane", currency="CNY", timezone="UTC"))
    session.add(Person(name="Ann", seen_at=FIRST))
    session.flush()
    return 1, 1


def _fill(session: Session, shop: int, mine: ledger.Account, rows: int) -> None:
    """In and out in turns, as rows of the ledger have it; the first is booked by the rules and makes the accounts."""
    ledger.transfer(session, reason="r:0", debit=ledger.shop(shop), credit=mine, amount=100, now=FIRST)
    first = transfers.by_reason(session, "r:0")
    assert first is not None
    for start in range(1, rows, BATCH):
        session.execute(insert(transfer_table), [
            {"kind": TransferKind.TRANSFER, "debit_id": (first.debit_id, first.credit_id)[n % 2],
             "credit_id": (first.credit_id, first.debit_id)[n % 2], "amount": 100 if n % 2 else 101, "reason": f"r:{n}",
             "asked": "0" * 64, "day": (FIRST + timedelta(minutes=n)).date(), "at": FIRST + timedelta(minutes=n)}
            for n in range(start, min(start + BATCH, rows))
        ])  # fmt: skip
    total = transfers.summed(session, first.credit_id)
    session.execute(update(account_table).where(account_table.c.id == first.credit_id).values(balance=total))
    assert by_ids(session, [first.credit_id])[first.credit_id].balance == total


def _booked(session: Session, shop: int, person: int, count: int) -> int:
    began = time.perf_counter()
    for n in range(count):
        ledger.transfer(
            session, reason=f"more:{n}", debit=ledger.shop(shop), credit=ledger.wallet(shop, person), amount=1, now=FIRST
        )
    session.commit()
    return round(count / (time.perf_counter() - began))


def _median(call: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        call()
        taken.append((time.perf_counter() - began) * 1000)
    return round(statistics.median(taken), 3)


if __name__ == "__main__":
    for what, value in measure().items():
        print(f"{what:40}{value}")

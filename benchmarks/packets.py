"""Two thousand members tap on one packet of a hundred shares, each tap a durable write: `python -m benchmarks.packets`.

Through the bot's own writer on SQLite (synchronous=FULL), half of the taps while they are collected, half after the draw.
"""

import asyncio
import json
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from bot.core import migrate
from bot.core.database import Database
from models import invariants, packets_giving, packets_opening
from models.circles import Circle, membership_table
from models.errors import DomainError
from models.packets import PacketKind, claims
from models.packets_opening import NewPacket
from models.people import person_table
from models.shops import Shop
from models.states import CircleState

TAPS, SHARES, TOTAL = 2_000, 100, 20_000
NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
LATER = NOW + timedelta(seconds=31)


def measure(taps: int = TAPS, shares: int = SHARES) -> dict[str, object]:
    """Seconds for all taps and the draw between them, how many were paid, and what `tuan verify` says."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'tuan.db'}"
        migrate.upgrade(url)
        return asyncio.run(_measured(Database.open(url), taps, shares))


async def _measured(database: Database, taps: int, shares: int) -> dict[str, object]:
    packet_id, circle_id, people = await database.write(_laid, taps, shares)
    begun = time.perf_counter()
    half = taps // 2
    await asyncio.gather(*(_tap(database, packet_id, circle_id, person, NOW) for person in people[:half]))
    drawing = time.perf_counter()
    await database.write(packets_giving.draw, packet_id, LATER)
    drawn = time.perf_counter() - drawing
    await asyncio.gather(*(_tap(database, packet_id, circle_id, person, LATER) for person in people[half:]))
    seconds = time.perf_counter() - begun
    paid, wrong = await database.read(_books)
    await database.close()
    return {"seconds": round(seconds, 2), "draw_seconds": round(drawn, 2), "taps": taps, "paid": paid, "wrong": wrong}


async def _tap(database: Database, packet_id: int, circle_id: int, person_id: int, now: datetime) -> None:
    try:
        await database.write(packets_giving.tap, packet_id, circle_id, person_id, now)
    except DomainError as refused:
        if refused.code != "packet_gone":
            raise


def _laid(session: Session, taps: int, shares: int) -> tuple[int, int, list[int]]:
    """A shop, its circle with that many members of some standing, and the packet in it."""
    shop = Shop(key="orchard", name="Orchard Lane", currency="CNY", timezone="Asia/Shanghai")
    session.add(shop)
    session.flush()
    circle = Circle(shop_id=shop.id, chat_id=-1001, title="Office 3F", state=CircleState.APPROVED, created_at=NOW)
    session.add(circle)
    session.flush()
    rows = [{"telegram_id": 5_000 + number, "name": f"P{number}", "seen_at": NOW} for number in range(taps)]
    session.execute(insert(person_table), rows)
    people = list(session.scalars(select(person_table.c.id)))
    joined = NOW - timedelta(days=9)
    session.execute(insert(membership_table), [{"circle_id": circle.id, "person_id": one, "joined_at": joined} for one in people])
    new = NewPacket(
        key="run:bench:1:1", batch="run:bench:1", kind=PacketKind.PACKET, shop_id=shop.id or 0, circle_id=circle.id or 0,
        total=TOTAL, shares=shares, opens_at=NOW, closes_at=NOW + timedelta(days=1),
    )  # fmt: skip
    return packets_opening.open_packet(session, new, NOW), circle.id or 0, people


def _books(session: Session) -> tuple[int, int]:
    paid = int(session.execute(select(func.count(claims.c.place))).scalar_one())
    return paid, len(invariants.check(session))


if __name__ == "__main__":
    print(json.dumps(measure()))

"""How fast a member's invitations are summed up among a million of them: `python -m benchmarks.referral`."""

import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import create_engine, insert, text
from sqlalchemy.orm import Session

from bot.core import migrate
from models import referral_summary
from models.campaigns import campaigns, runs
from models.circles import circle_table
from models.referrals import offers
from models.shops import shop_table
from models.states import CircleState

MEMBERS = 1_000_000
BUSY = 2_000  # friends that the busiest member brought
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
_AT = "2026-01-01 00:00:00.000000"
_NUMBERS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < :members)"
_PEOPLE = f"""INSERT INTO people (id, telegram_id, name, by_initial, keeps_cues, seen_at)
    {_NUMBERS} SELECT x, 10000 + x, 'Member ' || x, 0, 1, :at FROM n"""
_FRIENDS = f"""INSERT INTO referrals (offer_id, shop_id, circle_id, inviter_id, friend_id, state, way, reward, friend_reward,
    named, bound_at, until, signals)
    {_NUMBERS} SELECT 1, 1, 1, CASE WHEN x <= :busy + 1 THEN 1 ELSE 2 + (x - :busy - 2) / 5 END, x,
    CASE x % 5 WHEN 0 THEN 'paid' WHEN 1 THEN 'bound' WHEN 2 THEN 'ordered' WHEN 3 THEN 'pending' ELSE 'flagged' END,
    'link', 500, 300, x % 2, :at, :at, '[]' FROM n WHERE x > 1"""


def measure(members: int = MEMBERS) -> dict[str, object]:
    """Milliseconds for what /invite shows: of a member with five friends, and of one with two thousand."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'tuan.db'}"
        migrate.upgrade(url)
        engine = create_engine(url)
        with Session(engine) as session:
            for pragma in ("journal_mode = MEMORY", "synchronous = OFF", "cache_size = -400000"):  # filling is not what is measured
                session.connection().exec_driver_sql(f"PRAGMA {pragma}")
            _fill(session, members)
            session.commit()
            usual, busy = _median(session, range(5_000, 5_200)), _median(session, [1] * 50)
        engine.dispose()
    return {"summary, ms (median)": usual, f"of who brought {BUSY:,}, ms (median)": busy, "members": members}


def _fill(session: Session, members: int) -> None:
    """Everybody was brought by somebody: the first brought two thousand, everybody after them five at most."""
    session.execute(insert(shop_table).values(
        id=1, key="orchard", name="Orchard Lane", currency="CNY", timezone="UTC", pay_to={}, pickup=[], return_window=0,
        wants_needed=5,
    ))  # fmt: skip
    session.execute(insert(circle_table).values(
        id=1, shop_id=1, chat_id=-1001, title="Office", state=CircleState.APPROVED, kind="supergroup", is_forum=False, pickup=[],
        tags=[], is_admin=True, rights=[], created_at=FIRST,
    ))  # fmt: skip
    session.execute(insert(campaigns).values(id=1, key="friends", kind="referral", digest="", first_loaded_at=FIRST, delay=0))
    session.execute(insert(runs).values(
        id=1, campaign_id=1, slot=FIRST, state="done", started_at=FIRST, record={}, cursor=0, all_decided=True
    ))  # fmt: skip
    session.execute(insert(offers).values(
        id=1, run_id=1, campaign_id=1, shop_id=1, circles=[1], reward=500, friend_reward=300, window=1, hold=1, per_day=5,
        per_month=30, budget=10**12, promised=0, starts_at=FIRST, ends_at=FIRST + timedelta(days=60),
    ))  # fmt: skip
    session.execute(text(_PEOPLE), {"members": members, "at": _AT})
    session.execute(text(_FRIENDS), {"members": members, "busy": BUSY, "at": _AT})


def _median(session: Session, inviters: "range | list[int]") -> float:
    taken = []
    for inviter in inviters:
        began = time.perf_counter()
        summary = referral_summary.of(session, inviter, 1)
        taken.append((time.perf_counter() - began) * 1000)
        assert summary.came in {5, BUSY}
    return round(statistics.median(taken), 3)


if __name__ == "__main__":
    for what, value in measure().items():
        print(f"{what:40}{value}")

"""How fast a member's invitations are summed up among a million of them: `python -m benchmarks.referral`."""

import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import create_engine, insert
from sqlalchemy.orm import Session

from bot.core import migrate
from models import referral_summary
from models.campaigns import campaigns, runs
from models.circles import circle_table
from models.people import person_table
from models.referrals import offers, referrals
from models.shops import shop_table
from models.states import CircleState, ReferralState

MEMBERS, BATCH = 1_000_000, 20_000
BUSY = 2_000  # friends that the busiest member brought
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
STATES = (ReferralState.PAID, ReferralState.BOUND, ReferralState.ORDERED, ReferralState.PENDING, ReferralState.FLAGGED)


def measure(members: int = MEMBERS) -> dict[str, object]:
    """Milliseconds for what /invite shows: of a member with five friends, and of one with two thousand."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'tuan.db'}"
        migrate.upgrade(url)
        engine = create_engine(url)
        with Session(engine) as session:
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
    for start in range(0, members, BATCH):
        numbers = range(start + 1, min(start + BATCH, members) + 1)
        session.execute(insert(person_table), [
            {"id": n, "telegram_id": 10_000 + n, "name": f"Member {n}", "by_initial": False, "keeps_cues": True, "seen_at": FIRST}
            for n in numbers
        ])  # fmt: skip
        session.execute(insert(referrals), [_row(n) for n in numbers if n > 1])


def _row(friend: int) -> dict[str, object]:
    inviter = 1 if friend <= BUSY + 1 else 2 + (friend - BUSY - 2) // 5
    return {
        "offer_id": 1, "shop_id": 1, "circle_id": 1, "inviter_id": inviter, "friend_id": friend, "way": "link", "reward": 500,
        "friend_reward": 300, "named": friend % 2 == 0, "state": STATES[friend % len(STATES)], "bound_at": FIRST,
        "until": FIRST + timedelta(days=14), "signals": [],
    }  # fmt: skip


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

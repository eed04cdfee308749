"""A run that stops by itself: it pauses, and who operates the bot, or sent the broadcast, hears of it once."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from models import halts, outbox, people, runs
from models.campaigns import RunState
from models.outbox import Message, Route


def stop(session: Session, run_id: int, operators: Iterable[int], now: datetime) -> None:
    """running -> paused; does nothing where somebody was quicker. `operators` by their Telegram ids."""
    line = runs.run(session, run_id)
    if line.state is not RunState.RUNNING:
        return
    halts.pause(session, run_id, halts.BY_FAILURES)
    known = (people.by_telegram_id(session, operator) for operator in sorted(operators))
    hearers = {person.id for person in known if person and person.started_at} | ({line.by} if line.by else set())
    failed = sum(line.counts.get(state, 0) for state in halts.FAILED)
    params = {"campaign": line.campaign, "run_id": run_id, "failed": failed, "planned": line.planned}
    messages = [
        Message(
            route=Route.PRIVATE, template="run_stopped", params=params, person_id=person_id,
            dedup=f"run_stopped:{run_id}:{now.isoformat()}:{person_id}",
        )
        for person_id in sorted(hearer for hearer in hearers if hearer is not None)
    ]  # fmt: skip
    outbox.enqueue(session, messages, now)

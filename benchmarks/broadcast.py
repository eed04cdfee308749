"""A broadcast at the platform's pace while a circle taps: how much of the limit is used, who is missing, who waits.

The sandbox keeps Telegram's limits in this process, the bot runs in another. Everybody is reachable, the outbox holds one
promotion for each, and taps on a group buy's card come all the while. Run: `python -m benchmarks.broadcast` (a sample),
`--full` (10,000 members at 30 a second), `--paid` (paid_broadcast at 1,000 a second).
"""

import argparse
import asyncio
import gc
import json
import os
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from benchmarks.ground import BOT_ID, TOKEN, Ground, ground, process
from bot.core.database import Database
from models import outbox
from models.deliveries import PEOPLE
from models.outbox import Message, Priority, Route
from sandbox.people import Person

FREE, PAID = 30, 1000
FULL, SAMPLE, PAID_SAMPLE = 10_000, 2_100, 10_000
TAPPERS, TAPS_A_SECOND = 40, 5.0
FIRST_MEMBER = 1_000_001
SPENDS = ("send", "edit", "copy", "forward")
NOT_SPENT = frozenset({"sendChatAction"})


@dataclass(frozen=True)
class Span:
    """What the bot sent from a second after the broadcast's first message, when no start is left in it, to its last."""

    seconds: float
    sent: int
    refused: int
    to: Counter[int]

    @property
    def a_second(self) -> float:
        return self.sent / self.seconds


async def measure(members: int, *, paid: bool = False) -> dict[str, object]:
    """Rate, share of the limit, 429s, doubled, missing, and the taps' waits in milliseconds."""
    limit = PAID if paid else FREE
    with tempfile.TemporaryDirectory() as folder:
        async with ground(Path(folder), TAPPERS, limits=True) as place:
            config = place.config(opens=timedelta(days=40))
            if paid:
                text = config.read_text("utf-8").replace("per_second = 30", "per_second = 1000\npaid_broadcast = true", 1)
                config.write_text(text, "utf-8")
            _people_come(place, members)
            url = f"sqlite:///{place.folder / 'tuan.db'}"
            async with process("-m", "bot.cli", "run", "--config", str(config)) as bot:
                await place.open_round()
                await place.come_in()
                return await _broadcast(place, url, members, limit, bot.pid)


def _people_come(place: Ground, members: int) -> None:
    """Everybody pressed start long ago, and the bot has Stars to pay with."""
    for number in range(FIRST_MEMBER, FIRST_MEMBER + members):
        place.world.people[number] = Person(number, f"M{number}")
        place.world.private_chat(BOT_ID, number).started = True
    place.world.bot_of(TOKEN).stars = members


async def _broadcast(place: Ground, url: str, members: int, limit: int, pid: int) -> dict[str, object]:
    waits: list[float] = []
    gc.collect()
    gc.freeze()  # ten thousand pretended chats: collecting them would stall the pretended Telegram for 0.3 s
    tapping = asyncio.create_task(_tap(place, waits))
    try:
        before, began = _processor_seconds(pid), len(place.world.calls)
        await asyncio.to_thread(_queue, url, members)
        await _until_sent(place, members, limit)
        spent = _processor_seconds(pid) - before
    finally:
        tapping.cancel()
    span = _span(place, began)
    waits.sort()
    return {
        "members": members,
        "limit": limit,
        "a_second": round(span.a_second, 2),
        "share_of_limit": f"{span.a_second / limit:.2%}",
        "refused_429": span.refused,
        "missing": sum(1 for member in range(FIRST_MEMBER, FIRST_MEMBER + members) if not span.to[member]),
        "doubled": sum(1 for count in span.to.values() if count > 1),
        "bot_ms_each": round(spent * 1000 / members, 2),
        "taps": len(waits),
        "tap_p50_ms": round(waits[len(waits) // 2]) if waits else None,
        "tap_p99_ms": round(waits[int(len(waits) * 0.99)]) if waits else None,
    }


def _queue(url: str, members: int) -> None:
    """As a campaign does: rows by the thousand; the members' rows stand from before."""
    database = Database.open(url, exclusive=False)
    try:
        now = datetime.now(UTC)
        database.write_sync(_known, members, now)
        database.write_sync(_promised, members, now)
    finally:
        database.close_sync()


def _known(session: Session, members: int, now: datetime) -> None:
    rows = [
        {"id": number, "telegram_id": number, "name": f"M{number}", "language": "en" if number % 2 else "zh_CN",
         "started_at": now, "seen_at": now, "by_initial": False, "keeps_cues": True,
         "quiet_from": 0, "quiet_to": 0}
        for number in range(FIRST_MEMBER, FIRST_MEMBER + members)
    ]  # fmt: skip
    session.execute(PEOPLE.insert(), rows)


def _promised(session: Session, members: int, now: datetime) -> None:
    why = {"en": "you bought oranges", "zh_CN": "你买过橙子"}
    params = {"html": "Honey oranges, 5 kg: <b>36.00</b> each from 3 people on.", "why": why}
    messages = [
        Message(
            route=Route.PRIVATE, template="ready", params=params, person_id=number, priority=Priority.CAMPAIGN,
            dedup=f"bench:{number}", promotion=True,
        )
        for number in range(FIRST_MEMBER, FIRST_MEMBER + members)
    ]  # fmt: skip
    outbox.enqueue(session, messages, now)


async def _until_sent(place: Ground, members: int, limit: int) -> None:
    """Until everybody has it, or twice the time it should take has passed."""
    end = time.monotonic() + 30 + 2 * members / limit
    newest = place.world.private
    while time.monotonic() < end:
        if all(newest[BOT_ID, number].posts for number in range(FIRST_MEMBER + members - 1, FIRST_MEMBER - 1, -1)):
            await asyncio.sleep(0.5)  # a second copy would come now
            return
        await asyncio.sleep(0.1)


async def _tap(place: Ground, waits: list[float]) -> None:
    """One after the other they tap, at an even pace, whether or not the tap before was answered."""
    pressing: set[asyncio.Task[None]] = set()
    for number in range(1_000_000):
        task = asyncio.create_task(_press(place, place.people[number % TAPPERS], waits))
        pressing.add(task)
        task.add_done_callback(pressing.discard)
        await asyncio.sleep(1 / TAPS_A_SECOND)


async def _press(place: Ground, person: int, waits: list[float]) -> None:
    answer = await place.press(person)
    waits.append(15_000.0 if answer.get("timeout") else float(answer["ms"]))


def _span(place: Ground, began: int) -> Span:
    """Reads the sandbox's own record."""
    calls = list(place.world.calls)[began:]
    told = [(moment, fields["chat_id"]) for _, moment, _, name, fine, _, _, fields, *_ in calls
            if fine and name == "sendMessage" and fields.get("chat_id", 0) >= FIRST_MEMBER]  # fmt: skip
    started, ended = min(told)[0] + 1.0, max(told)[0]
    during = [call for call in calls if started < call[1] <= ended]
    sent = sum(1 for call in during if call[4] and call[3].startswith(SPENDS) and call[3] not in NOT_SPENT)
    refused = sum(1 for call in calls if call[5] == 429)
    return Span(ended - started, sent, refused, Counter(chat for _, chat in told))


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="10,000 members at 30 a second: six minutes")
    parser.add_argument("--paid", action="store_true", help="with paid_broadcast, 1,000 a second")
    parser.add_argument("--members", type=int)
    args = parser.parse_args()
    members = args.members or (FULL if args.full else PAID_SAMPLE if args.paid else SAMPLE)
    print(json.dumps(asyncio.run(measure(members, paid=args.paid))))


if __name__ == "__main__":
    main()

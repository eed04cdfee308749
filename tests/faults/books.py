"""After the kills: the books against the deeds, and the sandbox's record of accepted messages against the outbox.

Invariants that are held here: each deed counts once; each message that was owed left at least once, with the right number
in it; nothing left that no row stands for; a message leaves at most as often as it was tried, and what left twice is at
most one a kill (or lost reply) for each chat, since a chat has one sender.
"""

import asyncio
import json
import re
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.orm import Session

from benchmarks.ground import BOT_ID, OFFICE, Ground
from models import invariants
from models.columns import table_of
from models.inbox import Inbox
from models.outbox import Outbox
from models.people import Person
from models.seats import Seat
from tests.faults.circle import NUMBER, Deeds

QUIET = 90.0  # seconds in which something must move before the last bot is given up; what is in doubt rests long
CARD, LINE, REACTION = "the card", "a line in the circle", "setMessageReaction"
_THERE_IS = select(
    *(select(func.count()).select_from(table_of(what)).scalar_subquery() for what in (Inbox, Outbox, Seat)),
    select(func.coalesce(func.sum(table_of(Seat).c.quantity), 0)).scalar_subquery(),
)
Key = str | tuple[str, int]  # which messages are counted together


class Record(deque[tuple[Any, ...]]):
    """Instead of the sandbox's own record: the accepted messages and reactions of the whole run and nothing else."""

    def append(self, entry: tuple[Any, ...], /) -> None:
        if entry[4] and entry[3] in ("sendMessage", REACTION):
            super().append(entry)


@dataclass
class Sent:
    """Messages that are counted together: rows of the outbox, tries, calls that Telegram accepted."""

    target: str = ""
    seen: bool = True  # False for reactions: the same one twice is one
    rows: int = 0
    tries: int = 0
    accepted: int = 0


def engine_of(url: str) -> Engine:
    return create_engine(url.replace("postgresql://", "postgresql+psycopg://"))


async def settled(place: Ground, url: str, patience: float, alive: Callable[[], None]) -> list[str]:
    """Waits until the queue, the inbox and the outbox are empty; what is not, as sentences, if nothing moves any more.

    `patience`: seconds in which something must. `alive` raises if nobody is there to move anything.
    """
    engine = engine_of(url)
    left, before, moved = ["never looked"], None, time.monotonic()
    while left and time.monotonic() < moved + patience:
        await asyncio.sleep(0.1)
        alive()
        with Session(engine) as session:
            found = {"updates not fetched": len(place.world.queues[BOT_ID].waiting), **_open(session)}
            all_there_is = session.execute(_THERE_IS).one()
        now = (found, all_there_is, len(place.world.calls))
        moved, before = (moved if now == before else time.monotonic()), now
        left = [f"{number} {what}, and nothing moved for {patience:.0f} s" for what, number in found.items() if number]
    engine.dispose()
    return left


def _open(session: Session) -> dict[str, int]:
    inbox, outbox = table_of(Inbox), table_of(Outbox)
    undone = session.execute(select(func.count()).where(inbox.c.state != "done")).scalar_one()
    unsent = outbox.c.state.in_(("queued", "sending", "parked"))
    what = (outbox.c.state, outbox.c.route, func.max(outbox.c.error), func.max(outbox.c.attempts))
    states = session.execute(select(*what, func.count()).where(unsent).group_by(outbox.c.state, outbox.c.route)).all()
    named = {f"messages {state} ({route}, {tries} tries, {error})": n for state, route, error, tries, n in states}
    return {"updates not done": undone, **named}


def compare(place: Ground, url: str, deeds: Deeds, cuts: int) -> tuple[list[str], int]:
    """What is wrong, as sentences, and how many messages left twice. `cuts`: kills and lost replies."""
    engine = engine_of(url)
    with Session(engine) as session:
        held = _held(session)
        wrong = [
            f"{person}: {deeds.pieces[person]} pieces were asked for, {held.get(person, 0)} are held"
            for person in place.people if held.get(person, 0) != deeds.pieces[person]
        ]
        wrong += [str(difference) for difference in invariants.check(session)]
        sent = _sent(session, place)
    engine.dispose()
    wrong += _owed(sent, deeds) + _numbers(place, deeds) + _card(place, held)
    doubles, too_often = _doubles(sent, cuts)
    return wrong + too_often, doubles


def _held(session: Session) -> dict[int, int]:
    people, seats = table_of(Person), table_of(Seat)
    query = select(people.c.telegram_id, seats.c.quantity).join(seats, seats.c.person_id == people.c.id)
    return {row.telegram_id: row.quantity for row in session.execute(query)}


def _sent(session: Session, place: Ground) -> dict[Key, Sent]:
    """The outbox and the record side by side."""
    outbox, people = table_of(Outbox), table_of(Person)
    found: dict[Key, Sent] = {}
    query = select(outbox, people.c.telegram_id).outerjoin(people, people.c.id == outbox.c.person_id)
    for row in session.execute(query.where(outbox.c.route.in_(("private", "circle", "ephemeral", "reaction")))):
        key: Key = ("private", row.telegram_id) if row.route == "private" else LINE
        key = ("typed", row.reply_to) if row.route in ("ephemeral", "reaction") else key
        sent = found.setdefault(key, Sent(seen=row.route != "reaction"))
        sent.target, sent.rows, sent.tries = row.target, sent.rows + 1, sent.tries + row.lease_epoch
    for call in place.world.calls:
        found.setdefault(_key(call), Sent()).accepted += 1
    return found


def _key(call: tuple[Any, ...]) -> Key:
    """Which of them a call was."""
    method, fields = call[3], call[7]
    if method == REACTION:
        return "typed", int(fields["message_id"])
    if _json(fields, "ephemeral_message_parameters"):
        return "typed", int(_json(fields, "reply_parameters")["message_id"])
    if int(fields["chat_id"]) != OFFICE:
        return "private", int(fields["chat_id"])
    return CARD if _json(fields, "reply_markup") else LINE


def _json(fields: dict[str, Any], name: str) -> Any:
    value = fields.get(name)
    return json.loads(value) if isinstance(value, str) else value


def _owed(sent: dict[Key, Sent], deeds: Deeds) -> list[str]:
    """Every message that was owed stands in the outbox once and has left; nothing else has."""
    owed: dict[Key, int] = {("typed", number): 1 for number in deeds.typed}
    owed |= {("private", person): number for person, number in deeds.asked.items()}
    wrong = [
        f"{key}: {number} messages owed, {sent.get(key, Sent()).rows} queued"
        for key, number in owed.items() if sent.get(key, Sent()).rows != number
    ]
    for key, found in sent.items():
        if found.accepted < found.rows:
            wrong.append(f"{key}: {found.rows} messages queued, {found.accepted} left")
        if key not in owed and key not in (CARD, LINE):
            wrong.append(f"{key}: nobody is owed that")
    return wrong + ([f"the card was sent {sent[CARD].accepted} times"] if CARD in sent else [])


def _doubles(sent: dict[Key, Sent], cuts: int) -> tuple[int, list[str]]:
    """How many left twice; whether oftener than they were tried, or than the kills explain."""
    wrong = [f"{key}: {one.tries} tries, {one.accepted} left" for key, one in sent.items() if one.accepted > one.tries]
    doubles: Counter[str] = Counter()
    for one in sent.values():
        doubles[one.target] += max(0, one.accepted - one.rows) if one.seen else 0
    wrong += [f"{target}: {number} left twice with {cuts} cuts" for target, number in doubles.items() if number > cuts]
    return doubles.total(), wrong


def _numbers(place: Ground, deeds: Deeds) -> list[str]:
    """What was typed was answered with the right number, however often."""
    return [
        f"{deeds.typed[key[1]][0]} then had {deeds.typed[key[1]][1]} and was told {call[7]['text']!r}"
        for call in place.world.calls
        if call[3] != REACTION and isinstance(key := _key(call), tuple) and key[0] == "typed" and key[1] in deeds.typed
        and not _says(call[7]["text"], deeds.typed[key[1]][1])
    ]  # fmt: skip


def _says(text: str, pieces: int) -> bool:
    said = NUMBER.match(text)
    return said is not None and int(said[1]) == pieces


def _card(place: Ground, held: dict[int, int]) -> list[str]:
    """The last card shows what is so."""
    post = place.world.chats[OFFICE].posts[place.card]
    shown = {int(who): int(pieces) for who, pieces in re.findall(r"P(\d+) ×(\d+)", str(post.body.get("text")))}
    wrong = _differences(shown.items(), held)
    return [*wrong, *([] if shown else [f"the card names nobody: {post.body.get('text')!r}"])]


def _differences(shown: Iterable[tuple[int, int]], held: dict[int, int]) -> list[str]:
    return [f"the card says P{who} ×{n}, they hold {held.get(who)}" for who, n in shown if held.get(who) != n]

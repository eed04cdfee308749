"""The card's face: a snapshot put into words, with its buttons, fitted to what Telegram takes.

Invariants: within 4,096 units, 1,024 below a photo, in every language and however long names and texts are; the digest
is equal for equal content, whatever the time; no join button once it is locked.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from markupsafe import Markup

from bot.core import names, render
from bot.core.buttons import Button, Buttons, Keyboard, keyboard
from bot.core.snapshots import FOLD, RosterEntry, Snapshot
from bot.core.words import Words
from models.prices import Step
from models.states import RoundState

MESSAGE, CAPTION = 4096, 1024  # UTF-16 units after entities
BAR = 8  # cells of the progress bar
A_ROW = 3  # option buttons a row
STEPS = 6  # of a ladder on one card
MOST_OPTIONS = 24  # buttons; who has more types

_TEMPLATES = {
    RoundState.OPEN: "card_open", RoundState.SCHEDULED: "card_open", RoundState.DRAFT: "card_open",
    RoundState.DECIDING: "card_deciding", RoundState.LOCKED: "card_locked", RoundState.SETTLING: "card_locked",
    RoundState.DONE: "card_done", RoundState.FAILED: "card_failed", RoundState.CANCELLED: "card_cancelled",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Face:
    """What a card looks like now."""

    html: str
    keyboard: Keyboard
    digest: str


@dataclass(frozen=True, slots=True)
class _Room:
    """How much of each part is shown; taken away step by step until all fits."""

    names: int
    text: int
    title: int = 120
    options: int = 40


_ROOMS = (
    _Room(FOLD, 600),
    _Room(FOLD, 280),
    _Room(8, 160),
    _Room(5, 80, 80, 24),
    _Room(2, 0, 48, 12),
    _Room(0, 0, 32, 0),
)


def face(shot: Snapshot, words: Words, buttons: Buttons, *, caption: bool = False) -> Face:
    """The card in words' language, at words' moment. `caption`: it stands below a photo."""
    limit = CAPTION if caption else MESSAGE
    html = next(html for html, last in _tries(shot, words) if last or render.length(html) <= limit)
    keys = _keyboard(shot, words, buttons)
    shown = json.dumps([render.timeless(html), keys, caption], ensure_ascii=False)
    return Face(html, keys, blake2b(shown.encode(), digest_size=12).hexdigest())


def words_for(shot: Snapshot, language: str, now: datetime) -> Words:
    """The words of a card: its circle's language, zone and money."""
    return Words(language, now=now).here(currency=shot.currency, zone=shot.zone)


def _tries(shot: Snapshot, words: Words) -> Iterator[tuple[Markup, bool]]:
    for room in _ROOMS:
        yield words.text(_TEMPLATES[RoundState(shot.state)], **_values(shot, words, room)), room is _ROOMS[-1]


def _values(shot: Snapshot, words: Words, room: _Room) -> dict[str, object]:
    roster = _folded(shot, room)
    lacks = max(0, shot.minimum - shot.count) if shot.minimum > 1 else 0  # one is enough: nothing to say
    step = shot.missing[1] if shot.missing else None
    return {
        "title": names.shorten(words.option(shot.title), room.title),
        "text": names.shorten(names.clean_lines(words.written(shot.text)), room.text) if room.text else "",
        "again": {"yes": shot.again[0], "all": shot.again[1]} if shot.again else None,
        "base": shot.base, "price": shot.price, "steps": [_step(step, words) for step in _window(shot)],
        "reached": shot.reached - _first_step(shot), "count_by": shot.count_by, "bar": _bar(shot),
        "missing": shot.missing[0] if shot.missing else None, "next_price": step.price if step else None,
        "next_gift": _gift(step, words) if step else "", "below_minimum": lacks, "count": shot.count, "minimum": shot.minimum,
        "members": shot.members, "pieces": shot.pieces, "now": words.now, "closes_at": shot.closes_at,
        "decide_by": shot.decide_by or shot.closes_at, "sold_out": shot.sold_out, "waiting": shot.waiting,
        "roster": [_line(entry, words, room) for entry in roster], "folded": max(0, shot.members - len(roster)),
        "leader": shot.leader, "per_member": shot.per_member, "delivery_fee": shot.delivery_fee,
        "leader_discount": shot.leader_discount, "upfront": shot.upfront, "accepted_short": shot.accepted_short,
        "arrived": shot.arrived, "pickup": words.places([names.shown(place, 80) for place in shot.pickup[:3]]),
        "options": [words.choice(option) for option in shot.options],
    }  # fmt: skip


def _folded(shot: Snapshot, room: _Room) -> tuple[RosterEntry, ...]:
    whole = shot.members <= len(shot.roster) and len(shot.roster) <= room.names + 1
    return shot.roster if whole else shot.roster[: room.names]


def _line(entry: RosterEntry, words: Words, room: _Room) -> dict[str, object]:
    named = [(words.choice(option), pieces) for option, pieces in entry.options]
    counted = named[0][0] if len(named) == 1 else words.listed([f"{name} {pieces}" for name, pieces in named])
    kinds = names.shorten(counted, room.options) if counted and room.options else ""
    listed = "" if not kinds else f" {kinds}" if len(named) == 1 else f" ({kinds})"
    return {"name": entry.name, "quantity": entry.quantity, "leads": entry.leads, "options": listed}


def _first_step(shot: Snapshot) -> int:
    """A long ladder shows the steps around where it stands."""
    return max(0, min(shot.reached - 2, len(shot.ladder) - STEPS))


def _window(shot: Snapshot) -> tuple[Step, ...]:
    first = _first_step(shot)
    return shot.ladder[first : first + STEPS]


def _step(step: Step, words: Words) -> dict[str, object]:
    return {"at": step.at, "price": step.price, "free_delivery": step.free_delivery, "gift": _gift(step, words)}


def _gift(step: Step, words: Words) -> str:
    return names.shorten(words.option(step.gift), 40) if step.gift else ""


def _bar(shot: Snapshot) -> str:
    """How far it is to the next step; full at the end of the ladder."""
    if shot.missing is None:
        return "▓" * BAR
    full = BAR * shot.count // max(1, shot.count + shot.missing[0])
    return "▓" * full + "░" * (BAR - full)


def _keyboard(shot: Snapshot, words: Words, buttons: Buttons) -> Keyboard:
    if shot.state in (RoundState.LOCKED, RoundState.SETTLING):
        return keyboard([_button(words, buttons, "key_wait", "w", shot)])
    if shot.state != RoundState.OPEN:
        return keyboard()
    fewer = buttons.button("−1", "f", shot.round_id)
    share = _button(words, buttons, "key_share", "s", shot)
    if shot.sold_out:
        return keyboard([_button(words, buttons, "key_wait", "w", shot)], [fewer, share])
    asking = _asking(shot, words, buttons)
    if not shot.options:
        return keyboard([buttons.button("+1", "j", shot.round_id), fewer, share], asking)
    more = [
        buttons.button(f"+1 {words.choice(option)}", "j", shot.round_id, i)
        for i, option in enumerate(shot.options[:MOST_OPTIONS])
    ]
    return keyboard(*(more[i : i + A_ROW] for i in range(0, len(more), A_ROW)), [fewer, share], asking)


def _asking(shot: Snapshot, words: Words, buttons: Buttons) -> list[Button]:
    """Buyers with how many answers there are already, and the shop."""
    label = words.say("key_ask_buyers", n=shot.answers)
    return [buttons.button(label, "ask", shot.round_id), buttons.button(words.say("key_ask_shop"), "ask", shot.round_id, "shop")]


def _button(words: Words, buttons: Buttons, label: str, op: str, shot: Snapshot) -> Button:
    return buttons.button(words.say(label), op, shot.round_id)

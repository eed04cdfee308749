"""What boards show: from a subject ("want:12") to words and buttons, by the kind before the colon.

Invariants: composing only reads; a board that is over keeps standing without buttons and is not sent anew; names and
words of people come out cleaned and shortened.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from sqlalchemy.orm import Session

from bot.core import render
from bot.core.buttons import Button, Buttons, Keyboard, keyboard
from bot.core.words import Words


@dataclass(frozen=True, slots=True)
class Board:
    """One board as it is now: a block of the templates with its values, and rows of buttons. `live`: it may still change.

    `place` is where it stands when it is sent anew: a topic, or what it replies to, as Telegram takes it. `photo`: the id
    of the picture its words stand below; what is over is shown by none, and no line is left of it where that may be.
    """

    template: str
    values: Mapping[str, object]
    rows: Sequence[Sequence[Button]] = field(default=())
    live: bool = True
    place: Mapping[str, object] = field(default_factory=dict)
    photo: str | None = None


Show = Callable[[Session, int, Words, Buttons], Board | None]

# kind -> what shows it; None of it: there is nothing to show any more
KINDS: dict[str, Show] = {}


@dataclass(frozen=True, slots=True)
class BoardFace:
    """What a board looks like now; equal digests look equal."""

    html: str
    keyboard: Keyboard
    digest: str
    live: bool
    place: Mapping[str, object]
    photo: str | None = None


def face(session: Session, subject: str, words: Words, buttons: Buttons) -> BoardFace | None:
    """The board of that subject in these words; None where there is nothing to show any more."""
    kind, _, row_id = subject.partition(":")
    board = KINDS[kind](session, int(row_id), words, buttons)
    if board is None:
        return None
    html, keys = words.text(board.template, **board.values), keyboard(*board.rows)
    shown = json.dumps([render.timeless(html), keys], ensure_ascii=False)
    digest = blake2b(shown.encode(), digest_size=12).hexdigest()
    return BoardFace(str(html), keys, digest, board.live, board.place, board.photo)

"""The pick list as people read it in a message: a line for what goes into whose hands. The whole of it is in the files.

Invariant: amounts stand in an owner's list only; a leader hands out and does not see what others pay.
"""

from markupsafe import Markup
from sqlalchemy.orm import Session

from bot.core import names, render
from bot.core.words import Words
from models import picklist
from models.deliveries import OutboxRow
from models.picklist import PickRow

TEMPLATES = frozenset({"round_locked_owner", "round_locked_leader"})
LINES = 40  # of a message; more is for the file
ROOM = 3400  # units, with the head and the foot around it


def pick_list(session: Session, row: OutboxRow, words: Words) -> Markup:
    """The list of the round a notice is about, for its owner or its leader."""
    round_id = row.params["round_id"]
    assert isinstance(round_id, int)
    found = picklist.rows(session, round_id=round_id, language=words.language)
    return listed(found, words, money=row.template != "round_locked_leader")


def listed(rows: list[PickRow], words: Words, *, money: bool) -> Markup:
    """Rows as numbered lines, cut where the message would grow too long."""
    lines: list[Markup] = []
    for place, row in enumerate(rows[:LINES], start=1):
        lines.append(_line(place, row, words, money=money))
        if sum(map(render.length, lines)) > ROOM:
            lines.pop()
            break
    left = len(rows) - len(lines)
    return Markup("\n").join([*lines, *([words.text("pick_more", more=left)] if left else [])])


def _line(place: int, row: PickRow, words: Words, *, money: bool) -> Markup:
    return words.text(
        "pick_line", place=place, name=names.shown(row.member), quantity=row.quantity,
        option=words.choice(row.option) if row.option else "", note=names.shorten(names.clean(row.note), 40),
        amount=row.total if money else None, number=row.order if money else None,
    )  # fmt: skip

"""A lucky draw in words: its board in the circle, what its messages name, and the record that is published.

Invariant: nothing here tells the seed of a draw that is not revealed.
"""

import json
from collections.abc import Mapping
from math import ceil

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core import names
from bot.core.boards import Board
from bot.core.buttons import Button, Buttons
from bot.core.words import Words
from models import drawing
from models.columns import Texts, table_of
from models.draws import Draw, PrizeKind, entries
from models.people import Person
from models.rows import load
from models.shops import Shop
from models.states import DrawState

TITLE, PRIZE = 80, 80  # letters
SHOWN, SHORT = 8, 36  # winners named in one message, letters of each one's prize: a caption holds 1,024 units
COMMAND = "tuan draw verify"
_people = table_of(Person)


def show(session: Session, draw_id: int, words: Words, buttons: Buttons) -> Board | None:
    """The board as it is now: the prizes, the odds, the hash of the seed; one button while it is open."""
    draw = session.get(Draw, draw_id)
    if draw is None:
        return None
    tickets = drawing.tickets_of(session, draw_id)
    values: dict[str, object] = {
        "title": _title(draw.title, words), "prizes": [names.shown(text, PRIZE) for text in _texts(draw)],
        "state": draw.state, "tickets": tickets, "odds": odds(len(draw.prizes), tickets), "closes_at": draw.closes_at,
        "seed_sha256": draw.seed_sha256, "days": -(-draw.standing // 86_400),
    }  # fmt: skip
    live = draw.state == DrawState.OPEN
    rows: list[list[Button]] = [[buttons.button(words.say("key_draw", count=tickets), "drw", draw_id)]] if live else []
    return Board("draw_board", values, rows, live)


def odds(prizes: int, tickets: int) -> int:
    """One ticket in so many wins; never said better than it is."""
    return max(1, ceil(tickets / max(prizes, 1)))


def values(session: Session, params: Mapping[str, object], words: Words) -> dict[str, object]:
    """What the messages of a draw name; {} for a message that is about none."""
    draw_id = params.get("draw_id")
    if not isinstance(draw_id, int):
        return {}
    draw = load(session, Draw, draw_id)
    found: dict[str, object] = {
        "title": _title(draw.title, words), "shop": names.shown(load(session, Shop, draw.shop_id).name), "command": COMMAND,
        "goods": any(prize["kind"] == PrizeKind.GOODS for prize in draw.prizes),
    }  # fmt: skip
    if draw.state == DrawState.REVEALED:
        found |= _winners(session, draw)
    if isinstance(place := params.get("place"), int):
        found |= {"prize": names.shown(_texts(draw)[place - 1], PRIZE), "kind": draw.prizes[place - 1]["kind"]}
        mine = entries.c.draw_id == draw_id, entries.c.place == place
        found["ticket"] = session.scalar(select(entries.c.ticket).where(*mine))
    return found


def record(session: Session, draw_id: int) -> tuple[str, bytes]:
    """The published record: its file name, its JSON."""
    content = json.dumps(drawing.record(session, draw_id), ensure_ascii=False, indent=1).encode()
    return f"draw-{draw_id}.json", content


def _winners(session: Session, draw: Draw) -> dict[str, object]:
    query = (
        select(entries.c.place, _people.c.name, _people.c.by_initial)
        .join(_people, _people.c.id == entries.c.person_id)
        .where(entries.c.draw_id == draw.id, entries.c.place.is_not(None)).order_by(entries.c.place)
    )  # fmt: skip
    won, texts = session.execute(query).all(), _texts(draw)
    told = [
        {"place": row.place, "prize": names.shown(texts[row.place - 1], SHORT), "full": names.shown(row.name),
         "name": names.standing(row.name, row.by_initial, 20)}
        for row in won[:SHOWN]
    ]  # fmt: skip
    return {"winners": told, "folded": len(won) - len(told)}


def _texts(draw: Draw) -> list[str]:
    return [str(prize["text"]) for prize in draw.prizes]


def _title(title: Texts, words: Words) -> str:
    return names.shown(words.option(title), TITLE)



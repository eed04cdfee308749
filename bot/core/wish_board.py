"""The board of a wish: "Ann wishes for oranges · 3", with a +1 as long as more may join."""

from sqlalchemy.orm import Session

from bot.core import names
from bot.core.boards import Board
from bot.core.buttons import Buttons
from bot.core.words import Words
from models import wants
from models.people import Person
from models.rows import find
from models.want_words import MOST
from models.wants import LIVE, Want


def show(session: Session, want_id: int, words: Words, buttons: Buttons) -> Board | None:
    """The wish as it stands; None once nobody's words are left of it."""
    del words  # names and wishes need none
    row = find(session, Want, want_id)
    if row is None or not row.words:
        return None
    voices, live = wants.members(session, want_id), row.state in LIVE
    values: dict[str, object] = {
        "wish": names.shown(row.words, MOST), "first": _first(session, voices), "n": len(voices), "state": str(row.state),
    }  # fmt: skip
    plus = [buttons.button("+1", "wn", want_id)]
    place = {} if row.thread_id is None else {"message_thread_id": row.thread_id}
    return Board("want_board", values, [plus] if live else [], live, place)


def _first(session: Session, voices: list[int]) -> str | None:
    """Who wished for it first, as they like to stand on cards."""
    person = find(session, Person, voices[0]) if voices else None
    return None if person is None else names.standing(person.name, person.by_initial)

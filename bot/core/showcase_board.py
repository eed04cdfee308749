"""The board of a showcase: what came, in its buyer's words below their photo, for as long as the circle may see it."""

from sqlalchemy.orm import Session

from bot.core import asked, names
from bot.core.boards import Board
from bot.core.buttons import Buttons
from bot.core.words import Words

WORDS = 400  # letters shown: with what stands around them, no more than a caption may have


def show(session: Session, showcase_id: int, words: Words, buttons: Buttons) -> Board | None:
    """The showcase as it stands; what was taken back, hidden or refunded says so, without the photo."""
    del buttons  # it is reported under the product
    found = asked.values(session, "showcase_told", {"showcase_id": showcase_id}, words)
    if found.get(asked.GONE):
        return Board("showcase_board", {"gone": True}, live=False)
    photo, said = found["photo"], names.shorten(str(found["written"]), WORDS)
    return Board("showcase_board", {"gone": False, **found, "written": said}, photo=str(photo) if photo else None)

"""How a board leaves: sent anew, edited, or, where it showed a photo that is nobody's any more, deleted.

Invariants: a photo that was taken back stays nowhere: its line is deleted where Telegram lets the bot, else another
picture takes its place. Sources: core.telegram.org/bots/api, deleteMessage (48 hours, or the right), editMessageMedia.
"""

from datetime import datetime, timedelta

from bot.core import render
from bot.core.boards import BoardFace
from bot.core.cards import CAPTION
from bot.core.outgoing import HTML, Outgoing
from models.cards import Card
from models.circles import Circle

DELETES = timedelta(hours=47)  # how long a bot may delete what it said; an hour less than Telegram's two days
RIGHT = "can_delete_messages"


def anew(circle: Circle, face: BoardFace) -> Outgoing:
    """A board that stands nowhere yet."""
    params = {"reply_markup": face.keyboard, **face.place}
    if face.photo is None or render.length(face.html) > CAPTION:
        return Outgoing(circle.chat_id, "sendMessage", {"text": face.html, **HTML, **params}, digest=face.digest)
    params |= {"photo": face.photo, "caption": face.html, "parse_mode": "HTML"}
    return Outgoing(circle.chat_id, "sendPhoto", params, digest=face.digest)


def again(circle: Circle, card: Card, face: BoardFace, now: datetime) -> Outgoing:
    """A board that stands, as it is now."""
    params: dict[str, object] = {"message_id": card.message_id}
    if card.has_photo and face.photo is None and _deletes(circle, card, now):
        return Outgoing(circle.chat_id, "deleteMessage", params, digest=face.digest)
    params["reply_markup"] = face.keyboard
    if not card.has_photo:
        return Outgoing(circle.chat_id, "editMessageText", {"text": face.html, **HTML, **params}, digest=face.digest)
    media = {"type": "photo", "media": face.photo or "attach://photo", "caption": face.html, "parse_mode": "HTML"}
    files = {} if face.photo is not None else {"photo": _nothing(face.html)}
    return Outgoing(circle.chat_id, "editMessageMedia", {**params, "media": media}, files, digest=face.digest)


def _deletes(circle: Circle, card: Card, now: datetime) -> bool:
    return RIGHT in circle.rights or (card.sent_at is not None and now - card.sent_at < DELETES)


def _nothing(html: str) -> bytes:
    """A picture of what is left to say."""
    from bot.core.pictures.canvas import FADED, WIDTH, Canvas, Style  # noqa: PLC0415  # the bot starts without pictures

    paper = Canvas(WIDTH // 4)
    paper.centred(render.plain(html), Style(44, FADED))
    return paper.png(cut=True)

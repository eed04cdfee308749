"""Where a rule's no becomes words: the answer of a tap, or a line that only its author sees. Never a line in the chat."""

from aiogram.methods import AnswerCallbackQuery
from aiogram.types import Update
from markupsafe import escape
from sqlalchemy.orm import Session

from handlers.replies import Reply, say, thread_of, unseen
from handlers.scene import Scene, Who
from models.errors import DomainError

SILENT = frozenset({"nobody_acts"})  # what nobody in particular did is answered to nobody


async def answer(error: DomainError, update: Update, scene: Scene) -> AnswerCallbackQuery | None:
    """The one sentence for it, on the way the person came."""
    if error.code in SILENT:
        return None
    words = scene.words.refusal(error)
    if update.callback_query is not None:
        return AnswerCallbackQuery(callback_query_id=update.callback_query.id, text=words, show_alert=True)
    message = update.message or update.edited_message
    if message is not None and scene.sender is not None:
        await scene.write(_refused, words, unseen(scene, message.message_id, thread_of(message)))
    return None


def _refused(session: Session, who: Who, words: str, by: Reply) -> None:
    say(session, who, str(escape(words)), by=by, well=False)

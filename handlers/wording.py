"""What people write in a conversation about questions: a line or a captioned photo, and where they write it on.

Invariants: a conversation ends in the write that does what it was for; a no that can be mended by saying it again keeps it
open; who typed in a circle goes on in their private chat.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Concatenate, ParamSpec, TypeVar

from aiogram.fsm.context import FSMContext
from aiogram.types import Message
from sqlalchemy.orm import Session

from handlers.scene import Scene, Who
from models.errors import DomainError
from models.questions import BUYERS

P = ParamSpec("P")
T = TypeVar("T")

SAY_AGAIN = frozenset({
    "question_empty", "question_long", "answer_empty", "answer_long", "photo_without_words", "photo_needed",
    "back_contact",
})  # fmt: skip
LONGEST = 600  # letters; who writes more in a chat is telling a story
_ENDS = re.compile(r"[?？][\s!！.。~～)）]*$")
_CHINESE = re.compile(
    r"(?:吗|呢|么|嘛)[\s.。!！~～]*$|([\u4e00-\u9fff])不\1|有没有|是不是|怎么|怎样|如何|多少|多久|多大|多重|几天|哪里|哪儿|什么"
)
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class Draft:
    """A question as it waits in a conversation; `round_id` is None until it is known which group buy it is about."""

    round_id: int | None
    words: str = ""
    of: str = BUYERS
    photo: str | None = None

    def as_json(self) -> dict[str, object]:
        return {"round": self.round_id, "words": self.words, "of": self.of, "photo": self.photo}


async def drafted(state: FSMContext) -> Draft:
    """The draft a conversation keeps. Raises old_button where it keeps none."""
    said = await state.get_data()
    if "of" not in said:
        raise DomainError("old_button")
    round_id = said["round"]
    return Draft(int(round_id) if round_id is not None else None, str(said["words"]), str(said["of"]), said["photo"])


def words_of(message: Message) -> tuple[str, str | None]:
    """A line, or a photo with its caption."""
    return message.caption or message.text or "", message.photo[-1].file_id if message.photo else None


def is_question(text: str) -> bool:
    """Whether a reply to a card asks something: it ends like a question, or uses the words of one."""
    if len(text) > LONGEST or not _LETTER.search(text):
        return False
    return bool(_ENDS.search(text) or _CHINESE.search(text))


def private_state(scene: Scene) -> FSMContext:
    """Where this person's conversation in private stands, wherever they write now."""
    assert scene.state is not None
    key = scene.state.key
    return FSMContext(scene.state.storage, replace(key, chat_id=key.user_id, thread_id=None))


async def finish(scene: Scene, work: Callable[Concatenate[Session, Who, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The write that ends a conversation; it goes on where it is enough to say it again."""
    assert scene.state is not None
    state, said = await scene.state.get_state(), await scene.state.get_data()
    await scene.state.clear()
    try:
        return await scene.write(work, *args, **kwargs)
    except DomainError as refused:
        if refused.code in SAY_AGAIN:
            await scene.state.set_state(state)
            await scene.state.set_data(said)
        raise

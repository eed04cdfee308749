"""/broadcast in private: an owner's words, seen as they will look, to whom they choose, sent when they say so.

Invariants: nothing leaves that was not shown and confirmed; a draft is sent once; the words are never a template, only
the listed placeholders are filled in, what is marked in them stays so, and what cannot stay is said; a draft lives in
the conversation, so a restart keeps it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.fsm.state import State
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import Message
from sqlalchemy.orm import Session

from bot.core import names, run_pages
from bot.core.buttons import Button, Keyboard, keyboard
from bot.core.config import wording
from bot.core.config.letters import Letters
from bot.core.config.mistakes import nearest
from bot.core.reasons import PREVIEW, reason
from handlers import audiences
from handlers.audiences import Choice
from handlers.marked import has_emoji, marked
from handlers.replies import said, say, show_anew
from handlers.scene import Scene, Who
from handlers.taps import At, Tap, taps
from models import circles, outbox, shops
from models.errors import DomainError
from models.outbox import Priority, Route
from models.rows import number_of
from models.runs import Reach

DRAFT = State("draft", group_name="broadcast")  # the next text or photo is the message
_SLOT = re.compile(r"\{(\w+)\}")
_DAY, _HOUR = 86_400, 3_600
LOST = 5  # of what a message cannot keep, so many are named
Page = tuple[str, Keyboard]


@dataclass(frozen=True)
class Draft:
    """What an owner wants to send, as the conversation keeps it."""

    number: int  # of the message; 0 while there is none
    shop: int
    text: str = ""
    photo: str | None = None
    marks: Sequence[list[object]] = ()  # as bot/core/marks.py keeps them
    lost: Sequence[Sequence[str]] = ()  # (kind, words) of what it cannot keep

    def as_json(self) -> dict[str, object]:
        kept = {"number": self.number, "shop": self.shop, "text": self.text, "photo": self.photo}
        return kept | {"marks": list(self.marks), "lost": [list(one) for one in self.lost]}

    def definition(self, choice: Choice) -> dict[str, object]:
        """What bot.toml would hold for it."""
        photo = {"photo": f"telegram:{self.photo}"} if self.photo else {}
        return {"text": self.text, "marks": list(self.marks), **photo, **choice.definition}


def routes() -> Router:
    """/broadcast, and what follows it; before what else hears photos."""
    router = Router(name="broadcast")
    router.message.register(broadcast, Command("broadcast"))
    router.message.register(drafted, DRAFT, F.text, ~F.text.startswith("/"))
    router.message.register(drafted, DRAFT, F.photo)
    router.message.register(otherwise, DRAFT, ~F.text)
    return router


async def broadcast(message: Message, command: CommandObject, scene: Scene) -> None:
    """Asks for the message, or takes the words behind the command; who owns several shops says which first."""
    own = await scene.unit.read(_shops, scene)
    if not own:
        raise DomainError("no_shop")
    if len(own) > 1:
        rows = [[scene.desk.buttons.button(name[:40], "bs", shop_id)] for shop_id, name in own]
        await scene.write(said, scene.words.text("broadcast_shop"), keyboard(*rows))
        return
    await _begin(scene, own[0][0])
    if command.args:
        skipped = _units(message.text or "") - _units(command.args)
        found = await marked(scene, command.args, message.entities, skipped)
        await _keep(scene, Draft(message.message_id, own[0][0], command.args, None, found.marks, found.lost))
    else:
        await scene.write(said, scene.words.text("broadcast_how"))


@taps.on("bs", at=At.PRIVATE)
async def for_shop(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """One of several shops."""
    if tap.id not in dict(await scene.unit.read(_shops, scene)):
        raise DomainError("not_yours")
    await _begin(scene, tap.id)
    await scene.write(said, scene.words.text("broadcast_how"))
    return tap.answer()


async def drafted(message: Message, scene: Scene) -> None:
    """The message itself; another one takes its place."""
    assert scene.state is not None
    shop = int((await scene.state.get_data()).get("shop", 0))
    photo = message.photo[-1].file_id if message.photo else None
    text, entities = message.caption or message.text or "", message.caption_entities or message.entities
    found = await marked(scene, text, entities)
    await _keep(scene, Draft(message.message_id, shop, text, photo, found.marks, found.lost))


async def otherwise(message: Message, scene: Scene) -> None:
    """A sticker says nothing to members."""
    del message, scene
    raise DomainError("broadcast_only")


@taps.on("ba", at=At.PRIVATE)
async def audience(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """Whom it is for: a choice, or a list to choose from."""
    draft = await _draft_of(tap, scene)
    await scene.write(show_anew, tap.message_id, *await scene.unit.read(_page, scene, draft, tap.arg or ""))
    return tap.answer()


@taps.on("bgo", at=At.PRIVATE)
async def send(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """The run begins; the message that asked shows how far it is."""
    draft = await _draft_of(tap, scene)
    assert scene.state is not None
    await scene.state.clear()
    await scene.write(_sent, scene, draft, tap)
    return tap.answer(scene.words.say("broadcast_sent"))


@taps.on("bno", at=At.PRIVATE)
async def drop(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """The draft is forgotten, or (`arg`) said anew."""
    draft = await _draft_of(tap, scene)
    assert scene.state is not None
    if tap.arg == "anew":
        await scene.state.set_data(Draft(0, draft.shop).as_json())
        return tap.answer(scene.words.say("broadcast_change"), alert=True)
    await scene.state.clear()
    return tap.answer(scene.words.say("cancelled"))


async def _begin(scene: Scene, shop_id: int) -> None:
    assert scene.state is not None
    await scene.state.set_state(DRAFT)
    await scene.state.set_data(Draft(0, shop_id).as_json())


async def _keep(scene: Scene, draft: Draft) -> None:
    """Keeps a message that can be sent, and shows it. Raises broadcast_empty, broadcast_slot, broadcast_long."""
    _check(draft)
    assert scene.state is not None
    await scene.state.set_data(draft.as_json())
    await scene.write(_previewed, scene, draft)


async def _draft_of(tap: Tap, scene: Scene) -> Draft:
    """The draft a button belongs to. Raises old_button for one that was replaced, sent or dropped."""
    assert scene.state is not None
    kept = await scene.state.get_data()
    if await scene.state.get_state() != DRAFT.state or not tap.id or kept.get("number") != tap.id:
        raise DomainError("old_button")
    return Draft(**kept)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _check(draft: Draft) -> None:
    if not names.clean_lines(draft.text):
        raise DomainError("broadcast_empty")
    for word in _SLOT.findall(draft.text):
        if word not in Letters.placeholders:
            raise DomainError("broadcast_slot", word=word, what=nearest(word, Letters.placeholders) or "")
    words = wording.letter(Letters.placeholders, below_photo=draft.photo is not None)
    if (length := words.longest(draft.text)) > words.room:
        raise DomainError("broadcast_long", length=length, most=words.room)


def _shops(session: Session, scene: Scene) -> list[tuple[int, str]]:
    if scene.person is None:
        return []
    return [(number_of(shop.id), shop.name) for shop in shops.of_owner(session, scene.person.id)]


def _previewed(session: Session, who: Who, scene: Scene, draft: Draft) -> None:
    """As its readers will see it, with the last line that a private one has; then the question to whom."""
    shops.require_owner(session, draft.shop, who.person_id)
    here = [circle.id for circle in circles.of_member(session, who.person_id) if circle.shop_id == draft.shop]
    rooms = here or [room for room, *_ in audiences.rooms(session, draft.shop)]
    params: dict[str, object] = {
        "text": {scene.words.language: draft.text}, "marks": list(draft.marks), "shop_id": draft.shop,
        "circle_id": rooms[0] if rooms else None,
        "why": {"code": "owner", "shop_id": draft.shop}, PREVIEW: True,
    }  # fmt: skip
    preview = outbox.Message(
        route=Route.PRIVATE, template="campaign_words", params=params | ({"photo": draft.photo} if draft.photo else {}),
        person_id=who.person_id, priority=Priority.OWN_ACTION,
    )  # fmt: skip
    outbox.enqueue(session, [preview], who.now)
    say(session, who, *_to_whom(scene, draft))


def _page(session: Session, scene: Scene, draft: Draft, code: str) -> Page:
    """What follows a choice; counted beside the writer, since counting a large audience takes its time."""
    if code in audiences.LISTS:
        rows = audiences.listed(session, scene, draft.number, draft.shop, code)
        return scene.words.text("broadcast_which" if rows else "broadcast_none_such"), keyboard(*rows, [_other(scene, draft)])
    if code == "back":
        return _to_whom(scene, draft)
    choice = audiences.choice(session, scene.words, draft.shop, code)
    reach = scene.desk.campaigns.reach(session, draft.shop, draft.definition(choice), scene.now)
    if not reach.of_whom_reachable:
        return scene.words.text("broadcast_nobody"), keyboard([_other(scene, draft)], _ends(scene, draft))
    go = [scene.button("b_broadcast_send", "bgo", draft.number, choice.code)]
    return _sure(scene, choice, reach, _last_line(session, scene, reach)), keyboard(go, [_other(scene, draft)], _ends(scene, draft))


def _to_whom(scene: Scene, draft: Draft) -> Page:
    """The question below the preview, and what of the message the preview cannot show."""
    lost = [(kind, names.shown(words, 40)) for kind, words in draft.lost]
    html = scene.words.text("broadcast_to", lost=lost[:LOST], more=len(lost[LOST:]), emoji=has_emoji(draft.marks))
    return html, keyboard(*audiences.first(scene, draft.number), _ends(scene, draft))


def _sure(scene: Scene, choice: Choice, reach: Reach, last: str) -> str:
    """How many, how long, what attention leaves of it, and the last line where it is another than the preview's."""
    attention = scene.desk.attention
    quota = attention.circle_posts if choice.kind == "posts" else attention.member_promotions
    return scene.words.text(
        "broadcast_sure", reach=reach, choice=choice.kind, named=choice.name, seconds=max(1, round(reach.seconds)),
        quota=quota.count, posts=quota.count, last=last, span=_span(scene, int(quota.per.total_seconds())),
    )  # fmt: skip


def _last_line(session: Session, scene: Scene, reach: Reach) -> str:
    """What stands below it for these readers, if it is not what the preview says."""
    if reach.why is None or reach.why["code"] == "owner":
        return ""
    return scene.words.text("promotion_why", why=reason(session, reach.why, scene.words))


def _span(scene: Scene, seconds: int) -> str:
    whole = seconds % _DAY == 0
    return scene.words.say("broadcast_span", days=seconds // _DAY if whole else 0, hours=max(1, seconds // _HOUR))


def _sent(session: Session, who: Who, scene: Scene, draft: Draft, tap: Tap) -> None:
    choice = audiences.choice(session, scene.words, draft.shop, tap.arg or "")
    run_id = scene.desk.campaigns.broadcast(session, draft.shop, draft.definition(choice), who.person_id, who.now)
    run_pages.show(session, who.person_id, tap.message_id, run_id, who.now)


def _other(scene: Scene, draft: Draft) -> Button:
    return scene.button("b_broadcast_other", "ba", draft.number, "back")


def _ends(scene: Scene, draft: Draft) -> list[Button]:
    return [scene.button("b_change", "bno", draft.number, "anew"), scene.button("b_cancel", "bno", draft.number)]

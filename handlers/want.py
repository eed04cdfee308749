"""/want in a circle: a wish that others join by +1, and what its owner makes of it in private.

Invariants: one line a wish, edited as voices come; who speaks up hears of it alone; the owner's buttons are the owner's.
"""

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import Message
from markupsafe import escape
from sqlalchemy.orm import Session

from bot.core import names
from bot.core.buttons import keyboard
from handlers import sell, shares
from handlers.circles import sells_here
from handlers.mine import words_for
from handlers.replies import Reply, said, say, thread_of, unseen
from handlers.scene import Scene, Who
from handlers.taps import At, Tap, taps
from models import boards, circles, lists, notices, shops, wants, wishing
from models.circles import Circle
from models.errors import DomainError
from models.rows import load
from models.wants import Want, Wished


def routes() -> Router:
    """A command of a circle."""
    router = Router(name="want")
    router.message.register(want, Command("want"))
    return router


async def want(message: Message, command: CommandObject, scene: Scene) -> None:
    """With words it is a wish; alone one sentence says how."""
    if not await sells_here(message, scene):
        return
    by = unseen(scene, message.message_id, thread_of(message))
    words = names.clean(command.args or "")
    if words:
        await scene.write(_wished, scene, words, by, thread_of(message))
    else:
        await scene.write(said, scene.words.text("want_how"), None, by)


@taps.on("wn", at=At.CIRCLE)
async def voiced(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """+1 below the line."""
    told = await scene.write(_voiced, tap)
    return tap.answer(_answer(scene, told))


@taps.on("wof", at=At.PRIVATE)
async def offer_it(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """The last terms of a known product, one tap from opening; else (or by `arg`) the way of /sell."""
    last = await scene.unit.read(_last_round, scene, tap)
    if last is None:
        assert scene.state is not None
        await scene.state.set_state(sell.DRAFT)
    await scene.write(_terms, scene, tap.id, last)
    return tap.answer()


@taps.on("wno", at=At.PRIVATE)
async def not_now(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """Not for now; it may still come."""
    await scene.write(_declined, tap.id)
    return tap.answer(scene.words.say("want_declined"))


@taps.on("wlk", at=At.PRIVATE)
async def look(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """What was wished for, with a +1."""
    await scene.write(_looked, scene, tap.id)
    return tap.answer()


def line(session: Session, circle_id: int, scene: Scene) -> str:
    """The open wishes in one line, for /deals; empty if there are none."""
    found = wants.listed(session, circle_id, scene.now)
    if not found:
        return ""
    shown = [f"{names.shown(wish.words, 30)} · {wish.voices}" for wish in found]
    return str(scene.words.text("wishes_here", wishes=scene.words.listed(shown)))


def _wished(session: Session, who: Who, scene: Scene, words: str, by: Reply, thread_id: int | None) -> None:
    assert who.circle_id is not None
    told, facts = wishing.wish(session, who.circle_id, who.person_id, words, who.now, thread_id)
    notices.notify(session, facts, who.now)
    say(session, who, str(escape(_answer(scene, told))), by=by)


def _voiced(session: Session, who: Who, tap: Tap) -> Wished:
    if not boards.bears(session, who.circle_id, wants.board_of(tap.id), tap.message_id):
        raise DomainError("old_button")
    told, facts = wishing.voice(session, tap.id, who.circle_id, who.person_id, who.now)
    notices.notify(session, facts, who.now)
    return told


def _answer(scene: Scene, told: Wished) -> str:
    missing = max(0, told.needed - told.voices)
    block = f"want_{told.news}" if missing or told.news != "new" else "want_enough"
    return scene.words.say(block, wish=told.words, voices=told.voices, missing=missing)


def _last_round(session: Session, scene: Scene, tap: Tap) -> int | None:
    """What can be offered again, unless the owner wants other terms. Raises gone, not_yours: before a conversation begins."""
    row = load(session, Want, tap.id)
    owner = scene.person.id if scene.person is not None else 0
    shops.require_owner(session, load(session, Circle, row.circle_id).shop_id or 0, owner)
    return wants.last_round(session, row) if tap.arg is None else None


def _terms(session: Session, who: Who, scene: Scene, want_id: int, last: int | None) -> None:
    row = wants.for_owner(session, want_id, who.person_id)
    if last is None:
        say(session, who, scene.words.text("want_sell", wish=row.words))
        return
    deal = lists.deal_of(session, last)
    again = [scene.button("b_open_in", "rep", last, circle=deal.circle[:40])]
    other = [scene.button("b_other_terms", "wof", want_id, "anew")]
    say(session, who, words_for(scene, deal).text("want_terms", deal=deal), keyboard(again, other))


def _declined(session: Session, who: Who, want_id: int) -> None:
    wishing.decline(session, want_id, who.person_id, who.now)


def _looked(session: Session, who: Who, scene: Scene, round_id: int) -> None:
    deal = lists.deal_of(session, round_id)
    if not circles.is_member(session, deal.circle_id, who.person_id):
        raise DomainError("not_a_member")
    say(session, who, *shares.view(session, who, scene, round_id))

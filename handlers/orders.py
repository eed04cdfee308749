"""What a member does about an order: paid, cannot, an offered seat, again or not, something is wrong."""

from collections.abc import Callable

from aiogram import F, Router
from aiogram.fsm.state import State
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import Message
from sqlalchemy.orm import Session

from bot.core.buttons import keyboard
from handlers.replies import said, say
from handlers.scene import Scene, Who
from handlers.taps import At, Tap, taps
from models import complaints, handover, lists, notices, orders, payments, waitlist
from models.facts import AnyFact

WRONG = State("photo", group_name="wrong")  # waits for a photo or words of what is wrong
MOST_BUTTONS = 8
Rule = Callable[..., list[AnyFact]]


def routes() -> Router:
    """The conversation about what is wrong."""
    router = Router(name="orders")
    router.message.register(wrong_shown, WRONG, F.photo)
    router.message.register(wrong_shown, WRONG, F.text, ~F.text.startswith("/"))
    router.message.register(wrong_otherwise, WRONG, ~F.text)
    return router


def ruled(session: Session, who: Who, rule: Rule, subject: int, *more: object) -> None:
    """The work of a tap that one rule decides: the rule, then whoever is to hear of it."""
    notices.notify(session, rule(session, subject, who.person_id, *more, who.now), who.now)


@taps.on("paid", at=At.ANYWHERE)
async def paid(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """The timer stands until the owner says."""
    await scene.write(ruled, payments.claim, tap.id)
    return tap.answer(scene.words.say("paid_answer"))


@taps.on("cant", at=At.ANYWHERE)
async def cannot(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """The order ends; its pieces go to whoever waits."""
    await scene.write(ruled, orders.drop, tap.id)
    return tap.answer(scene.words.say("cannot_answer"))


@taps.on("take", at=At.ANYWHERE)
async def take_offer(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """A seat that was freed, of the option the button names."""
    if tap.arg is not None and tap.arg.isdecimal():
        await scene.write(ruled, waitlist.accept_option, tap.id, int(tap.arg))
    else:
        await scene.write(ruled, waitlist.accept, tap.id)
    return tap.answer(scene.words.say("offer_taken"))


@taps.on("pass", at=At.ANYWHERE)
async def pass_offer(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """The next in the queue is asked."""
    await scene.write(ruled, waitlist.pass_on, tap.id)
    return tap.answer(scene.words.say("offer_passed"))


@taps.on("ag1", "ag0", at=At.ANYWHERE)
async def again(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """Again, or not again; a second tap changes the answer."""
    await scene.write(ruled, handover.again, tap.id, tap.op == "ag1")
    return tap.answer(scene.words.say("again_answer"))


@taps.on("bad", at=At.PRIVATE)
async def something_is_wrong(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """First how many pieces (`arg`), then a photo or words."""
    if tap.arg is None:
        await scene.write(_how_many, scene, tap.id)
        return tap.answer()
    assert scene.state is not None
    await scene.state.set_state(WRONG)
    await scene.state.set_data({"order": tap.id, "pieces": int(tap.arg)})
    await scene.write(said, scene.words.text("wrong_photo"))
    return tap.answer()


async def wrong_shown(message: Message, scene: Scene) -> None:
    """The photo, or the words, that say what is wrong."""
    assert scene.state is not None
    known = await scene.state.get_data()
    await scene.state.clear()
    photo = message.photo[-1].file_id if message.photo else None
    words = (message.caption or message.text or "")[:1000]
    await scene.write(_complained, scene, int(known["order"]), int(known["pieces"]), words, photo)


async def wrong_otherwise(message: Message, scene: Scene) -> None:
    """A sticker shows nothing."""
    del message
    await scene.write(said, scene.words.text("wrong_photo_or_words"))


def _how_many(session: Session, who: Who, scene: Scene, order_id: int) -> None:
    order = lists.order_of(session, order_id)
    orders.require_own(orders.held(session, order_id)[1], who.person_id)
    counts = range(1, min(order.quantity, MOST_BUTTONS) + 1)
    row = [scene.desk.buttons.button(str(n), "bad", order_id, n) for n in counts]
    say(session, who, scene.words.text("wrong_how_many", order=order), keyboard(row))


def _complained(
    session: Session, who: Who, scene: Scene, order_id: int, pieces: int, words: str, photo: str | None
) -> None:
    facts = complaints.raise_(session, order_id, who.person_id, pieces, words, photo, who.now)
    notices.notify(session, facts, who.now)
    say(session, who, scene.words.text("wrong_sent"))

"""What is open in a circle, and a member who opens a group buy the shop has offered before, as its leader."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import Message
from markupsafe import escape
from sqlalchemy.orm import Session

from bot.core.buttons import keyboard, message_link
from handlers import want
from handlers.circles import sells_here
from handlers.mine import words_for
from handlers.replies import Reply, said, say, thread_of, unseen
from handlers.scene import Scene, Who
from handlers.taps import At, Tap, taps
from models import lists, notices, offers
from models.lists import Deal


def routes() -> Router:
    """Commands of a circle."""
    router = Router(name="deals")
    router.message.register(deals, Command("deals"))
    router.message.register(buy, Command("buy"))
    router.message.register(help_, Command("help", "start"))
    return router


async def deals(message: Message, scene: Scene) -> None:
    """The open group buys here, each with a link to its card; seen by who asked."""
    if await sells_here(message, scene):
        await scene.write(_listed, scene, unseen(scene, message.message_id, thread_of(message)))


async def buy(message: Message, scene: Scene) -> None:
    """What the shop has offered here before, one button each."""
    if await sells_here(message, scene):
        await scene.write(_offered, scene, unseen(scene, message.message_id, thread_of(message)))


async def help_(message: Message, scene: Scene) -> None:
    """How to join, seen by who asked."""
    if await sells_here(message, scene):
        by = unseen(scene, message.message_id, thread_of(message))
        more = [f"/{name} {escape(scene.words.say(f'command_{name}'))}" for name in ("buy", "ask", "find", "want")]
        await scene.write(said, "\n".join([str(scene.words.text("help_circle")).rstrip(), *more]), None, by)


@taps.on("buy", at=At.ANYWHERE)
async def opened(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """A member opens that offer once more on its last terms, and leads it."""
    await scene.write(_opened, tap.id)
    return tap.answer(scene.words.say("buy_opened"))


def _listed(session: Session, who: Who, scene: Scene, by: Reply) -> None:
    assert who.circle_id is not None
    found = lists.deals_here(session, who.circle_id, who.person_id)
    lines = [words_for(scene, deal).text("deal_line", deal=deal, link=card_link(scene, deal)) for deal in found]
    html = "\n".join([scene.words.text("deals_here"), *lines]) if lines else scene.words.text("deals_none")
    wished = want.line(session, who.circle_id, scene)
    say(session, who, f"{html}\n\n{wished}" if wished else html, by=by)


def card_link(scene: Scene, deal: Deal) -> str | None:
    """The address of the card in its supergroup; plain groups have none."""
    return message_link(scene.place.chat_id if scene.place else 0, deal.message_id)


def _offered(session: Session, who: Who, scene: Scene, by: Reply) -> None:
    assert who.circle_id is not None
    assert scene.place is not None
    past = lists.past_offers(session, [scene.place.shop_id or 0], who.circle_id)
    rows = [[scene.desk.buttons.button(scene.words.option(offer.title), "buy", offer.round_id)] for offer in past]
    say(session, who, scene.words.text("buy_which" if rows else "buy_nothing"), keyboard(*rows) if rows else None, by=by)


def _opened(session: Session, who: Who, round_id: int) -> None:
    notices.notify(session, offers.lead_again(session, round_id, who.person_id, who.now), who.now)

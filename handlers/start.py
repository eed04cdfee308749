"""Start in private, with or without a link's token: a greeting, a shared group buy, a gift, an order to be paid."""

from aiogram import Router
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.types import Message
from markupsafe import escape
from sqlalchemy.orm import Session

from handlers import gifts, invite, mine, questions, shares
from handlers.commands import menu_of
from handlers.replies import say
from handlers.scene import Scene, Who
from models import circles, people, shops
from models.errors import DomainError

ORDER = "order_"  # begins the payload of a link to one's own orders


def routes() -> Router:
    """Start and help in private."""
    router = Router(name="start")
    router.message.register(start, CommandStart())
    router.message.register(help_, Command("help"))
    return router


async def start(message: Message, command: CommandObject, scene: Scene) -> None:
    """From now on the bot may write here; a link's token says what for."""
    del message
    payload = command.args or ""
    shared = payload.startswith(shares.PAYLOAD)
    circle_id = await shares.comes_into(scene, payload.removeprefix(shares.PAYLOAD)) if shared else None
    try:
        asks = await questions.opening(scene, payload)
        await scene.write(_started, scene, payload, circle_id, asks)
    except DomainError as error:  # a link that leads nowhere any more; start was pressed all the same
        if scene.state is not None:
            await scene.state.clear()  # of what the link was to open
        await scene.write(_led_nowhere, payload if error.code == "not_a_member" else "", scene.words.refusal(error))
    scene.forget_person()


async def help_(message: Message, scene: Scene) -> None:
    """What can be typed, and an owner's commands for owners."""
    del message
    await scene.write(_helped, scene)


def _started(
    session: Session, who: Who, scene: Scene, payload: str, circle_id: int | None, asks: questions.Work | None
) -> None:
    people.start(session, who.person_id, who.now)
    if circle_id is not None:
        circles.join(session, circle_id, who.person_id, who.now)
    if payload.startswith(shares.PAYLOAD):
        shares.show(session, who, scene, payload.removeprefix(shares.PAYLOAD))
        invite.by_card(session, who, payload.removeprefix(shares.PAYLOAD))
    elif payload.startswith(gifts.PAYLOAD):
        gifts.show(session, who, scene, payload.removeprefix(gifts.PAYLOAD))
    elif asks is not None:
        asks(session, who, scene)
    elif payload.startswith(invite.PAYLOAD):
        invite.comes(session, who, payload.removeprefix(invite.PAYLOAD))
    elif payload == invite.ASKED:
        invite.shown(session, who, scene, {})
    elif payload.startswith(ORDER):
        mine.show(session, who, scene)
    elif not invite.reminded(session, who):
        _greet(session, who, scene)
    if payload:
        invite.disclosed(session, who)


def _led_nowhere(session: Session, who: Who, payload: str, why: str) -> None:
    """Not there; but whoever shared it with somebody outside invited them, and that says the way in."""
    people.start(session, who.person_id, who.now)
    if not (payload.startswith(shares.PAYLOAD) and invite.by_card(session, who, payload.removeprefix(shares.PAYLOAD))):
        say(session, who, str(escape(why)))
    invite.disclosed(session, who)


def _greet(session: Session, who: Who, scene: Scene) -> None:
    sells = [shop.name for shop in shops.of_owner(session, who.person_id)]
    named = [circle.title for circle in circles.of_member(session, who.person_id)]
    assert scene.sender is not None
    say(session, who, scene.words.text("hello", name=scene.sender.name, circles=named, sells=", ".join(sells)))


def _helped(session: Session, who: Who, scene: Scene) -> None:
    sells = bool(shops.of_owner(session, who.person_id))
    html = scene.words.text("help_private", sells=sells)
    told = [name for name in menu_of(sells, scene.operates) if f"/{name}" not in html and name not in {"start", "help"}]
    lines = [f"/{name} {escape(scene.words.say(f'command_{name}'))}" for name in told]
    say(session, who, "\n".join([str(html).rstrip(), *lines]))

"""The pick list in private: what to hand to whom, for the owner and for the leader, as a message and as files."""

from collections import Counter
from collections.abc import Sequence

from aiogram import Router
from aiogram.filters import Command
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import Message
from sqlalchemy.orm import Session

from bot.core import pick_texts
from bot.core.buttons import Keyboard, keyboard
from handlers.mine import words_for
from handlers.owner import shops_of
from handlers.replies import say
from handlers.scene import Scene, Who
from handlers.taps import At, Tap, taps
from models import lists, outbox, picklist, shops
from models.errors import DomainError
from models.lists import Deal
from models.outbox import Priority, Route
from models.picklist import PickRow
from models.states import RoundState

FILES = ("xlsx", "csv")
TO_HAND_OUT = (RoundState.LOCKED, RoundState.SETTLING)
MOST_BUTTONS = 30
DONE = frozenset({"collected", "completed"})


def routes() -> Router:
    """/orders in private."""
    router = Router(name="picks")
    router.message.register(orders, Command("orders"))
    return router


async def orders(message: Message, scene: Scene) -> None:
    """The pick list of the one group buy that is to be handed out, or which of several."""
    del message
    await scene.write(_which, scene)


@taps.on("pk", at=At.PRIVATE)
async def pick_list(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """The list of one group buy, or (`arg`) its file."""
    await scene.write(_file if tap.arg in FILES else _listed, scene, tap.id, tap.arg or "")
    return tap.answer()


def _which(session: Session, who: Who, scene: Scene) -> None:
    offers = lists.running(session, shops_of(session, who), TO_HAND_OUT)
    if not offers:
        raise DomainError("nothing_to_hand_out")
    if len(offers) == 1:
        _listed(session, who, scene, offers[0].round_id, "")
        return
    rows = [
        [scene.desk.buttons.button(f"{scene.words.option(o.title)} · {o.circle} · {o.pieces}"[:60], "pk", o.round_id)]
        for o in offers
    ]
    say(session, who, scene.words.text("orders_which"), keyboard(*rows))


def _listed(session: Session, who: Who, scene: Scene, round_id: int, _: str) -> None:
    rows = picklist.for_person(session, round_id, who.person_id, scene.words.language)
    deal = lists.deal_of(session, round_id)
    words = words_for(scene, deal)
    sells = shops.owns(session, deal.shop_id, who.person_id)
    listed = pick_texts.listed(rows, words, money=sells)
    html = words.text("pick_list_text", deal=deal, listed=listed, totals=_totals(rows, scene))
    say(session, who, html, _buttons(scene, deal, rows, sells=sells))


def _totals(rows: Sequence[PickRow], scene: Scene) -> list[tuple[str, int]]:
    """What to pack: pieces by option."""
    counted: Counter[str] = Counter()
    for row in rows:
        counted[row.option] += row.quantity
    return [(scene.words.choice(option) if option else "", pieces) for option, pieces in counted.items()]


def _buttons(scene: Scene, deal: Deal, rows: Sequence[PickRow], *, sells: bool) -> Keyboard:
    """Files and arrival for the owner; handing over, order by order, for the leader too."""
    above = [scene.button("b_arrived", "arr", deal.round_id)]
    above += [scene.desk.buttons.button(kind.upper(), "pk", deal.round_id, kind) for kind in FILES]
    waiting = {row.order_id: row for row in rows if row.state not in DONE}
    handed = [
        scene.button("b_hand_over", "col", row.order_id, number=row.order, name=row.member)
        for row in list(waiting.values())[:MOST_BUTTONS]
    ]
    return keyboard(above if sells else [], *([button] for button in handed))


def _file(session: Session, who: Who, _: Scene, round_id: int, kind: str) -> None:
    """The file is made when it is sent. It holds amounts, so it is the owner's alone."""
    shops.require_owner(session, lists.deal_of(session, round_id).shop_id, who.person_id)
    params = {"round_id": round_id, "format": kind}
    row = outbox.Message(
        route=Route.FILE, template="pick_list", params=params, person_id=who.person_id, priority=Priority.OWN_ACTION
    )
    outbox.enqueue(session, [row], who.now)

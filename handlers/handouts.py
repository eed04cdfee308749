"""/packet, /coupon and /voucher in private: an owner hands something out in a circle; read back, then opened by a tap.

Invariants: nothing is handed out that was not read back; a draft opens once a circle, and only while it is the latest one.
"""

from dataclasses import dataclass

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import Message
from sqlalchemy.orm import Session

from bot.core import money_text, packet_board
from bot.core.buttons import keyboard
from handlers import handout_words
from handlers.handout_words import Handout
from handlers.owner import shops_of
from handlers.replies import said, say
from handlers.scene import Scene, Who
from handlers.taps import At, Tap, taps
from models import lists, packets_opening, shops
from models.errors import DomainError
from models.packets_opening import NewPacket


@dataclass(frozen=True)
class Draft:
    """What an owner typed, as the conversation keeps it; it is read again when it opens."""

    number: int  # of the message
    handout: str  # the command
    text: str

    def as_json(self) -> dict[str, object]:
        return {"number": self.number, "handout": self.handout, "text": self.text}


def routes() -> Router:
    """Three commands of an owner."""
    router = Router(name="handouts")
    router.message.register(hand_out, Command(*handout_words.KINDS))
    return router


async def hand_out(message: Message, command: CommandObject, scene: Scene) -> None:
    """With an amount it is read back; alone one sentence says how."""
    draft = Draft(message.message_id, command.command.lower(), command.args or "")
    assert scene.state is not None
    await scene.state.set_data(draft.as_json())
    await scene.write(_read_back, scene, draft)


@taps.on("hand", at=At.PRIVATE)
async def confirmed(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """Hands it out in the circle that `arg` names."""
    draft = await _draft_of(tap, scene)
    if tap.arg is None or not tap.arg.isdecimal():
        raise DomainError("old_button")
    circle = await scene.write(_opened, draft, int(tap.arg))
    return tap.answer(scene.words.say("handout_opened", circle=circle))


@taps.on("hno", at=At.PRIVATE)
async def cancel(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """The draft is forgotten."""
    await _draft_of(tap, scene)
    assert scene.state is not None
    await scene.state.clear()
    return tap.answer(scene.words.say("cancelled"))


async def _draft_of(tap: Tap, scene: Scene) -> Draft:
    """The draft a button belongs to. Raises old_button for one that was replaced or is gone."""
    assert scene.state is not None
    kept = await scene.state.get_data()
    if kept.get("number") != tap.id or kept.get("handout") not in handout_words.KINDS:
        raise DomainError("old_button")
    return Draft(**kept)


def _read_back(session: Session, who: Who, scene: Scene, draft: Draft) -> None:
    """What was understood, with a button for each circle; or how to say it."""
    owned = shops_of(session, who)
    shop = shops.by_id(session, owned[0])
    found = handout_words.read(draft.handout, draft.text, money_text.digits(shop.currency))
    if found is None:
        said(session, who, scene.words.text("handout_how", what=draft.handout))
        return
    rooms = lists.circles_of_shops(session, owned)
    if not rooms:
        raise DomainError("no_circle_yet")
    words = scene.words.here(currency=shop.currency, zone=shop.timezone)
    new = _new(found, draft, owned[0], rooms[0][0], who)
    html = words.text("handout_read_back", **packet_board.offered(new), window=_seconds(new))
    opens = [[scene.button("b_hand_out_in", "hand", draft.number, room, circle=title[:40])] for room, title, _ in rooms]
    say(session, who, html, keyboard(*opens, [scene.button("b_cancel", "hno", draft.number)]))


def _opened(session: Session, who: Who, draft: Draft, circle_id: int) -> str:
    """Reads the draft once more, with the circle's own shop, and opens it. Returns the circle's title."""
    rooms = {room: (title, shop) for room, title, shop in lists.circles_of_shops(session, shops_of(session, who))}
    if circle_id not in rooms:
        raise DomainError("not_yours")
    title, shop_id = rooms[circle_id]
    found = handout_words.read(draft.handout, draft.text, money_text.digits(shops.by_id(session, shop_id).currency))
    if found is None:
        raise DomainError("old_button")
    packets_opening.open_packet(session, _new(found, draft, shop_id, circle_id, who), who.now)
    return title


def _new(found: Handout, draft: Draft, shop_id: int, circle_id: int, who: Who) -> NewPacket:
    batch = f"by:{who.person_id}:{draft.number}"
    return NewPacket(
        key=f"{batch}:{circle_id}", batch=batch, kind=found.kind, shop_id=shop_id, circle_id=circle_id, by_id=who.person_id,
        opens_at=who.now, closes_at=who.now + found.lasts, total=found.total, shares=found.shares, equal=found.equal,
        pays=found.pays, worth=found.worth, value=found.value, most=found.most, min_order=found.min_order,
    )  # fmt: skip


def _seconds(new: NewPacket) -> int:
    """How long taps are collected; 0 where they are not."""
    return int(new.window.total_seconds()) if new.shares is not None and new.kind != "coupon" else 0

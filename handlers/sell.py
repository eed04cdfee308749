"""An owner opens a group buy in a minute: one line, one photo, or a pasted 接龙; read back, then opened by a tap.

Invariants: nothing opens that was not read back; a draft opens once a circle, and only while it is the latest one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.fsm.state import State
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import Message
from sqlalchemy.orm import Session

from bot.core import money_text, times
from bot.core.buttons import Keyboard, keyboard
from bot.core.words import Words
from handlers.offer import Fault, Offer, read
from handlers.owner import offer_button, shops_of
from handlers.replies import said, say
from handlers.scene import Scene, Who
from handlers.taps import At, Tap, taps
from models import lists, notices, offers, shops
from models.errors import DomainError
from models.offers import Bought, NewOffer

DRAFT = State("draft", group_name="sell")  # the next line, photo or list is an offer
_PASTED = F.text.regexp(r"^\s*#?\s*接龙")


def routes() -> Router:
    """/sell, and what follows it, in private."""
    router = Router(name="sell")
    router.message.register(sell, Command("sell"))
    router.message.register(described, DRAFT, F.text, ~F.text.startswith("/"))
    router.message.register(described, F.photo, F.caption)
    router.message.register(described, _PASTED)
    return router


@dataclass(frozen=True)
class Draft:
    """What an owner sent, as the conversation keeps it; it is read again when it opens."""

    number: int  # of the message
    text: str
    photo: str | None
    at: str  # when it was said: "Fri 20:00" means the Friday after it

    def as_json(self) -> dict[str, object]:
        return {"number": self.number, "text": self.text, "photo": self.photo, "at": self.at}


async def sell(message: Message, command: CommandObject, scene: Scene) -> None:
    """With a line or a caption it is read at once; alone it asks for one."""
    if command.args:
        await _drafted(message, command.args, scene)
        return
    assert scene.state is not None
    await scene.state.set_state(DRAFT)
    await scene.write(_asked, scene)


async def described(message: Message, scene: Scene) -> None:
    """A line, a captioned photo or a pasted list from an owner; from anybody else they are only what they are."""
    try:
        await _drafted(message, message.caption or message.text or "", scene)
    except DomainError as refused:
        if refused.code != "no_shop":
            raise
        assert scene.state is not None
        await scene.state.clear()
        await scene.write(said, scene.words.text("not_understood"))


@taps.on("open", at=At.PRIVATE)
async def opened(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """Opens the draft in the circle that `arg` names."""
    draft = await _draft_of(tap, scene)
    assert scene.state is not None
    await scene.state.set_state(None)
    circle = await scene.write(_opened, draft, int(tap.arg or 0))
    return tap.answer(scene.words.say("sell_opened", circle=circle))


@taps.on("chg", at=At.PRIVATE)
async def change(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """The next message replaces the draft."""
    await _draft_of(tap, scene)
    assert scene.state is not None
    await scene.state.set_state(DRAFT)
    return tap.answer(scene.words.say("sell_change"), alert=True)


@taps.on("cxl", at=At.PRIVATE)
async def cancel(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """The draft is forgotten."""
    await _draft_of(tap, scene)
    assert scene.state is not None
    await scene.state.clear()
    return tap.answer(scene.words.say("cancelled"))


@taps.on("rep", at=At.PRIVATE)
async def again(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """A past offer once more, on its own terms, for as long as it lasted."""
    circle = await scene.write(_again, tap.id)
    return tap.answer(scene.words.say("sell_opened", circle=circle))


async def _drafted(message: Message, text: str, scene: Scene) -> None:
    photo = message.photo[-1].file_id if message.photo else None
    draft = Draft(message.message_id, text, photo, scene.now.isoformat())
    assert scene.state is not None
    await scene.state.set_state(DRAFT)
    await scene.state.set_data(draft.as_json())
    await scene.write(_read_back, scene, draft)


async def _draft_of(tap: Tap, scene: Scene) -> Draft:
    """The draft a button belongs to. Raises old_button for one that was replaced or is gone."""
    assert scene.state is not None
    kept = await scene.state.get_data()
    if kept.get("number") != tap.id:
        raise DomainError("old_button")
    return Draft(**kept)


def _asked(session: Session, who: Who, scene: Scene) -> None:
    past = lists.past_offers(session, shops_of(session, who))
    html = scene.words.text("sell_how") + ("\n\n" + scene.words.text("sell_again_too") if past else "")
    say(session, who, html, keyboard(*([offer_button(scene, offer, "rep")] for offer in past)))


def _read_back(session: Session, who: Who, scene: Scene, draft: Draft) -> None:
    """What was understood, with a button for each circle it may open in; or everything that was not."""
    owned = shops_of(session, who)
    shop = shops.by_id(session, owned[0])
    words = scene.words.here(currency=shop.currency, zone=shop.timezone)
    offer = _understood(draft, shop.currency, shop.timezone)
    if not isinstance(offer, Offer):
        say(session, who, "\n".join(_told(words, fault) for fault in offer))
        return
    rooms = lists.circles_of_shops(session, owned)
    if not rooms:
        raise DomainError("no_circle_yet")
    html = words.text("sell_read_back", offer=offer, closes_at=offer.closes_at, photo=draft.photo, names=_names(words, offer))
    say(session, who, html, _choices(scene, draft, rooms))


def _choices(scene: Scene, draft: Draft, rooms: Sequence[tuple[int, str, int]]) -> Keyboard:
    opens = [[scene.button("b_open_in", "open", draft.number, room, circle=title[:40])] for room, title, _ in rooms]
    rest = [scene.button("b_change", "chg", draft.number), scene.button("b_cancel", "cxl", draft.number)]
    return keyboard(*opens, rest)


def _understood(draft: Draft, currency: str, timezone: str) -> Offer | tuple[Fault, ...]:
    said_at = datetime.fromisoformat(draft.at)
    return read(draft.text, said_at, times.zone_named(timezone), money_text.digits(currency))


def _told(words: Words, fault: Fault) -> str:
    return str(words.text(fault.code, **fault.params))


def _names(words: Words, offer: Offer) -> str:
    return words.listed([f"{named.name} ×{named.quantity}" for named in offer.named])


def _opened(session: Session, who: Who, draft: Draft, circle_id: int) -> str:
    """Reads the draft once more, with the circle's own shop, and opens it. Returns the circle's title."""
    rooms = {room: (title, shop) for room, title, shop in lists.circles_of_shops(session, shops_of(session, who))}
    if circle_id not in rooms:
        raise DomainError("not_yours")
    title, shop_id = rooms[circle_id]
    shop = shops.by_id(session, shop_id)
    offer = _understood(draft, shop.currency, shop.timezone)
    if not isinstance(offer, Offer):
        raise DomainError(offer[0].code, **offer[0].params)
    notices.notify(session, offers.open_new(session, _new(offer, draft, shop_id, circle_id, who), who.now), who.now)
    return title


def _new(offer: Offer, draft: Draft, shop_id: int, circle_id: int, who: Who) -> NewOffer:
    named = tuple(Bought(line.name, line.quantity, line.option, line.note) for line in offer.named)
    return NewOffer(
        shop_id=shop_id, circle_id=circle_id, by=who.person_id, key=f"sell:{who.person_id}:{draft.number}:{circle_id}",
        title=offer.title, price=offer.price, closes_at=offer.closes_at, ladder=offer.steps, count_by=offer.count_by,
        stock=offer.stock, per_member=offer.per_member, minimum=offer.minimum or 1, options=offer.options,
        leader_discount=offer.leader_discount, text=offer.text, photo_file_id=draft.photo, named=named,
    )  # fmt: skip


def _again(session: Session, who: Who, round_id: int) -> str:
    notices.notify(session, offers.open_again(session, round_id, who.person_id, who.now), who.now)
    return lists.deal_of(session, round_id).circle

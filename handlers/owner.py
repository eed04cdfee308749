"""What an owner does in private about running group buys and orders: paid, handed over, refunded, arrived, recalled.

Invariant: authority is the rule's to decide (`shops.owns`), whoever a button or a command comes from.
"""

import re
from decimal import Decimal

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import Message
from sqlalchemy.orm import Session

from bot.core import money_text
from bot.core.buttons import Button, keyboard
from handlers.mine import words_for
from handlers.orders import ruled
from handlers.replies import say
from handlers.scene import Scene, Who
from handlers.taps import At, Tap, taps
from models import complaints, handover, lists, locks, notices, payments, shops
from models.errors import DomainError
from models.lists import Offer, OrderLine
from models.rows import number_of
from models.states import ComplaintState, RoundState

RECALLABLE = (RoundState.SCHEDULED, RoundState.OPEN, RoundState.DECIDING, RoundState.LOCKED, RoundState.SETTLING)
_COMMANDS = {"paid": ("ok", "b_is_paid"), "handover": ("col", "b_hand_over"), "refund": ("ref", "b_refund_no")}
_FITS = {
    "paid": lambda order: order.state in {"awaiting", "claimed"},
    "handover": lambda order: not order.collected,
    "refund": lambda order: order.state in {"paid", "completed"},
}
_AMOUNT = re.compile(r"(|.*\S\s+)([0-9]{1,9}(?:[.,][0-9]{1,2})?)")
_RESOLUTIONS = {"cr": ComplaintState.CREDITED, "rp": ComplaintState.REPLACED, "rf": ComplaintState.REFUNDED}


def routes() -> Router:
    """An owner's commands in private."""
    router = Router(name="owner")
    router.message.register(about_an_order, Command(*_COMMANDS))
    router.message.register(recall, Command("recall"))
    return router


async def about_an_order(message: Message, command: CommandObject, scene: Scene) -> None:
    """/paid, /handover, /refund: with a number, a name or a reply, /refund with an amount too; buttons do it."""
    replied = message.reply_to_message.message_id if message.reply_to_message else None
    called, amount = (command.args or "").strip(), None
    if command.command == "refund":
        called, amount = _without_amount(called, alone=replied is not None)
    await scene.write(_orders_found, scene, command.command, called, replied, amount)


async def recall(message: Message, scene: Scene) -> None:
    """Which offer is to be stopped."""
    del message
    await scene.write(_recallable, scene)


@taps.on("ok", at=At.PRIVATE)
async def is_paid(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """The money is there."""
    await scene.write(ruled, payments.confirm, tap.id)
    return tap.answer(scene.words.say("owner_paid"))


@taps.on("no", at=At.PRIVATE)
async def is_not_paid(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """The money is not there; the clock runs again."""
    await scene.write(ruled, payments.deny, tap.id)
    return tap.answer(scene.words.say("owner_not_paid"))


@taps.on("col", at=At.PRIVATE)
async def handed_over(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """By the owner or the leader."""
    await scene.write(ruled, handover.collect, tap.id)
    return tap.answer(scene.words.say("owner_handed_over"))


@taps.on("arr", at=At.PRIVATE)
async def arrived(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """Everybody whose order stands is told to come."""
    await scene.write(ruled, handover.arrive, tap.id)
    return tap.answer(scene.words.say("owner_arrived"))


@taps.on("acc", at=At.PRIVATE)
async def accept_short(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """A short group goes ahead, openly."""
    await scene.write(ruled, locks.accept_short, tap.id)
    return tap.answer(scene.words.say("owner_accepted"))


@taps.on("fail", at=At.PRIVATE)
async def let_fail(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """A short group does not go ahead."""
    await scene.write(ruled, locks.let_fail, tap.id)
    return tap.answer(scene.words.say("owner_let_fail"))


@taps.on("thx", at=At.PRIVATE)
async def thank(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """The shop's thanks to all who collected, once."""
    await scene.write(ruled, handover.thank, tap.id)
    return tap.answer(scene.words.say("owner_thanked"))


@taps.on("cr", "rp", "rf", at=At.PRIVATE)
async def resolve(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """What is done about a complaint."""
    await scene.write(ruled, complaints.resolve, tap.id, _RESOLUTIONS[tap.op])
    return tap.answer(scene.words.say("owner_resolved"))


@taps.on("back", at=At.PRIVATE)
async def given_back(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """All that was due of an order went back."""
    await scene.write(ruled, payments.given_back, tap.id)
    return tap.answer(scene.words.say("owner_gave_back"))


@taps.on("ref", at=At.PRIVATE)
async def refund_ask(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """Asks once more before money goes back, all of it or the minor units that `arg` says."""
    await scene.write(_refund_ask, scene, tap.id, int(tap.arg) if tap.arg else None)
    return tap.answer()


@taps.on("ref!", at=At.PRIVATE)
async def refund(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """All of it goes back, or the part that `arg` says: once, however often it is tapped."""
    await scene.write(_refunded, tap.id, tap.arg)
    return tap.answer(scene.words.say("owner_refunded"))


@taps.on("rec", at=At.PRIVATE)
async def recall_ask(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """Says what stopping means before it is done."""
    await scene.write(_recall_ask, scene, tap.id)
    return tap.answer()


@taps.on("rec!", at=At.PRIVATE)
async def recalled(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """Every buyer is told, and gets back what was paid."""
    await scene.write(ruled, locks.recall, tap.id)
    return tap.answer(scene.words.say("owner_recalled"))


def shops_of(session: Session, who: Who) -> list[int]:
    """The shops this person owns. Raises DomainError("no_shop") for everybody else."""
    own = [number_of(shop.id) for shop in shops.of_owner(session, who.person_id)]
    if not own:
        raise DomainError("no_shop")
    return own


def _without_amount(called: str, *, alone: bool) -> tuple[str, Decimal | None]:
    """`1043 12.00` as a name or number and an amount; a number by itself is an amount only in a reply (`alone`)."""
    found = _AMOUNT.fullmatch(called)
    if found is None or not (found[1] or alone):
        return called, None
    return found[1].strip(), Decimal(found[2].replace(",", "."))


def _orders_found(
    session: Session, who: Who, scene: Scene, command: str, called: str, replied: int | None, amount: Decimal | None
) -> None:
    own = shops_of(session, who)
    subject = lists.order_in_message(session, who.person_id, replied) if replied and not called else None
    found = [lists.order_of(session, subject)] if subject else lists.orders_called(session, own, called)
    fits = [order for order in found if _FITS[command](order)]
    if not fits:
        raise DomainError("no_order_called", called=called)
    lines = [words_for(scene, order).text("owner_order_line", order=order) for order in fits]
    rows = [[_act(scene, command, order, amount)] for order in fits]
    say(session, who, "\n".join(lines), keyboard(*rows))


def _act(scene: Scene, command: str, order: OrderLine, amount: Decimal | None) -> Button:
    op, label = _COMMANDS[command]
    part = None if amount is None else int(amount.scaleb(money_text.digits(order.currency)))
    return scene.button(label, op, order.order_id, part, number=order.number, name=order.name)


def _refund_ask(session: Session, who: Who, scene: Scene, order_id: int, amount: int | None) -> None:
    order = lists.order_of(session, order_id)
    shops.require_owner(session, lists.deal_of(session, order.round_id).shop_id, who.person_id)
    words, balance = words_for(scene, order), payments.balance(session, order_id)
    paid, back = balance.paid, balance.paid if amount is None else amount
    ways = {"amount": back, "cash": min(back, balance.cash)}
    if amount is None or amount == paid:
        sure, html = scene.button("b_refund_sure", "ref!", order_id), words.text("refund_sure", order=order, **ways)
    elif not 0 < amount < paid:
        raise DomainError("refund_too_much", asked=amount, most=paid)
    else:
        html = words.text("refund_part_sure", order=order, paid=paid, **ways)
        sure = scene.button("b_refund_part_sure", "ref!", order_id, f"{amount}-{paid}")
    say(session, who, html, keyboard([sure]))


def _refunded(session: Session, who: Who, order_id: int, part: str | None) -> None:
    """A part names what was paid when it was asked: a second tap finds less and moves nothing."""
    if part is None:
        ruled(session, who, payments.refund, order_id)
        return
    amount, paid = (int(number) for number in part.split("-"))
    if payments.balance(session, order_id).paid != paid:
        raise DomainError("old_button")
    notices.notify(session, payments.refund(session, order_id, who.person_id, who.now, amount), who.now)


def _recallable(session: Session, who: Who, scene: Scene) -> None:
    offers = lists.running(session, shops_of(session, who), RECALLABLE)
    if not offers:
        raise DomainError("nothing_running")
    rows = [[offer_button(scene, offer, "rec")] for offer in offers]
    say(session, who, scene.words.text("recall_which"), keyboard(*rows))


def offer_button(scene: Scene, offer: Offer, op: str) -> Button:
    label = f"{scene.words.option(offer.title)} · {offer.circle}"
    return scene.desk.buttons.button(label[:60], op, offer.round_id)


def _recall_ask(session: Session, who: Who, scene: Scene, round_id: int) -> None:
    deal = lists.deal_of(session, round_id)
    sure = scene.button("b_recall_sure", "rec!", round_id)
    say(session, who, scene.words.text("recall_sure", deal=deal), keyboard([sure]))

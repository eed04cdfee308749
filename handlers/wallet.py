"""A member's wallet: what is in it, and putting it, a voucher or points onto an order that is to be paid."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import Message
from sqlalchemy.orm import Session

from bot.core import drawings, thanked
from bot.core.buttons import keyboard
from bot.core.words import Words
from handlers.orders import ruled
from handlers.replies import say
from handlers.scene import Scene, Who
from handlers.taps import At, Tap, taps
from models import discounts, outbox, statement, wallet
from models.errors import DomainError
from models.outbox import Message as Row
from models.outbox import Priority, Route
from models.statement import Movement, Wallet

SHOWN = 10  # vouchers that people read on a phone


def routes() -> Router:
    """/wallet in private."""
    router = Router(name="wallet")
    router.message.register(show_wallet, Command("wallet"))
    return router


async def show_wallet(message: Message, scene: Scene) -> None:
    """The balance first, then what is pending, points, vouchers, the last movements; a shop after the other."""
    del message
    await scene.write(_shown, scene)


@taps.on("wal", at=At.ANYWHERE)
async def use_wallet(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """As much of the wallet as the order needs."""
    await scene.write(ruled, wallet.spend, tap.id)
    return tap.answer(scene.words.say("wallet_used"))


@taps.on("pts", at=At.ANYWHERE)
async def use_points(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """As many points as the order takes."""
    await scene.write(ruled, discounts.use_points, tap.id)
    return tap.answer(scene.words.say("wallet_used"))


@taps.on("vou", at=At.ANYWHERE)
async def use_voucher(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """The voucher that the button promised."""
    if tap.arg is None or not tap.arg.isdecimal():
        raise DomainError("old_button")
    await scene.write(ruled, discounts.use_voucher, tap.id, int(tap.arg))
    return tap.answer(scene.words.say("wallet_used"))


@taps.on("wpic", at=At.PRIVATE)
async def picture(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """The same as a picture, drawn when it leaves."""
    await scene.write(_pictured, tap.id)
    return tap.answer()


def _pictured(session: Session, who: Who, shop_id: int) -> None:
    if all(one.shop_id != shop_id for one in statement.wallets(session, who.person_id, who.now)):
        raise DomainError("old_button")
    row = Row(
        route=Route.PRIVATE, template=drawings.STATEMENT, params={"shop_id": shop_id, "of_person": who.person_id},
        person_id=who.person_id, priority=Priority.OWN_ACTION,
    )  # fmt: skip
    outbox.enqueue(session, [row], who.now)


def _shown(session: Session, who: Who, scene: Scene) -> None:
    found = statement.wallets(session, who.person_id, who.now)
    parts = [_of_shop(session, scene, one) for one in found]
    keys = keyboard(*([scene.button("b_wallet_picture", "wpic", one.shop_id, shop=one.shop)] for one in found))
    say(session, who, "\n\n".join(parts) or scene.words.text("wallet_empty"), keys if found else None)


def _of_shop(session: Session, scene: Scene, one: Wallet) -> str:
    words = scene.words.here(currency=one.currency, zone=scene.zone or one.timezone)
    lines = [str(words.text("wallet_balance", wallet=one))]
    lines += [str(words.text("wallet_waiting", one=row, reason=thanked.reason(words, row.what))) for row in one.waiting[:SHOWN]]
    if len(one.waiting) > SHOWN:
        lines.append(str(words.text("wallet_more_waiting", more=len(one.waiting) - SHOWN)))
    lines += [
        str(words.text("wallet_voucher", voucher=thanked.voucher(session, promise, words))) for promise in one.vouchers[:SHOWN]
    ]
    if len(one.vouchers) > SHOWN:
        lines.append(str(words.text("wallet_more_vouchers", more=len(one.vouchers) - SHOWN)))
    if one.movements:
        lines += ["", str(words.text("wallet_movements")), *(_movement(words, row) for row in one.movements)]
    if one.more:
        lines.append(str(words.text("wallet_more", more=one.more)))
    return "\n".join(lines)


def _movement(words: Words, row: Movement) -> str:
    reason = thanked.reason(words, row.what, row.number)
    return str(words.text("wallet_movement", row=row, sign="+" if row.amount > 0 else "−", reason=reason))

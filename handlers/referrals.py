"""Invitations that a person decides on: an owner's queue, with what stands out, and two buttons."""

from collections.abc import Callable
from datetime import datetime

from aiogram import Router
from aiogram.filters import Command
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import Message
from sqlalchemy.orm import Session

from bot.core import invited
from bot.core.buttons import keyboard
from handlers.replies import say
from handlers.scene import Scene, Who
from handlers.taps import At, Tap, taps
from models import notices, referral_rewards, shops
from models.facts import AnyFact
from models.rows import number_of

LONG = 10  # of the queue at once
Decide = Callable[[Session, int, int, datetime], list[AnyFact]]


def routes() -> Router:
    """/referrals in private, for owners."""
    router = Router(name="referrals")
    router.message.register(queue, Command("referrals"))
    return router


async def queue(message: Message, scene: Scene) -> None:
    """Each invitation that waits, oldest first, as it was first put to the owners."""
    del message
    await scene.write(_queue, scene)


@taps.on("rfy", at=At.PRIVATE)
async def approve(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """It is paid to both."""
    await scene.write(_decided, referral_rewards.approve, tap.id)
    return tap.answer(scene.words.say("referral_said_yes"))


@taps.on("rfn", at=At.PRIVATE)
async def refuse(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """Nobody gets anything."""
    await scene.write(_decided, referral_rewards.refuse, tap.id)
    return tap.answer(scene.words.say("referral_said_no"))


def _decided(session: Session, who: Who, decide: Decide, referral_id: int) -> None:
    notices.notify(session, decide(session, referral_id, who.person_id, who.now), who.now)


def _queue(session: Session, who: Who, scene: Scene) -> None:
    own = [number_of(shop.id) for shop in shops.of_owner(session, who.person_id)]
    waiting = referral_rewards.flagged(session, own)
    if not waiting:
        say(session, who, scene.words.text("referral_queue_empty"))
    for row in waiting[:LONG]:
        shop, params = shops.by_id(session, row.shop_id), {"referral_id": number_of(row.id)}
        words = scene.words.here(currency=shop.currency, zone=scene.zone or shop.timezone)
        html = words.text("referral_flagged", **invited.values(session, "referral_flagged", params, words))
        yes = scene.button("key_referral_yes", "rfy", number_of(row.id))
        no = scene.button("key_referral_no", "rfn", number_of(row.id))
        say(session, who, html, keyboard([yes, no]))
    if len(waiting) > LONG:
        say(session, who, scene.words.text("referral_queue_more", more=len(waiting) - LONG))

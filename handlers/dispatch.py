"""The dispatcher: which router hears what, in which order. Shallow, since every router that does not match costs time."""

from aiogram import Dispatcher, Router
from aiogram.fsm.storage.base import BaseStorage

from handlers import (
    answers,
    broadcast,
    campaigns,
    circles,
    cycles,  # noqa: F401  # its taps
    deals,
    draws,
    fallback,
    find,
    handouts,
    inline,
    invite,
    joining,
    lines,
    mine,
    moderation,
    operator,
    orders,
    owner,
    packets,
    picks,
    polls,
    questions,
    quiet,
    referrals,
    sell,
    settings,
    shares,
    showcase,
    start,
    wallet,
    want,
    why,
)
from handlers.middleware import SceneSetter
from handlers.scene import Desk
from handlers.taps import taps

TAPS_ALONE = (draws, packets)  # named here so that their taps are in the table; they hear no messages


def dispatcher(desk: Desk, storage: BaseStorage) -> Dispatcher:
    """aiogram's dispatcher with all handlers."""
    made = Dispatcher(storage=storage)
    made.update.outer_middleware(SceneSetter(desk))
    made.callback_query.register(taps.handle)
    made.inline_query.register(inline.offered)
    made.include_routers(joining.routes(), circles.routes(), polls.routes(), _in_circles(), _in_private())
    return made


def _in_circles() -> Router:
    router = Router(name="in circles")
    router.message.filter(circles.GROUPS)
    router.edited_message.filter(circles.GROUPS)
    router.include_routers(
        deals.routes(), want.routes(), invite.in_circles(), questions.in_circles(), find.in_circles(), moderation.in_circles(),
        lines.routes(),
    )
    return router


def _in_private() -> Router:
    router = Router(name="in private")
    router.message.filter(circles.PRIVATE)
    router.include_routers(
        start.routes(), questions.in_private(), answers.routes(), showcase.routes(), find.in_private(), moderation.in_private(),
        mine.routes(), wallet.routes(), invite.in_private(), referrals.routes(), orders.routes(), shares.routes(),
        settings.routes(), quiet.routes(), owner.routes(), picks.routes(), broadcast.routes(),
        handouts.routes(), sell.routes(), operator.routes(), campaigns.routes(), why.routes(), fallback.routes(),
    )
    return router

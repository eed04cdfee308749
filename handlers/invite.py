"""Inviting friends: a member's own link into a circle, its QR poster, who came by it; and a friend who comes by one.

Invariant: a link is shown to whose it is alone; a friend hears who invited them and what both get before anything counts.
"""

import logging
from collections.abc import Mapping

from aiogram import Router
from aiogram.exceptions import TelegramAPIError
from aiogram.filters import Command
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import Message
from sqlalchemy.orm import Session

from bot.core import drawings, invited, names
from bot.core.buttons import Keyboard, deep_link, keyboard, link, share_link
from bot.core.words import Words
from handlers.circles import sells_here
from handlers.replies import PRIVATE, Reply, say, thread_of, unseen
from handlers.scene import Scene, Who
from handlers.taps import At, Tap, taps
from models import circles, notices, outbox, referral_binding, referral_summary, referrals, shares, shops
from models.circles import Circle
from models.errors import DomainError
from models.group_buys import Round
from models.outbox import Message as Row
from models.outbox import Priority, Route
from models.referrals import UNASKED, Offer, Referral, ReferralLink, Way
from models.rows import load, number_of

PAYLOAD, ASKED = "inv_", "invite"  # begins a link of a friend's; leads whoever asked in a circle to their own
TITLE, NAME = 60, 32  # letters shown of a circle, of a name in a chat's list of links

log = logging.getLogger(__name__)


def in_private() -> Router:
    """/invite in private."""
    router = Router(name="invite")
    router.message.register(invite, Command("invite"))
    return router


def in_circles() -> Router:
    """/invite in a circle, seen by who asked."""
    router = Router(name="invite here")
    router.message.register(invite_here, Command("invite"))
    return router


async def invite(message: Message, scene: Scene) -> None:
    """The links into every circle where something is given for friends."""
    del message
    made = await _urls(scene)
    await scene.write(shown, scene, made)


async def invite_here(message: Message, scene: Scene) -> None:
    """This circle's; in private, where who came may be seen."""
    if not await sells_here(message, scene) or scene.place is None:
        return
    made = await _urls(scene, scene.place.id)
    await scene.write(_shown_here, scene, unseen(scene, message.message_id, thread_of(message)), made)


@taps.on("ivp", at=At.PRIVATE)
async def poster(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """The same as a picture; drawn when it leaves."""
    await scene.write(_poster, scene, tap.id)
    return tap.answer()


@taps.on("rnm", at=At.PRIVATE)
async def name_me(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """The friend lets the inviter see their first name."""
    await scene.write(_named, tap.id)
    return tap.answer(scene.words.say("named_now"))


def comes(session: Session, who: Who, token: str, way: Way = Way.LINK) -> None:
    """A friend came by a link. Raises what `referral_binding.bind` raises."""
    row, facts = referral_binding.bind(session, referrals.by_token(session, token), who.person_id, way, who.now)
    notices.notify(session, facts, who.now)
    if not facts:  # pressed once more: the same words once more
        _told_again(session, who, row)


def by_card(session: Session, who: Who, token: str) -> bool:
    """A friend opened a shared group buy: bound to whose link it is, if that brings something. Whether they hear of it now."""
    shared = shares.by_token(session, token)
    if shared is None:
        return False
    circle_id = load(session, Round, shared.round_id).circle_id
    bound = referral_binding.bind_by_card(session, circle_id, shared.person_id, who.person_id, who.now)
    if bound is None:
        return False
    notices.notify(session, bound[1], who.now)
    return bool(bound[1])


def reminded(session: Session, who: Who) -> bool:
    """Who came by a link before they pressed start hears now who invited them and what both get."""
    row = referral_binding.waiting_for(session, who.person_id)
    if row is None or row.way not in UNASKED:
        return False
    _told_again(session, who, row)
    return True


def disclosed(session: Session, who: Who) -> None:
    """The same to who starts for something else, once, if it could not be said in private before."""
    row = referral_binding.waiting_for(session, who.person_id)
    if row is not None and row.way in UNASKED and not referral_binding.told_in_private(session, row):
        _told_again(session, who, row, f"referral_bound:{row.id}:started")


def _told_again(session: Session, who: Who, referral: Referral, dedup: str | None = None) -> None:
    referral_id = number_of(referral.id)
    about = {"referral_id": referral_id, "circle_id": referral.circle_id, "shop_id": referral.shop_id, "side": "friend"}
    row = Row(
        route=Route.PRIVATE, template="referral_bound", params=about | {"buttons": "referral_bound"},
        person_id=who.person_id, priority=Priority.OWN_ACTION, dedup=dedup,
    )  # fmt: skip
    outbox.enqueue(session, [row], who.now)


async def _urls(scene: Scene, here: int | None = None) -> dict[int, str]:
    """The circles' own invite links that the sender lacks, made by Telegram; a chat where the bot may not has none."""
    if scene.sender is None:
        return {}
    person_id, made = scene.person.id if scene.person is not None else None, dict[int, str]()
    for circle_id, chat_id in await scene.unit.read(referral_binding.without_url, person_id, here, scene.now):
        try:
            made[circle_id] = await scene.unit.lookups.invite_link(chat_id, names.shorten(scene.sender.name, NAME))
        except TelegramAPIError as error:
            log.info("no invite link of %s: %s", chat_id, error)
    return made


def shown(session: Session, who: Who, scene: Scene, urls: Mapping[int, str]) -> None:
    """Every circle's link, in private. A work."""
    found = [circle for circle in circles.of_member(session, who.person_id) if _link(session, who, circle)]
    for circle in found:
        referral_binding.keep_url(session, number_of(circle.id), who.person_id, urls.get(number_of(circle.id)))
        _show(session, who, scene, circle, PRIVATE)
    if not found:
        say(session, who, scene.words.text("invite_none"))


def _shown_here(session: Session, who: Who, scene: Scene, by: Reply, urls: Mapping[int, str]) -> None:
    assert who.circle_id is not None
    circle = load(session, Circle, who.circle_id)
    referral_binding.link(session, who.circle_id, who.person_id, who.now)
    referral_binding.keep_url(session, who.circle_id, who.person_id, urls.get(who.circle_id))
    if scene.person is not None and scene.person.started:
        _show(session, who, scene, circle, PRIVATE)
        if by.route is not Route.PRIVATE:
            say(session, who, scene.words.text("invite_sent"), None, by=by)
    elif by.route is Route.EPHEMERAL:
        _show(session, who, scene, circle, by)
    else:
        _led_to_private(session, who, by)


def _led_to_private(session: Session, who: Who, by: Reply) -> None:
    """Where only all could see it: one line a day that leads there."""
    row = Row(
        route=Route.LINK, template="invite", params={"payload": ASKED}, person_id=who.person_id, circle_id=who.circle_id,
        priority=Priority.OWN_ACTION, reply_to=by.message_id, thread_id=by.thread_id,
        dedup=f"invite_link:{who.circle_id}:{who.person_id}:{who.now.date()}",
    )  # fmt: skip
    outbox.enqueue(session, [row], who.now)


def _link(session: Session, who: Who, circle: Circle) -> ReferralLink | None:
    """The member's link into a circle, if one is given there; owners have none at their own shop."""
    try:
        return referral_binding.link(session, number_of(circle.id), who.person_id, who.now)
    except DomainError as error:
        if error.code not in {"invite_none", "invite_own_shop", "not_a_member"}:
            raise
        return None


def _show(session: Session, who: Who, scene: Scene, circle: Circle, by: Reply) -> None:
    made = referral_binding.link(session, number_of(circle.id), who.person_id, who.now)
    offer = load(session, Offer, made.offer_id)
    shop = shops.by_id(session, offer.shop_id)
    words = scene.words.here(currency=shop.currency, zone=scene.zone or circle.timezone or shop.timezone)
    url = deep_link(scene.desk.bot_username, f"{PAYLOAD}{made.token}")
    named = names.shown(circle.title, TITLE)
    parts: list[str] = [words.text("invite_head", circle=named, link=url, join=made.url, **invited.gives(offer))]
    if by.route is not Route.EPHEMERAL:
        parts += ["\n\n", _came(session, who, words, offer.shop_id)]
    say(session, who, "".join(str(part) for part in parts), _keys(scene, made, url, named, by), by=by)


def _came(session: Session, who: Who, words: Words, shop_id: int) -> str:
    summary = referral_summary.of(session, who.person_id, shop_id)
    lines = [words.text("invite_came", summary=summary)]
    lines += [words.text("invite_friend", one=one) for one in summary.lately]
    if summary.more > 0:
        lines.append(words.text("invite_more", more=summary.more))
    return "\n".join(str(line).strip() for line in lines)


def _keys(scene: Scene, made: ReferralLink, url: str, circle: str, by: Reply) -> Keyboard:
    pass_on = link(scene.words.say("b_pass_on"), share_link(url, scene.words.say("invite_pass_on", circle=circle)))
    rows = [[pass_on]]
    if by.route is Route.PRIVATE:
        rows.append([scene.button("b_poster", "ivp", number_of(made.id))])
    return keyboard(*rows)


def _poster(session: Session, who: Who, scene: Scene, link_id: int) -> None:
    made = session.get(ReferralLink, link_id)
    if made is None or made.person_id != who.person_id:
        raise DomainError("old_button")
    url = deep_link(scene.desk.bot_username, f"{PAYLOAD}{made.token}")
    row = Row(
        route=Route.PRIVATE, template=drawings.POSTER, params={"link_id": link_id, "url": url}, person_id=who.person_id,
        priority=Priority.OWN_ACTION,
    )  # fmt: skip
    outbox.enqueue(session, [row], who.now)


def _named(session: Session, who: Who, referral_id: int) -> None:
    referral_binding.show_name(session, referral_id, who.person_id)

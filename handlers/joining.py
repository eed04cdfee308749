"""Who comes into a circle by a member's own invite link: let in by the bot that made the link, and bound to who invited.

Invariants: the bot lets in only those who ask by a link of its own; everybody else is the circle's admins' to decide. A
friend who cannot be rewarded is let in all the same.
"""

from datetime import datetime

from aiogram import F, Router
from aiogram.types import ChatJoinRequest, ChatMemberUpdated, User
from sqlalchemy.orm import Session

from handlers.circles import GROUPS, came_or_went, is_within
from handlers.scene import Scene, Who
from models import circles, notices, outbox, people, referral_binding, referrals
from models.errors import DomainError
from models.outbox import Message, Priority, Route
from models.referrals import Way


def routes() -> Router:
    """Join requests, and joins whose link is told."""
    router = Router(name="joining")
    router.chat_join_request.register(asked, GROUPS)
    router.chat_member.register(came_by, GROUPS, F.invite_link)
    return router


async def asked(request: ChatJoinRequest, scene: Scene) -> None:
    """By a link of ours: let in, told who invited and what both get."""
    url = request.invite_link.invite_link if request.invite_link else None
    if url is None or scene.place is None or not scene.place.approved:
        return
    try:
        await scene.write(_let_in, url, scene.place.id, True)
    except DomainError:  # nothing to get for it; they are welcome all the same
        await scene.write(_let_in, url, scene.place.id, False)


async def came_by(event: ChatMemberUpdated, scene: Scene) -> None:
    """A join whose link is told, as far as Telegram tells it; then as any other coming or going."""
    url = event.invite_link.invite_link if event.invite_link else None
    if url is not None and scene.place is not None and is_within(event.new_chat_member) and not event.new_chat_member.user.is_bot:
        try:
            await scene.unit.write(_bound_by, url, event.new_chat_member.user, scene.place.id, scene.now)
        except DomainError:  # nothing to get for it
            await came_or_went(event, scene)
        else:
            scene.desk.memory.members.drop((scene.place.id, event.new_chat_member.user.id))
        return
    await came_or_went(event, scene)


def _let_in(session: Session, who: Who, url: str, circle_id: int, bound: bool) -> None:
    link = referrals.by_url(session, url)
    if link is None or link.circle_id != circle_id:
        return
    if bound:
        _, facts = referral_binding.bind(session, link, who.person_id, Way.REQUEST, who.now)
        notices.notify(session, facts, who.now)
    row = Message(  # in the friend's own lane, behind what they are told: the bot may write to them until they are let in
        route=Route.ACT, template="let_in", params={"circle_id": circle_id}, person_id=who.person_id,
        priority=Priority.OWN_ACTION,
    )  # fmt: skip
    outbox.enqueue(session, [row], who.now)


def _bound_by(session: Session, url: str, user: User, circle_id: int, now: datetime) -> None:
    person_id = people.remember(session, user.id, user.full_name, user.username, user.language_code, now)
    circles.join(session, circle_id, person_id, now)
    link = referrals.by_url(session, url)
    if link is not None and link.circle_id == circle_id:
        _, facts = referral_binding.bind(session, link, person_id, Way.INVITE, now)
        notices.notify(session, facts, now)

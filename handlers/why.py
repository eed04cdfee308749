"""/why in private: which campaign and which condition brought a message, or what of one's own doing it is about."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message
from sqlalchemy.orm import Session

from bot.core import reasons
from bot.core.buttons import keyboard
from handlers.replies import say
from handlers.scene import Scene, Who
from models import why as whys
from models.why import About

_DAY = 86_400


def routes() -> Router:
    """/why in private."""
    router = Router(name="why")
    router.message.register(why, Command("why"))
    return router


async def why(message: Message, scene: Scene) -> None:
    """Of the message it replies to, else of the latest that sells."""
    replied = message.reply_to_message.message_id if message.reply_to_message else None
    await scene.write(_told, scene, replied)


def _told(session: Session, who: Who, scene: Scene, replied: int | None) -> None:
    quota = scene.desk.attention.member_promotions
    found = whys.why_of(session, who.person_id, replied, who.now, quota.per)
    if found is None:
        say(session, who, scene.words.text("whyfor_nothing", replied=replied is not None))
        return
    days = max(1, round(quota.per.total_seconds() / _DAY))
    reason = reasons.reason(session, found.reason, scene.words) if found.about in {About.CAMPAIGN, About.ASK} else ""
    html = scene.words.text(f"whyfor_{found.about}", why=found, reason=reason, quota=quota.count, days=days)
    promotes = found.about is About.CAMPAIGN and found.counts
    say(session, who, html, keyboard([scene.button("b_whyfor_quiet", "q", 0, "open")]) if promotes else None)

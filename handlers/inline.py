"""Inline mode: typing the bot's name in any chat offers the group buys of one's own circles, each with one's own link.

Invariants: nobody is offered what a circle they are not in sells; what is passed on names no price that may change, no
member and no roster: it leads to the group buy, and who comes by it came by whose link it is.
"""

from aiogram.methods import AnswerInlineQuery
from aiogram.types import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQuery,
    InlineQueryResultArticle,
    InputTextMessageContent,
)
from sqlalchemy.orm import Session

from bot.core import names
from bot.core.buttons import deep_link
from handlers.mine import words_for
from handlers.scene import Scene, Who
from handlers.shares import PAYLOAD
from models import lists, shares
from models.lists import Deal

FRESH = 5  # seconds for which Telegram may repeat an answer to the same person
TITLE = 60


async def offered(query: InlineQuery, scene: Scene) -> AnswerInlineQuery:
    """The open group buys whose name has what was typed; without a word all of them."""
    results = await scene.write(_results, scene, query.query.strip().casefold())
    return AnswerInlineQuery(inline_query_id=query.id, results=list(results), cache_time=FRESH, is_personal=True)


def _results(session: Session, who: Who, scene: Scene, typed: str) -> list[InlineQueryResultArticle]:
    deals = lists.deals_of(session, who.person_id)
    return [_result(session, who, scene, deal) for deal in deals if typed in scene.words.option(deal.title).casefold()]


def _result(session: Session, who: Who, scene: Scene, deal: Deal) -> InlineQueryResultArticle:
    words = words_for(scene, deal)
    token = shares.link(session, deal.round_id, who.person_id, who.now)
    title = names.shorten(words.option(deal.title), TITLE)
    open_it = InlineKeyboardButton(text=words.say("inline_open"), url=deep_link(scene.desk.bot_username, f"{PAYLOAD}{token}"))
    return InlineQueryResultArticle(
        id=str(deal.round_id), title=title, description=names.shown(deal.circle, TITLE),
        input_message_content=InputTextMessageContent(
            message_text=str(words.text("inline_card", title=title, circle=names.shown(deal.circle, TITLE), at=deal.closes_at)),
            parse_mode="HTML",
        ),
        reply_markup=InlineKeyboardMarkup(inline_keyboard=[[open_it]]),
    )  # fmt: skip

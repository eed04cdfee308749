"""aiogram as the client: its strict types decode every answer and every update of the sandbox."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramRetryAfter
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BufferedInputFile,
    EphemeralMessageParameters,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputMediaPhoto,
    InputTextMessageContent,
    LabeledPrice,
    Message,
    ReactionTypeEmoji,
    ReplyParameters,
    Update,
)

from sandbox.acts.talk import painted
from tests.sandbox.conftest import BOT, OFFICE, STAIRWELL, TOKEN, Play

JOIN = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="+1", callback_data="join:1")]])


@pytest.fixture
async def bot(play: Play) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(play.running.url))
    async with Bot(TOKEN, session, DefaultBotProperties(parse_mode="HTML")) as made:
        yield made


async def updates(bot: Bot, play: Play) -> list[Update]:
    found = await bot.get_updates(offset=play.offset)
    if found:
        play.offset = found[-1].update_id + 1
    return found


async def test_a_card_is_sent_edited_pinned_and_deleted(bot: Bot) -> None:
    card = await bot.send_message(OFFICE, "🛒 <b>Honey oranges</b>, 5 kg", reply_markup=JOIN)
    assert card.text == "🛒 Honey oranges, 5 kg"
    assert card.html_text == "🛒 <b>Honey oranges</b>, 5 kg"
    edited = await bot.edit_message_text("locked", chat_id=OFFICE, message_id=card.message_id)
    assert isinstance(edited, Message)
    assert edited.edit_date
    assert await bot.pin_chat_message(OFFICE, card.message_id)
    pinned = (await bot.get_chat(OFFICE)).pinned_message
    assert isinstance(pinned, Message)
    assert pinned.message_id == card.message_id
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await bot.edit_message_text("locked", chat_id=OFFICE, message_id=card.message_id)
    assert await bot.unpin_chat_message(OFFICE)
    assert await bot.delete_message(OFFICE, card.message_id)


async def test_a_tap_is_answered(bot: Bot, play: Play) -> None:
    card = await bot.send_message(OFFICE, "Oranges", reply_markup=JOIN)
    await play.do("tap", chat_id=OFFICE, message_id=card.message_id, person_id=1003, button="+1", wait=False)
    tap = (await updates(bot, play))[-1].callback_query
    assert tap is not None
    assert tap.data == "join:1"
    assert tap.from_user.first_name == "Ann"
    assert await tap.answer("You: 1 · 36.00 each now")
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await tap.answer("again")


async def test_photos_go_up_by_bytes_and_come_back_by_id(bot: Bot, play: Play) -> None:
    picture = painted("oranges")
    sent = await bot.send_photo(OFFICE, BufferedInputFile(picture, "oranges.png"), caption="<i>sweet</i>")
    assert sent.photo
    again = await bot.send_photo(1001, sent.photo[-1].file_id)
    assert again.photo
    assert again.photo[-1].file_unique_id == sent.photo[-1].file_unique_id
    file = await bot.get_file(sent.photo[-1].file_id)
    assert file.file_path
    got = await bot.download_file(file.file_path)
    assert got is not None
    assert got.read() == picture
    album = await bot.send_media_group(
        OFFICE, [InputMediaPhoto(media=BufferedInputFile(painted(n), n)) for n in ("a.png", "b.png")]
    )
    assert len({message.media_group_id for message in album}) == 1
    paper = await bot.send_document(OFFICE, BufferedInputFile(b"a,b\n", "orders.csv"))
    assert paper.document
    assert paper.document.mime_type == "text/csv"


async def test_everything_people_do_decodes(bot: Bot, play: Play) -> None:
    card = await bot.send_message(OFFICE, "Oranges", reply_markup=JOIN)
    await bot.get_updates(
        allowed_updates=[
            "message",
            "edited_message",
            "chat_member",
            "my_chat_member",
            "message_reaction",
            "poll_answer",
            "poll",
            "chat_join_request",
        ]
    )
    said = await play.do("say", chat_id=OFFICE, person_id=1004, text="+2 large", reply_to=card.message_id)
    await play.do("edit", chat_id=OFFICE, person_id=1004, message_id=said["message_id"], text="+3")
    await play.do("photo", chat_id=OFFICE, person_id=1005, caption="look")
    await play.do("document", chat_id=BOT, person_id=1005, name="list.txt", text="1. Ann")
    await play.do("react", chat_id=OFFICE, person_id=1006, message_id=card.message_id, emoji="👍")
    await play.do("leave", chat_id=OFFICE, person_id=1007)
    await play.do("join", chat_id=OFFICE, person_id=1007)
    await play.do("block", person_id=1001)
    poll = await bot.send_poll(OFFICE, "Pears?", ["yes", "no"], is_anonymous=False)
    await play.do("vote", chat_id=OFFICE, person_id=1004, message_id=poll.message_id, options=["yes"])
    kinds = [update.event_type for update in await updates(bot, play)]
    assert kinds == ["message", "edited_message", "message", "message", "message_reaction", "chat_member", "message", "chat_member",
                     "message", "my_chat_member", "poll", "poll_answer"]  # fmt: skip
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await bot.send_message(1001, "hello")


async def test_links_and_requests(bot: Bot, play: Play) -> None:
    link = await bot.create_chat_invite_link(OFFICE, name="Dora brings friends", creates_join_request=True)
    await play.do("join", person_id=1015, invite_link=link.invite_link)
    asked = (await updates(bot, play))[-1].chat_join_request
    assert asked is not None
    assert asked.invite_link is not None
    assert asked.invite_link.name == "Dora brings friends"
    await bot.send_message(asked.user_chat_id, "welcome")
    assert await asked.approve()
    assert (await bot.get_chat_member(OFFICE, 1015)).status == "member"
    assert (await bot.revoke_chat_invite_link(OFFICE, link.invite_link)).is_revoked


async def test_stars_are_paid_and_given_back(bot: Bot, play: Play) -> None:
    bill = await bot.send_invoice(
        1001, "Recipe", "A book of recipes", "order:7", "XTR", [LabeledPrice(label="Recipe", amount=25)]
    )
    paying = asyncio.create_task(play.do("pay", person_id=1001, message_id=bill.message_id))
    asked = (await bot.get_updates(timeout=5))[-1]
    assert asked.pre_checkout_query is not None
    assert asked.pre_checkout_query.total_amount == 25
    await asked.pre_checkout_query.answer(ok=True)
    assert (await paying)["paid"] is True
    paid = (await bot.get_updates(offset=asked.update_id + 1))[-1].message
    assert paid is not None
    assert paid.successful_payment is not None
    assert (await bot.get_my_star_balance()).amount == 25
    assert await bot.refund_star_payment(1001, paid.successful_payment.telegram_payment_charge_id)
    with pytest.raises(TelegramBadRequest, match="CHARGE_ALREADY_REFUNDED"):
        await bot.refund_star_payment(1001, paid.successful_payment.telegram_payment_charge_id)


async def test_inline_mode(bot: Bot, play: Play) -> None:
    typing = asyncio.create_task(play.do("inline", person_id=1003, query="oranges", chat_id=OFFICE))
    asked = (await bot.get_updates(timeout=5))[-1]
    assert asked.inline_query is not None
    result = InlineQueryResultArticle(
        id="1",
        title="Oranges",
        input_message_content=InputTextMessageContent(message_text="🛒 Oranges"),
        reply_markup=JOIN,
    )
    await asked.inline_query.answer([result])
    offered = await typing
    await play.do("choose", person_id=1003, chat_id=OFFICE, query_id=offered["query_id"], result_id="1")
    chosen = await bot.get_updates(offset=asked.update_id + 1)
    assert [update.event_type for update in chosen] == ["message", "chosen_inline_result"]
    assert chosen[1].chosen_inline_result is not None
    assert await bot.edit_message_text("sold", inline_message_id=chosen[1].chosen_inline_result.inline_message_id)


async def test_a_word_only_one_member_sees(bot: Bot, play: Play) -> None:
    sent = await bot.send_message(
        OFFICE, "your seat, your price", ephemeral_message_parameters=EphemeralMessageParameters(receiver_user_id=1003)
    )
    assert sent.ephemeral_message_id
    assert sent.message_id == 0
    assert await bot.edit_ephemeral_message_text(OFFICE, 1003, sent.ephemeral_message_id, text="2 seats")
    assert [m["text"] for m in await play.chat(OFFICE, 1003)] == ["2 seats"]
    assert await play.chat(OFFICE, 1004) == []
    assert await bot.delete_ephemeral_message(OFFICE, 1003, sent.ephemeral_message_id)


async def test_the_rest_of_what_a_bot_asks(bot: Bot, play: Play) -> None:
    commands = [BotCommand(command="deals", description="What is open here")]
    assert await bot.set_my_commands(commands, BotCommandScopeAllGroupChats())
    (kept,) = await bot.get_my_commands(BotCommandScopeAllGroupChats())
    assert (kept.command, kept.description) == ("deals", "What is open here")
    assert (await play.see(f"chats/{OFFICE}?person_id=1003"))["commands"][0]["command"] == "deals"
    assert len(await bot.get_chat_administrators(OFFICE)) == 2
    assert await bot.get_chat_member_count(OFFICE) == 13
    said = await play.do("say", chat_id=OFFICE, person_id=1003, text="+1")
    assert await bot.set_message_reaction(OFFICE, said["message_id"], [ReactionTypeEmoji(emoji="👍")])
    reply = await bot.send_message(OFFICE, "ok", reply_parameters=ReplyParameters(message_id=said["message_id"]))
    assert reply.reply_to_message
    assert await bot.send_chat_action(OFFICE, "typing")
    assert (await bot.copy_message(1001, OFFICE, reply.message_id)).message_id
    assert (await bot.forward_message(1001, OFFICE, reply.message_id)).forward_origin
    topic = await bot.create_forum_topic(-1001000000002, "Oranges")
    assert (await bot.send_message(-1001000000002, "x", message_thread_id=topic.message_thread_id)).is_topic_message
    moved = await play.do("upgrade", chat_id=STAIRWELL)
    with pytest.raises(Exception, match="upgraded to a supergroup") as caught:
        await bot.send_message(STAIRWELL, "x")
    assert caught.value.migrate_to_chat_id == moved["to"]  # type: ignore[attr-defined]  # aiogram's TelegramMigrateToChat


async def test_limits_come_as_retry_after(limited: Play) -> None:
    session: Any = AiohttpSession(api=TelegramAPIServer.from_base(limited.running.url))
    async with Bot(TOKEN, session) as bot:
        with pytest.raises(TelegramRetryAfter) as caught:
            for number in range(10):
                await bot.send_message(1001, str(number))
        assert caught.value.retry_after == 1

"""python-telegram-bot as the client: what the courier sends with it, and newer fields by `api_kwargs`."""

from collections.abc import AsyncIterator

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    LabeledPrice,
    MessageId,
    ReactionTypeEmoji,
    ReplyParameters,
    Update,
)
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter

from sandbox.acts.talk import painted
from tests.sandbox.conftest import BOT, OFFICE, STAIRWELL, TOKEN, Play

JOIN = InlineKeyboardMarkup([[InlineKeyboardButton("+1", callback_data="join:1")]])


def client(play: Play, token: str = TOKEN) -> Bot:
    return Bot(token, base_url=f"{play.running.url}/bot", base_file_url=f"{play.running.url}/file/bot")


@pytest.fixture
async def bot(play: Play) -> AsyncIterator[Bot]:
    async with client(play) as made:
        yield made


async def test_a_card_lives(bot: Bot) -> None:
    card = await bot.send_message(OFFICE, "🛒 <b>Oranges</b>", parse_mode="HTML", reply_markup=JOIN)
    assert card.text_html == "🛒 <b>Oranges</b>"
    edited = await bot.edit_message_text("🔒 Oranges", OFFICE, card.message_id)
    assert not isinstance(edited, bool)
    assert edited.edit_date
    assert await bot.pin_chat_message(OFFICE, card.message_id)
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_text("🔒 Oranges", OFFICE, card.message_id)
    assert await bot.edit_message_reply_markup(OFFICE, card.message_id, reply_markup=JOIN)
    assert await bot.delete_message(OFFICE, card.message_id)
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("x", OFFICE, card.message_id)


async def test_files_and_albums(bot: Bot) -> None:
    picture = painted("pears")
    sent = await bot.send_photo(OFFICE, picture, caption="*ripe*", parse_mode="MarkdownV2", filename="pears.png")
    assert sent.caption == "ripe"
    assert bytes(await (await sent.photo[-1].get_file()).download_as_bytearray()) == picture
    assert (await bot.send_document(OFFICE, b"a,b\n", filename="orders.xlsx")).document
    assert (
        len(await bot.send_media_group(OFFICE, [InputMediaPhoto(picture), InputMediaPhoto(sent.photo[-1].file_id)]))
        == 2
    )
    changed = await bot.edit_message_media(InputMediaPhoto(painted("new")), OFFICE, sent.message_id)
    assert not isinstance(changed, bool)
    assert changed.photo[-1].file_unique_id != sent.photo[-1].file_unique_id
    assert await bot.edit_message_caption(OFFICE, sent.message_id, caption="sold")


async def test_replies_reactions_copies_and_forwards(bot: Bot, play: Play) -> None:
    said = await play.do("say", chat_id=OFFICE, person_id=1003, text="+1")
    reply = await bot.send_message(OFFICE, "ok", reply_parameters=ReplyParameters(said["message_id"]))
    assert reply.reply_to_message
    assert await bot.set_message_reaction(OFFICE, said["message_id"], [ReactionTypeEmoji("👍")])
    assert isinstance(await bot.copy_message(1001, OFFICE, reply.message_id), MessageId)
    assert (await bot.forward_message(1001, OFFICE, reply.message_id)).forward_origin
    assert (await bot.send_poll(OFFICE, "Pears?", ["yes", "no"])).poll
    assert (await bot.send_invoice(1001, "Recipe", "A recipe", "order:1", "XTR", [LabeledPrice("Recipe", 5)])).invoice
    assert (await bot.create_chat_invite_link(OFFICE, name="Dora")).name == "Dora"


async def test_newer_fields_by_api_kwargs(bot: Bot, play: Play) -> None:
    whisper = {"ephemeral_message_parameters": {"receiver_user_id": 1003}}
    sent = await bot.send_message(OFFICE, "your seat", api_kwargs=whisper)
    number = sent.api_kwargs["ephemeral_message_id"]
    edit = {"chat_id": OFFICE, "receiver_user_id": 1003, "ephemeral_message_id": number, "text": "2 seats"}
    assert await bot.do_api_request("editEphemeralMessageText", api_kwargs=edit)
    moment = await bot.send_message(
        OFFICE, '<tg-time unix="1800000000" format="wDT">Fri 20:00</tg-time>', parse_mode="HTML"
    )
    assert moment.entities[0].type == "date_time"
    assert [m["text"] for m in await play.chat(OFFICE, 1003)] == ["2 seats", "Fri 20:00"]


async def test_lookups(bot: Bot, play: Play) -> None:
    assert (await bot.get_chat(OFFICE)).title == "Office 3F"
    assert (await bot.get_chat_member(OFFICE, 1001)).status == "creator"
    assert {admin.user.id for admin in await bot.get_chat_administrators(OFFICE)} == {1001, BOT}
    await play.do("say", chat_id=OFFICE, person_id=1003, text="+1")
    (update,) = await bot.get_updates(allowed_updates=Update.ALL_TYPES)
    assert update.message
    assert update.message.text == "+1"


async def test_its_exceptions_are_the_right_ones(bot: Bot, play: Play, limited: Play) -> None:
    with pytest.raises(Forbidden, match="bot can't initiate conversation"):
        await bot.send_message(1003, "x")
    moved = await play.do("upgrade", chat_id=STAIRWELL)
    with pytest.raises(ChatMigrated) as migrated:
        await bot.send_message(STAIRWELL, "x")
    assert migrated.value.new_chat_id == moved["to"]
    async with client(limited) as eager:
        with pytest.raises(RetryAfter):
            for number in range(10):
                await eager.send_message(1001, str(number))
    stranger = client(play, "4200:wrong")
    with pytest.raises(InvalidToken):
        await stranger.initialize()
    await stranger.request.shutdown()

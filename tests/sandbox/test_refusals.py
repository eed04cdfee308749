"""What the platform refuses, in its words: what bots meet most, and what lies beside it."""

from typing import Any

import pytest

from tests.sandbox.conftest import BOT, CHANNEL, OFFICE, Play


def keys(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "x", **button}]]}


BILL = {"chat_id": 1001, "title": "x", "description": "x", "payload": "x"}
TABLE: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("sendMessage", {"text": "x"}, "400 Bad Request: chat_id is empty"),
    ("sendMessage", {"chat_id": "", "text": "x"}, "400 Bad Request: chat_id is empty"),
    ("sendMessage", {"chat_id": -1009, "text": "x"}, "400 Bad Request: chat not found"),
    ("sendMessage", {"chat_id": "@nobody_there", "text": "x"}, "400 Bad Request: chat not found"),
    ("sendMessage", {"chat_id": OFFICE}, "400 Bad Request: message text is empty"),
    ("sendMessage", {"chat_id": OFFICE, "text": " \n "}, "400 Bad Request: message text is empty"),
    ("sendMessage", {"chat_id": OFFICE, "text": "<b></b>", "parse_mode": "HTML"}, "400 Bad Request: message text is empty"),
    ("sendMessage", {"chat_id": OFFICE, "text": "x" * 4097}, "400 Bad Request: message is too long"),
    ("sendMessage", {"chat_id": OFFICE, "text": "😀" * 2049}, "400 Bad Request: message is too long"),
    ("sendMessage", {"chat_id": OFFICE, "text": "x", "parse_mode": "bbcode"}, "400 Bad Request: unsupported parse_mode"),
    ("sendMessage", {"chat_id": OFFICE, "text": "x", "txet": "x"}, '400 Bad Request: unknown parameter "txet"'),
    ("sendMessage", {"chat_id": 1003, "text": "x"}, "403 Forbidden: bot can't initiate conversation with a user"),
    ("sendMessage", {"chat_id": BOT, "text": "x"}, "403 Forbidden: bot can't send messages to bots"),
    ("sendMessage", {"chat_id": OFFICE, "text": "x", "reply_parameters": {"message_id": 99}},
     "400 Bad Request: message to be replied not found"),
    ("sendMessage", {"chat_id": OFFICE, "text": "x", "reply_markup": keys(callback_data="é" * 33)},
     "400 Bad Request: BUTTON_DATA_INVALID"),
    ("sendMessage", {"chat_id": OFFICE, "text": "x", "reply_markup": keys(callback_data="")},
     "400 Bad Request: BUTTON_DATA_INVALID"),
    ("sendMessage", {"chat_id": OFFICE, "text": "x", "reply_markup": keys()},
     "400 Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
    ("sendMessage", {"chat_id": OFFICE, "text": "x", "reply_markup": keys(url="no url")},
     "400 Bad Request: inline keyboard button URL 'no url' is invalid: Wrong HTTP URL"),
    ("sendMessage", {"chat_id": OFFICE, "text": "x", "reply_markup": keys(pay=True)}, "400 Bad Request: BUTTON_TYPE_INVALID"),
    ("sendMessage", {"chat_id": OFFICE, "text": "x", "reply_markup": {"inline_keyboard": [[{"callback_data": "x"}]]}},
     "400 Bad Request: can't parse inline keyboard button: Can't find field \"text\""),
    ("sendMessage", {"chat_id": OFFICE, "text": "x", "reply_markup": {"inline_keyboard": [[{"text": "x", "url": "a.de"}] * 9]}},
     "400 Bad Request: reply markup is too long"),
    ("sendMessage", {"chat_id": OFFICE, "text": "x", "reply_markup": "{"},
     "400 Bad Request: can't parse reply keyboard markup JSON object"),
    ("editMessageText", {"chat_id": OFFICE, "message_id": 99, "text": "x"}, "400 Bad Request: message to edit not found"),
    ("editMessageText", {"text": "x"}, "400 Bad Request: message identifier is not specified"),
    ("deleteMessage", {"chat_id": OFFICE, "message_id": 99}, "400 Bad Request: message to delete not found"),
    ("pinChatMessage", {"chat_id": OFFICE, "message_id": 99}, "400 Bad Request: message to pin not found"),
    ("setMessageReaction", {"chat_id": OFFICE, "message_id": 99}, "400 Bad Request: message to react not found"),
    ("sendPhoto", {"chat_id": OFFICE}, "400 Bad Request: there is no photo in the request"),
    ("sendPhoto", {"chat_id": OFFICE, "photo": "AgACnonsense"}, "400 Bad Request: wrong file identifier/HTTP URL specified"),
    ("getFile", {"file_id": "x"}, "400 Bad Request: invalid file_id"),
    ("answerCallbackQuery", {"callback_query_id": "1"},
     "400 Bad Request: query is too old and response timeout expired or query ID is invalid"),
    ("getChatMember", {"chat_id": OFFICE, "user_id": 5}, "400 Bad Request: PARTICIPANT_ID_INVALID"),
    ("banChatMember", {"chat_id": OFFICE, "user_id": 1001}, "400 Bad Request: can't remove chat owner"),
    ("createChatInviteLink", {"chat_id": OFFICE, "member_limit": 5, "creates_join_request": True},
     "400 Bad Request: member limit can't be specified for links requiring administrator approval"),
    ("sendPoll", {"chat_id": CHANNEL, "question": "x", "options": ["a", "b"], "is_anonymous": False},
     "400 Bad Request: non-anonymous polls can't be sent to channel chats"),
    ("sendInvoice", {**BILL, "currency": "XTR", "prices": [{"label": "a", "amount": 1}] * 2},
     "400 Bad Request: STARS_INVOICE_INVALID"),
    ("sendInvoice", {**BILL, "currency": "CNY", "prices": [{"label": "a", "amount": 100}]},
     "400 Bad Request: PAYMENT_PROVIDER_INVALID"),
    ("sendChecklist", {"chat_id": 1001, "business_connection_id": "x", "checklist": {"title": "x", "tasks": []}},
     "400 Bad Request: business connection not found"),
)  # fmt: skip


@pytest.mark.parametrize(("method", "params", "words"), TABLE, ids=lambda item: item if isinstance(item, str) else None)
async def test_the_platform_s_words(play: Play, method: str, params: dict[str, Any], words: str) -> None:
    assert await play.refused(method, **params) == words


async def test_an_edit_that_changes_nothing(play: Play) -> None:
    card = await play.bot("sendMessage", chat_id=OFFICE, text="x", reply_markup=keys(callback_data="1"))
    again = {"chat_id": OFFICE, "message_id": card["message_id"], "text": "x"}
    assert "message is not modified" in await play.refused(
        "editMessageText", **again, reply_markup=keys(callback_data="1")
    )
    assert await play.bot("editMessageText", **again, reply_markup=keys(callback_data="2"))
    others = await play.do("say", chat_id=OFFICE, person_id=1003, text="mine")
    assert "message can't be edited" in await play.refused(
        "editMessageText", chat_id=OFFICE, message_id=others["message_id"], text="x"
    )


async def test_who_was_blocked_kicked_or_left_behind_is_told_why(play: Play) -> None:
    await play.do("block", person_id=1001)
    assert await play.refused("sendMessage", chat_id=1001, text="x") == "403 Forbidden: bot was blocked by the user"
    await play.do("block", person_id=1001, blocked=False)
    assert await play.bot("sendMessage", chat_id=1001, text="x")
    await play.do("deactivate", person_id=1001)
    assert await play.refused("sendMessage", chat_id=1001, text="x") == "403 Forbidden: user is deactivated"
    await play.do("kick_bot", chat_id=OFFICE)
    assert (
        await play.refused("sendMessage", chat_id=OFFICE, text="x")
        == "403 Forbidden: bot was kicked from the supergroup chat"
    )
    await play.do("delete_group", chat_id=-2000000001)
    assert (
        await play.refused("sendMessage", chat_id=-2000000001, text="x") == "403 Forbidden: the group chat was deleted"
    )


async def test_rights_that_lack_are_named(play: Play) -> None:
    await play.do(
        "rights",
        chat_id=OFFICE,
        rights={"can_pin_messages": False, "can_invite_users": False, "can_delete_messages": False},
    )
    said = await play.do("say", chat_id=OFFICE, person_id=1003, text="hm")
    where = {"chat_id": OFFICE, "message_id": said["message_id"]}
    assert (
        await play.refused("pinChatMessage", **where)
        == "400 Bad Request: not enough rights to manage pinned messages in the chat"
    )
    assert await play.refused("deleteMessage", **where) == "400 Bad Request: message can't be deleted"
    assert (
        await play.refused("createChatInviteLink", chat_id=OFFICE)
        == "400 Bad Request: not enough rights to manage chat invite link"
    )


async def test_a_plain_member_cannot_pin(play: Play) -> None:
    group = (await play.do("groups", title="Neighbours", members=[1001, 1003, BOT]))["id"]
    card = await play.bot("sendMessage", chat_id=group, text="x")
    refused = await play.refused("pinChatMessage", chat_id=group, message_id=card["message_id"])
    assert refused == "400 Bad Request: not enough rights to manage pinned messages in the chat"
    assert (await play.bot("getChatMember", chat_id=group, user_id=BOT))["status"] == "member"


async def test_a_whisper_needs_a_fresh_tap_or_an_admin(play: Play) -> None:
    group = (await play.do("groups", title="Neighbours", members=[1001, 1003, BOT]))["id"]
    card = await play.bot("sendMessage", chat_id=group, text="x", reply_markup=keys(callback_data="1"))
    tap = await play.do("tap", chat_id=group, message_id=card["message_id"], person_id=1003, button="x", wait=False)
    whisper: dict[str, Any] = {"receiver_user_id": 1003, "callback_query_id": tap["query_id"]}
    assert "not enough rights" in await play.refused(
        "sendMessage", chat_id=group, text="psst", ephemeral_message_parameters={"receiver_user_id": 1003}
    )
    assert await play.bot("sendMessage", chat_id=group, text="psst", ephemeral_message_parameters=whisper)
    await play.do("clock", advance=16)
    assert "too old" in await play.refused(
        "sendMessage", chat_id=group, text="psst", ephemeral_message_parameters=whisper
    )

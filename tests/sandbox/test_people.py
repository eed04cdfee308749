"""What people do, and who hears of it: links, requests, ranks, whispers, events for the page."""

import asyncio
import json
from typing import Any

from tests.sandbox.conftest import BOT, OFFICE, STAIRWELL, Play

JOIN = {"inline_keyboard": [[{"text": "+1", "callback_data": "join"}]]}


async def test_a_link_for_one_lets_one_in_and_says_who_made_it(play: Play) -> None:
    await play.bot("getUpdates", allowed_updates=["chat_member", "message"])
    link = await play.bot("createChatInviteLink", chat_id=OFFICE, name="by Dora", member_limit=1)
    assert (await play.do("join", person_id=1015, invite_link=link["invite_link"]))["status"] == "member"
    seen = {next(iter(u.keys() - {"update_id"})): u for u in await play.updates()}
    assert seen["chat_member"]["chat_member"]["invite_link"]["name"] == "by Dora"
    assert seen["message"]["message"]["new_chat_members"][0]["first_name"] == "Mei"
    late = await play.try_to("join", person_id=1016, invite_link=link["invite_link"])
    assert late["description"] == "Bad Request: INVITE_HASH_EXPIRED"
    ended = await play.bot("createChatInviteLink", chat_id=OFFICE, expire_date=int(play.world.now()) + 60)
    await play.do("clock", advance=61)
    assert (await play.try_to("join", person_id=1016, invite_link=ended["invite_link"]))["error_code"] == 400
    assert (await play.see(f"invite/{link['invite_link'].rsplit('/')[-1]}"))["chat"]["id"] == OFFICE


async def test_who_asks_to_join_may_be_written_to_for_five_minutes(play: Play) -> None:
    link = await play.bot("createChatInviteLink", chat_id=OFFICE, creates_join_request=True)
    assert (await play.do("join", person_id=1016, invite_link=link["invite_link"]))["status"] == "requested"
    asked = await play.only("chat_join_request")
    assert await play.bot("sendMessage", chat_id=asked["user_chat_id"], text="welcome")
    await play.do("clock", advance=301)
    assert "can't initiate conversation" in await play.refused("sendMessage", chat_id=1016, text="still there?")
    assert await play.bot("declineChatJoinRequest", chat_id=OFFICE, user_id=1016)
    assert "HIDE_REQUESTER_MISSING" in await play.refused("approveChatJoinRequest", chat_id=OFFICE, user_id=1016)
    await play.do("join", person_id=1016, invite_link=link["invite_link"])
    assert await play.do("decide", chat_id=OFFICE, person_id=1001, user_id=1016)
    assert (await play.bot("getChatMember", chat_id=OFFICE, user_id=1016))["status"] == "member"


async def test_a_banned_person_stays_out_until_the_ban_is_over(play: Play) -> None:
    assert await play.bot("banChatMember", chat_id=OFFICE, user_id=1005, until_date=int(play.world.now()) + 3600)
    assert (await play.bot("getChatMember", chat_id=OFFICE, user_id=1005))["status"] == "kicked"
    assert (await play.try_to("join", chat_id=OFFICE, person_id=1005))["error_code"] == 403
    await play.do("clock", advance=3601)
    assert (await play.bot("getChatMember", chat_id=OFFICE, user_id=1005))["status"] == "left"
    assert (await play.do("join", chat_id=OFFICE, person_id=1005))["status"] == "member"


async def test_who_is_restricted_is_silent_and_who_is_promoted_rules(play: Play) -> None:
    await play.bot("restrictChatMember", chat_id=OFFICE, user_id=1005, permissions={"can_send_messages": False})
    assert (await play.try_to("say", chat_id=OFFICE, person_id=1005, text="hm"))["error_code"] == 403
    await play.bot("promoteChatMember", chat_id=OFFICE, user_id=1006, can_pin_messages=True)
    await play.bot("setChatAdministratorCustomTitle", chat_id=OFFICE, user_id=1006, custom_title="pins")
    member = await play.bot("getChatMember", chat_id=OFFICE, user_id=1006)
    assert (member["status"], member["custom_title"], member["can_be_edited"], member["can_pin_messages"]) == (
        "administrator",
        "pins",
        True,
        True,
    )


async def test_a_group_that_moves_takes_its_people_along(play: Play) -> None:
    link = (await play.bot("createChatInviteLink", chat_id=STAIRWELL, name="door"))["invite_link"]
    await play.bot("setChatPermissions", chat_id=STAIRWELL, permissions={"can_send_messages": True})
    moved = await play.do("upgrade", chat_id=STAIRWELL)
    services = [u["message"] for u in await play.updates()]
    assert services[0]["migrate_to_chat_id"] == moved["to"]
    assert services[1]["migrate_from_chat_id"] == STAIRWELL
    refused = await play.raw("sendMessage", chat_id=STAIRWELL, text="x")
    assert refused["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
    assert refused["parameters"] == {"migrate_to_chat_id": moved["to"]}
    assert await play.bot("getChatMemberCount", chat_id=moved["to"]) == 7
    assert await play.bot("sendMessage", chat_id=moved["to"], text="here we are")
    assert (await play.do("join", person_id=1015, invite_link=link))["chat_id"] == moved["to"]
    assert "can_send_polls" not in [
        k for k, v in (await play.bot("getChat", chat_id=moved["to"]))["permissions"].items() if v
    ]


async def test_a_tap_comes_back_with_its_answer_or_not_at_all(play: Play) -> None:
    card = await play.bot("sendMessage", chat_id=OFFICE, text="Oranges", reply_markup=JOIN)
    tap = {"chat_id": OFFICE, "message_id": card["message_id"], "person_id": 1003, "button": "+1"}
    pressing = asyncio.create_task(play.do("tap", **tap))
    (update,) = await play.updates(timeout=10)
    await play.bot(
        "answerCallbackQuery", callback_query_id=update["callback_query"]["id"], text="You: 1", show_alert=True
    )
    answer = await pressing
    assert (answer["text"], answer["show_alert"]) == ("You: 1", True)
    assert (await play.do("tap", **tap, wait=0.01))["timeout"] is True
    assert (await play.try_to("tap", **{**tap, "button": "forged"}))["error_code"] == 400
    assert (await play.do("tap", **{**tap, "button": "forged"}, forge=True, wait=0.01))["timeout"] is True


async def test_events_reach_the_page_as_they_happen(play: Play) -> None:
    seq = (await play.see("state"))["seq"]
    async with play.session.get(f"{play.running.url}/events?since={seq}") as stream:
        await play.do("say", chat_id=OFFICE, person_id=1003, text="<b>+1</b>")
        await play.bot("sendMessage", chat_id=1001, text="private")
        await play.bot(
            "sendMessage", chat_id=OFFICE, text="psst", ephemeral_message_parameters={"receiver_user_id": 1004}
        )
        seen: list[dict[str, Any]] = []
        async with asyncio.timeout(10):
            while len(seen) < 6:
                line = (await stream.content.readline()).decode()
                if line.startswith("data: "):
                    seen.append(json.loads(line.removeprefix("data: ")))
    messages = [event for event in seen if event["type"] == "message"]
    assert messages[0]["message"]["sandbox"]["html"] == "&lt;b&gt;+1&lt;/b&gt;"
    assert (messages[1]["chat_id"], messages[1]["person_id"], messages[1]["message"]["chat"]["id"]) == (BOT, 1001, BOT)
    assert (messages[2]["person_id"], messages[2]["message"]["sandbox"]["ephemeral_for"]) == (1004, 1004)
    assert [event["type"] for event in seen] == ["message", "update", "message", "call", "message", "call"]
    assert [event["seq"] for event in seen] == list(range(seq + 1, seq + 7))


async def test_menus_follow_scope_and_language(play: Play) -> None:
    await play.bot("setMyCommands", commands=[{"command": "help", "description": "Help"}])
    await play.bot(
        "setMyCommands", commands=[{"command": "deals", "description": "Open here"}], scope={"type": "all_group_chats"}
    )
    await play.bot(
        "setMyCommands",
        commands=[{"command": "deals", "description": "正在团"}],
        scope={"type": "all_group_chats"},
        language_code="zh",
    )
    await play.bot(
        "setMyCommands",
        commands=[{"command": "orders", "description": "Orders"}],
        scope={"type": "chat_member", "chat_id": OFFICE, "user_id": 1001},
    )

    async def menu(chat: int, person: int) -> str:
        found: str = (await play.see(f"chats/{chat}?person_id={person}"))["commands"][0]["description"]
        return found

    assert [await menu(OFFICE, 1003), await menu(OFFICE, 1011), await menu(OFFICE, 1001), await menu(BOT, 1001)] == [
        "Open here",
        "正在团",
        "Orders",
        "Help",
    ]
    assert "BOT_COMMAND_INVALID" in await play.refused(
        "setMyCommands", commands=[{"command": "Not OK", "description": "x"}]
    )


async def test_edits_keep_what_was_there_before(play: Play) -> None:
    card = await play.bot("sendMessage", chat_id=OFFICE, text="39.90")
    for price in ("36.00", "32.00"):
        await play.bot("editMessageText", chat_id=OFFICE, message_id=card["message_id"], text=price)
    (shown,) = await play.chat(OFFICE)
    assert [line["text"] for line in shown["sandbox"]["history"]] == ["39.90", "36.00"]
    await play.bot("pinChatMessage", chat_id=OFFICE, message_id=card["message_id"])
    assert (await play.only("message"))["pinned_message"]["text"] == "32.00"
    await play.do("clock", advance=49 * 3600)
    said = await play.do("say", chat_id=BOT, person_id=1001, text="old")
    await play.do("clock", advance=49 * 3600)
    assert "can't be deleted" in await play.refused("deleteMessage", chat_id=1001, message_id=said["message_id"])


async def test_a_whisper_may_stand_in_a_cards_place_for_one_person(play: Play) -> None:
    card = await play.bot("sendMessage", chat_id=OFFICE, text="Oranges", reply_markup=JOIN)
    await play.bot("sendMessage", chat_id=OFFICE, text="after it")
    tap = {"chat_id": OFFICE, "message_id": card["message_id"], "person_id": 1003, "button": "+1", "wait": False}
    query = (await play.do("tap", **tap))["query_id"]
    whisper = {"receiver_user_id": 1003, "callback_query_id": query, "replace_callback_query_message": True}
    sent = await play.bot("sendMessage", chat_id=OFFICE, text="You: 1", ephemeral_message_parameters=whisper)
    assert [m["text"] for m in await play.chat(OFFICE, 1003)] == ["You: 1", "after it"]
    assert [m["text"] for m in await play.chat(OFFICE, 1004)] == ["Oranges", "after it"]
    await play.bot(
        "deleteEphemeralMessage",
        chat_id=OFFICE,
        receiver_user_id=1003,
        ephemeral_message_id=sent["ephemeral_message_id"],
    )
    assert [m["text"] for m in await play.chat(OFFICE, 1003)] == ["Oranges", "after it"]
    unknown = {**whisper, "callback_query_id": "77"}
    assert "QUERY_ID_INVALID" in await play.refused(
        "sendMessage", chat_id=OFFICE, text="?", ephemeral_message_parameters=unknown
    )


async def test_buttons_under_the_input_field_may_be_plain_words(play: Play) -> None:
    keys = {"keyboard": [["one", {"text": "two"}], ["three"]], "one_time_keyboard": True}
    assert await play.bot("sendMessage", chat_id=1001, text="How many?", reply_markup=keys)
    kept = (await play.chat(BOT))[-1]["sandbox"]["keyboard"]["keyboard"]
    assert kept == [[{"text": "one"}, {"text": "two"}], [{"text": "three"}]]
    assert "must be non-empty" in await play.refused(
        "sendMessage", chat_id=1001, text="?", reply_markup={"keyboard": [[" "]]}
    )

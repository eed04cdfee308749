"""The people's side as its published face has it: every address with the fields written there, as a script would call them."""

import asyncio
import json
from typing import Any

import pytest

from tests.sandbox.conftest import BOT, CHANNEL, FORUM, OFFICE, STAIRWELL, Play

JOIN = {"inline_keyboard": [[{"text": "Join", "callback_data": "seat:1"}]]}
KINDS = ("429", "5xx", "reset-after-accept", "stall", "duplicate", "reorder")


async def test_the_world_is_there_from_the_start(play: Play) -> None:
    state = await play.see("state")
    assert [person["id"] for person in state["people"]] == list(range(1001, 1021))
    assert {chat["id"]: chat["type"] for chat in state["chats"]} == {
        OFFICE: "supergroup",
        FORUM: "supergroup",
        CHANNEL: "channel",
        STAIRWELL: "group",
    }
    for chat in (OFFICE, FORUM, CHANNEL, STAIRWELL):
        assert (await play.bot("getChatMember", chat_id=chat, user_id=BOT))["status"] == "administrator"
        assert await play.bot("sendMessage", chat_id=chat, text="here")
    assert (await play.bot("sendMessage", chat_id="@sandbox_channel", text="news"))["chat"]["id"] == CHANNEL
    assert await play.bot("sendMessage", chat_id=1001, text="1001 has started every bot")
    assert "can't initiate" in await play.refused("sendMessage", chat_id=1002, text="the others have not")


async def test_people_and_groups_are_made(play: Play) -> None:
    uma = await play.do("people", name="Uma", language_code="zh-hans")
    assert (uma["id"], uma["language_code"]) == (1021, "zh-hans")
    assert (await play.do("people", name="Vito"))["language_code"] == "en"
    group = await play.do("groups", title="Trip", members=[uma["id"], 1003, BOT], admins=[BOT], forum=True)
    assert group["is_forum"]
    assert set(group["members"]) == {1003, uma["id"]}
    assert BOT in group["admins"]
    assert (await play.bot("getChat", chat_id=group["id"]))["title"] == "Trip"
    plain = await play.do("groups", title="Just us")
    assert (plain["type"], plain["bots"]) == ("supergroup", [BOT])


async def test_what_is_said_is_heard(play: Play) -> None:
    first = await play.do("say", chat_id=OFFICE, person_id=1003, text="+1")
    await play.do("say", chat_id=OFFICE, person_id=1001, text="seen", reply_to=first["message_id"], anonymous=True)
    await play.do("say", chat_id=FORUM, person_id=1003, text="in a topic", message_thread_id=2)
    await play.do("say", chat_id="@sandbox_channel", person_id=1001, text="a post")
    await play.do("say", chat_id=STAIRWELL, person_id=1003, text="/deals")
    await play.do("edit", chat_id=OFFICE, message_id=first["message_id"], person_id=1003, text="+2")
    said, answered, topical, post, command, edited = await play.updates()
    assert (said["message"]["text"], said["message"]["from"]["id"]) == ("+1", 1003)
    assert answered["message"]["from"]["id"] == 1087968824
    assert answered["message"]["sender_chat"]["id"] == OFFICE
    assert answered["message"]["reply_to_message"]["message_id"] == first["message_id"]
    assert (topical["message"]["message_thread_id"], topical["message"]["is_topic_message"]) == (2, True)
    assert post["channel_post"]["sender_chat"]["id"] == CHANNEL
    assert command["message"]["entities"][0]["type"] == "bot_command"
    assert (edited["edited_message"]["text"], "edit_date" in edited["edited_message"]) == ("+2", True)


@pytest.mark.parametrize("address", [BOT, 1003], ids=["by the bot's id", "by one's own"])
async def test_a_private_chat_goes_by_either_id(play: Play, address: int) -> None:
    await play.do("say", chat_id=address, person_id=1003, text="/start ref_42")
    heard = await play.only("message")
    assert (heard["chat"], heard["text"]) == (heard["chat"] | {"id": 1003, "type": "private"}, "/start ref_42")
    card = await play.bot("sendMessage", chat_id=1003, text="Welcome", reply_markup=JOIN)
    await play.do("photo", chat_id=address, person_id=1003, caption="look")
    tap = {"chat_id": address, "message_id": card["message_id"], "person_id": 1003, "button": "Join"}
    assert (await play.do("tap", **tap, wait=0.01))["timeout"] is True
    assert [m.get("text") for m in await play.chat(address, 1003)] == ["/start ref_42", "Welcome", None]
    assert (await play.try_to("say", chat_id=1004, person_id=1003, text="not mine"))["error_code"] == 400


async def test_a_tap_is_answered_by_the_bot_or_times_out(play: Play) -> None:
    card = await play.bot("sendMessage", chat_id=OFFICE, text="Oranges", reply_markup=JOIN)
    tap = {"chat_id": OFFICE, "message_id": card["message_id"], "person_id": 1003}
    for button in ("Join", "seat:1"):
        pressing = asyncio.create_task(play.do("tap", **tap, button=button))
        (update,) = await play.updates(timeout=10)
        query = update["callback_query"]
        assert (query["data"], query["message"]["message_id"]) == ("seat:1", card["message_id"])
        await play.bot("answerCallbackQuery", callback_query_id=query["id"], text="Seat 1 · 36.00")
        assert (await pressing)["text"] == "Seat 1 · 36.00"
    late = await play.do("tap", **tap, button="Join", wait=0.01)
    await play.do("clock", advance=151)
    assert "query is too old" in await play.refused("answerCallbackQuery", callback_query_id=late["query_id"])


async def test_coming_and_going(play: Play) -> None:
    assert await play.do("leave", chat_id=OFFICE, person_id=1003)
    assert (await play.do("join", chat_id=OFFICE, person_id=1003))["status"] == "member"
    link = (await play.bot("createChatInviteLink", chat_id=OFFICE, name="Dora"))["invite_link"]
    assert (await play.do("join", person_id=1015, invite_link=link))["chat_id"] == OFFICE
    assert (await play.do("join", chat_id=OFFICE, person_id=1016, invite_link=link))["status"] == "member"
    assert await play.do("block", person_id=1001)
    assert await play.refused("sendMessage", chat_id=1001, text="?") == "403 Forbidden: bot was blocked by the user"


async def test_an_invoice_is_paid_by_its_number_alone(play: Play) -> None:
    bill = {"title": "Order 7", "description": "Oranges", "payload": "7", "currency": "XTR"}
    sent = await play.bot("sendInvoice", chat_id=1001, prices=[{"label": "Oranges", "amount": 64}], **bill)
    await play.raw("getMe", token="4201:second")  # with two bots the message still says whose it is
    paying = asyncio.create_task(play.do("pay", person_id=1001, message_id=sent["message_id"]))
    (update,) = await play.updates(timeout=10)
    await play.bot("answerPreCheckoutQuery", pre_checkout_query_id=update["pre_checkout_query"]["id"], ok=True)
    assert (await paying)["paid"] is True
    assert (await play.only("message"))["successful_payment"]["total_amount"] == 64


async def test_reacting_voting_and_growing(play: Play) -> None:
    sent = await play.bot("sendMessage", chat_id=OFFICE, text="Oranges")
    react = {"chat_id": OFFICE, "message_id": sent["message_id"], "person_id": 1003}
    assert (await play.do("react", **react, emoji="👍"))[0]["by"] == [1003]
    poll = await play.bot("sendPoll", chat_id=OFFICE, question="Next?", options=["Apples", "Pears"])
    vote = {"chat_id": OFFICE, "message_id": poll["message_id"]}
    ballots: list[dict[str, Any]] = [{"options": [1]}, {"options": ["Pears"]}, {"option_ids": [1]}, {"option": 0}]
    for person, ballot in enumerate(ballots, 1003):
        await play.do("vote", **vote, person_id=person, **ballot)
    shown = (await play.chat(OFFICE))[-1]["poll"]
    assert [option["voter_count"] for option in shown["options"]] == [1, 3]
    moved = await play.do("upgrade", chat_id=STAIRWELL)
    refused = await play.raw("sendMessage", chat_id=STAIRWELL, text="?")
    assert refused["parameters"]["migrate_to_chat_id"] == moved["to"]


@pytest.mark.parametrize("kind", KINDS)
async def test_faults_are_switched_on_by_method_kind_rate_and_seed(play: Play, kind: str) -> None:
    made = await play.do("faults", method="sendMessage", kind=kind, rate=0.5, seed=11)
    assert (made["method"], made["kind"], made["rate"], made["seed"]) == ("sendMessage", kind, 0.5, 11)
    assert len(await play.see("faults")) == 1
    await play.do("faults", method="sendMessage", kind=kind, rate=0)
    assert await play.see("faults") == []


async def test_looking_and_listening(play: Play) -> None:
    before = (await play.do("clock", advance=0))["now"]
    assert (await play.do("clock", advance=3600))["now"] - before >= 3600
    await play.do("photo", chat_id=OFFICE, person_id=1003, caption="From Saturday")
    await play.bot("sendMessage", chat_id=OFFICE, text="psst", ephemeral_message_parameters={"receiver_user_id": 1004})
    assert [m.get("text", m.get("caption")) for m in await play.chat(OFFICE, 1004)] == ["From Saturday", "psst"]
    assert [m.get("caption") for m in await play.chat(OFFICE, 1003)] == ["From Saturday"]
    assert (await play.see("chats/@sandbox_channel?person_id=1003"))["chat"]["id"] == CHANNEL
    async with play.session.get(f"{play.running.url}/events") as stream:
        assert stream.content_type == "text/event-stream"
        while not (line := (await stream.content.readline()).decode()).startswith("data: "):
            pass
        assert json.loads(line.removeprefix("data: "))["seq"] == 1
    async with play.session.get(f"{play.running.url}/") as page:
        assert "Tuan" in await page.text()

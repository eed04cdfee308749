"""How bots hear: polling with offsets, one poller at a time, webhooks, privacy mode, what is kept how long."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from sandbox.errors import ApiError
from sandbox.hooks import Hooks
from tests.sandbox.conftest import BOT, CHANNEL, FORUM, OFFICE, TOKEN, Play

OTHER = "4300:other"


class Hook:
    """A webhook that refuses as often as it is told to and keeps what it took."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.secrets: list[str | None] = []
        self.refusals = 0
        self.bell = asyncio.Event()
        self.url = ""

    async def handle(self, request: web.BaseRequest) -> web.Response:
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        if self.refusals:
            self.refusals -= 1
            return web.Response(status=503, headers={"Retry-After": "0"})
        self.taken.append(await request.json())
        self.bell.set()
        return web.Response()


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    made = Hook()
    runner = web.ServerRunner(web.Server(made.handle))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    address: Any = runner.addresses[0]
    made.url = f"http://127.0.0.1:{address[1]}/hook"
    yield made
    await runner.cleanup()


async def test_a_poll_that_waits_does_not_hold_up_the_end(play: Play) -> None:
    """Whoever polled may be gone already; the sandbox would wait for its own answer."""
    await play.bot("getMe")
    waits = asyncio.create_task(play.raw("getUpdates", timeout=50))
    while play.world.queues[BOT].reader is None:  # noqa: ASYNC110  # the poll has arrived when there is a reader
        await asyncio.sleep(0.01)
    begun = asyncio.get_running_loop().time()
    await play.running.stop()
    assert asyncio.get_running_loop().time() - begun < 0.5
    assert (await waits)["result"] == []


async def test_an_offset_confirms_and_a_negative_one_keeps_the_last(play: Play) -> None:
    for number in range(5):
        await play.do("say", chat_id=OFFICE, person_id=1003, text=str(number))
    first = await play.bot("getUpdates", limit=2)
    assert [u["message"]["text"] for u in first] == ["0", "1"]
    assert await play.bot("getUpdates", limit=2) == first
    rest = await play.bot("getUpdates", offset=first[1]["update_id"] + 1)
    assert [u["message"]["text"] for u in rest] == ["2", "3", "4"]
    assert [u["message"]["text"] for u in await play.bot("getUpdates", offset=-1)] == ["4"]
    assert len(await play.bot("getUpdates")) == 1


async def test_a_poll_waits_and_a_second_poller_ends_it_with_409(play: Play) -> None:
    first = asyncio.create_task(play.world.queues[BOT].poll(0, 100, 20))
    await asyncio.sleep(0)
    second = asyncio.create_task(play.raw("getUpdates", timeout=20))
    with pytest.raises(
        ApiError, match="Conflict: terminated by other getUpdates request; make sure that only one bot"
    ) as ended:
        await first
    assert ended.value.code == 409
    await play.do("say", chat_id=OFFICE, person_id=1003, text="+1")
    assert (await second)["result"][0]["message"]["text"] == "+1"


async def test_updates_not_asked_for_are_not_kept_and_the_list_stays(play: Play) -> None:
    await play.bot("getUpdates", allowed_updates=["chat_member"])
    await play.do("say", chat_id=OFFICE, person_id=1003, text="+1")
    await play.do("leave", chat_id=OFFICE, person_id=1004)
    assert [set(u) - {"update_id"} for u in await play.bot("getUpdates")] == [{"chat_member"}]


async def test_taps_are_gone_after_150_seconds_and_messages_after_a_day(play: Play) -> None:
    card = await play.bot(
        "sendMessage",
        chat_id=OFFICE,
        text="x",
        reply_markup={"inline_keyboard": [[{"text": "+1", "callback_data": "j"}]]},
    )
    await play.do("say", chat_id=OFFICE, person_id=1003, text="+1")
    tap = await play.do("tap", chat_id=OFFICE, message_id=card["message_id"], person_id=1003, button="+1", wait=False)
    await play.do("clock", advance=151)
    assert [set(u) - {"update_id"} for u in await play.bot("getUpdates")] == [{"message"}]
    assert "query is too old" in await play.refused("answerCallbackQuery", callback_query_id=tap["query_id"])
    await play.do("clock", advance=86_400)
    assert await play.bot("getUpdates") == []


async def test_a_webhook_gets_the_secret_and_what_it_refused_again_in_order(play: Play, hook: Hook) -> None:
    hook.refusals = 1
    await play.bot("setWebhook", url=hook.url, secret_token="s3cret")
    assert "can't use getUpdates method while webhook is active" in await play.refused("getUpdates")
    for word in ("a", "b"):
        await play.do("say", chat_id=OFFICE, person_id=1003, text=word)
    async with asyncio.timeout(10):
        while len(hook.taken) < 2:
            hook.bell.clear()
            await hook.bell.wait()
    assert [u["message"]["text"] for u in hook.taken] == ["a", "b"]
    assert set(hook.secrets) == {"s3cret"}
    info = await play.bot("getWebhookInfo")
    assert (info["pending_update_count"], info["last_error_message"]) == (
        0,
        "Wrong response from the webhook: 503 Service Unavailable",
    )
    await play.bot("deleteWebhook")
    assert await play.bot("getUpdates") == []


async def test_a_webhook_never_leaves_this_machine(play: Play) -> None:
    await play.bot("setWebhook", url="https://example.com/hook")
    elsewhere = play.world.queues[BOT].hook
    assert await Hooks(play.world).deliver(play.world.bots[BOT], elsewhere, {}) == 120
    assert "this machine only" in (await play.bot("getWebhookInfo"))["last_error_message"]
    assert "HTTPS URL must be provided" in await play.refused("setWebhook", url="http://example.com/hook")


async def test_privacy_mode_lets_a_plain_member_hear_only_what_is_meant_for_it(play: Play) -> None:
    group = (await play.do("groups", title="Neighbours", members=[1001, 1003, BOT]))["id"]
    mine = await play.bot("sendMessage", chat_id=group, text="hello")
    await play.updates()
    await play.do("say", chat_id=group, person_id=1003, text="+1")
    await play.do("say", chat_id=group, person_id=1003, text="+2", reply_to=mine["message_id"])
    await play.do("say", chat_id=group, person_id=1003, text="/deals")
    await play.do("say", chat_id=group, person_id=1003, text="/deals@other_bot")
    await play.do("say", chat_id=group, person_id=1003, text=f"hey @sandbox_{BOT}_bot")
    assert [u["message"]["text"] for u in await play.updates()] == ["+2", "/deals", f"hey @sandbox_{BOT}_bot"]
    await play.do("privacy", bot_id=BOT, privacy=False)
    await play.do("say", chat_id=group, person_id=1003, text="+3")
    assert (await play.only("message"))["text"] == "+3"
    await play.do("privacy", bot_id=BOT)
    await play.do("rights", chat_id=group, bot_id=BOT)
    await play.updates()
    await play.do("say", chat_id=group, person_id=1003, text="+1")
    assert (await play.only("message"))["text"] == "+1"


async def test_bots_do_not_see_each_other_s_chats_files_or_secrets(play: Play) -> None:
    photo = await play.bot("sendPhoto", chat_id=OFFICE, photo=await own_photo(play))
    assert (await play.raw("getMe", token=OTHER))["ok"]
    stolen = await play.raw("sendPhoto", token=OTHER, chat_id=OFFICE, photo=photo["photo"][0]["file_id"])
    assert stolen["error_code"] == 400
    assert (await play.raw("sendMessage", token=OTHER, chat_id=1003, text="x"))["error_code"] == 403
    assert (await play.raw("getMe", token=TOKEN + "x"))["error_code"] == 401
    assert (await play.raw("getMe", token="nonsense"))["error_code"] == 404
    assert (await play.raw("noSuchMethod"))["description"] == "Not Found"
    assert (await play.raw("getUpdates", token=OTHER))["result"] == []


async def own_photo(play: Play) -> str:
    await play.do("photo", chat_id=BOT, person_id=1001)
    seen: str = (await play.updates())[-1]["message"]["photo"][0]["file_id"]
    return seen


async def test_anonymous_admins_and_channels_speak_as_chats(play: Play) -> None:
    await play.do("say", chat_id=OFFICE, person_id=1001, text="hi", anonymous=True)
    said = await play.only("message")
    assert (said["from"]["id"], said["sender_chat"]["id"]) == (1087968824, OFFICE)
    await play.do("say", chat_id=CHANNEL, person_id=1001, text="news")
    assert (await play.only("channel_post"))["sender_chat"]["id"] == CHANNEL
    await play.do("say", chat_id=OFFICE, person_id=1003, text="as channel", as_channel=CHANNEL)
    assert (await play.only("message"))["from"]["id"] == 136817688
    refused = await play.try_to("say", chat_id=CHANNEL, person_id=1003, text="me too")
    assert refused["error_code"] == 403


async def test_topics_keep_replies_together(play: Play) -> None:
    topic = await play.bot("createForumTopic", chat_id=FORUM, name="Oranges")
    await play.updates()
    card = await play.bot("sendMessage", chat_id=FORUM, text="card", message_thread_id=topic["message_thread_id"])
    said = await play.do("say", chat_id=FORUM, person_id=1003, text="+1", reply_to=card["message_id"])
    assert said["message_thread_id"] == topic["message_thread_id"]
    assert await play.bot("closeForumTopic", chat_id=FORUM, message_thread_id=topic["message_thread_id"])
    assert "TOPIC_NOT_MODIFIED" in await play.refused(
        "closeForumTopic", chat_id=FORUM, message_thread_id=topic["message_thread_id"]
    )
    assert "message thread not found" in await play.refused(
        "sendMessage", chat_id=FORUM, text="x", message_thread_id=999
    )

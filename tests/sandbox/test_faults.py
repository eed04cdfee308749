"""Trouble on demand, the platform's limits, and the clock that can be moved on."""

import aiohttp
import pytest

from sandbox.rates import BURST
from tests.sandbox.conftest import BOT, OFFICE, Play


async def test_a_fault_of_a_seed_strikes_the_same_calls_every_time(play: Play) -> None:
    async def struck() -> list[bool]:
        await play.do("faults", method="getMe", kind="5xx", rate=0.5, seed=11)
        return [not (await play.raw("getMe"))["ok"] for _ in range(30)]

    first = await struck()
    assert first == await struck()
    assert 5 < sum(first) < 25
    assert (await play.raw("getWebhookInfo"))["ok"]
    async with play.session.delete(f"{play.running.url}/faults") as answer:
        assert (await answer.json())["ok"]
    assert await play.see("faults") == []


async def test_reset_after_accept_does_the_work_and_says_nothing(play: Play) -> None:
    await play.do("faults", method="sendMessage", kind="reset-after-accept", rate=1)
    with pytest.raises(aiohttp.ClientError):
        await play.raw("sendMessage", chat_id=OFFICE, text="did it arrive?")
    assert [m["text"] for m in await play.chat(OFFICE)] == ["did it arrive?"]
    accepted = await play.see("calls?method=sendMessage")
    assert [c["message_id"] for c in accepted] == [1]


async def test_429_on_demand_stalls_and_refusals_are_recorded(play: Play) -> None:
    await play.do("faults", method="sendMessage", kind="429", rate=1, retry_after=7)
    refused = await play.raw("sendMessage", chat_id=OFFICE, text="x")
    assert refused["parameters"] == {"retry_after": 7}
    await play.do("faults", method="getMe", kind="stall", rate=1, seconds=0.05, count=1)
    assert (await play.raw("getMe"))["ok"]
    assert (await play.try_to("faults", kind="earthquake"))["error_code"] == 400


async def test_updates_come_twice_and_out_of_order(play: Play) -> None:
    for number in range(6):
        await play.do("say", chat_id=OFFICE, person_id=1003, text=str(number))
    await play.do("faults", method="getUpdates", kind="duplicate", rate=1, seed=1)
    first = await play.bot("getUpdates")
    again = await play.bot("getUpdates", offset=first[-1]["update_id"] + 1)
    assert [u["update_id"] for u in again] == [u["update_id"] for u in first]
    await play.do("faults", method="getUpdates", kind="duplicate", rate=0)
    await play.bot("getUpdates", offset=first[-1]["update_id"] + 1)
    for number in range(6):
        await play.do("say", chat_id=OFFICE, person_id=1003, text=str(number))
    await play.do("faults", method="getUpdates", kind="reorder", rate=1, seed=3)
    mixed = [u["message"]["text"] for u in await play.bot("getUpdates")]
    assert sorted(mixed) == list("012345")
    assert mixed != list("012345")


async def test_one_a_second_in_a_chat_after_a_short_burst(limited: Play) -> None:
    for number in range(BURST):
        await limited.bot("sendMessage", chat_id=1001, text=str(number))
    assert await limited.refused("sendMessage", chat_id=1001, text="x") == "429 Too Many Requests: retry after 1"
    for _ in range(5):
        await limited.do("clock", advance=1)
        await limited.bot("sendMessage", chat_id=1001, text="x")


async def test_twenty_a_minute_in_a_group_and_edits_count(limited: Play) -> None:
    card = await limited.bot("sendMessage", chat_id=OFFICE, text="0")
    for number in range(1, 20):
        await limited.do("clock", advance=1)
        await limited.bot("editMessageText", chat_id=OFFICE, message_id=card["message_id"], text=str(number))
    await limited.do("clock", advance=1)
    refused = await limited.raw("editMessageText", chat_id=OFFICE, message_id=card["message_id"], text="20")
    assert refused["error_code"] == 429
    assert 35 <= refused["parameters"]["retry_after"] <= 41
    await limited.do("clock", advance=refused["parameters"]["retry_after"])
    assert await limited.bot("editMessageText", chat_id=OFFICE, message_id=card["message_id"], text="20")


async def test_thirty_a_second_in_all_and_answers_are_free(limited: Play) -> None:
    await limited.do("clock", advance=3600)
    await limited.bot("getMe")
    for person in range(1002, 1021):
        await limited.do("start", person_id=person, bot_id=BOT)
    sent = 0
    for person in [*range(1001, 1021)] * 2:
        made = await limited.raw("sendMessage", chat_id=person, text="x")
        if not made["ok"]:
            assert made["error_code"] == 429
            break
        sent += 1
    assert sent == 30
    assert (await limited.raw("getChat", chat_id=OFFICE))["ok"]


async def test_limits_can_be_switched(limited: Play) -> None:
    await limited.do("limits", per_second=0, per_chat_per_second=0, per_group_per_minute=0)
    for number in range(60):
        await limited.bot("sendMessage", chat_id=OFFICE, text=str(number))
    assert (await limited.see("state"))["limits"]["per_second"] == 0


async def test_a_poll_closes_when_the_clock_passes_its_end(play: Play) -> None:
    await play.bot("sendPoll", chat_id=OFFICE, question="Pears?", options=["yes", "no"], open_period=60)
    await play.do("clock", advance=59)
    assert await play.updates() == []
    await play.do("clock", advance=2)
    assert (await play.only("poll"))["is_closed"] is True
    assert (
        "OPTION"
        in (await play.try_to("vote", chat_id=OFFICE, person_id=1003, message_id=1, options=["maybe"]))["description"]
    )
    assert (
        "closed"
        in (await play.try_to("vote", chat_id=OFFICE, person_id=1003, message_id=1, options=["yes"]))["description"]
    )

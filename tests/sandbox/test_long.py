"""A long evening: what is kept is bounded, and who reads or writes slowly keeps nobody waiting."""

import asyncio
import json
import os
import time
from pathlib import Path

import pytest

from sandbox import bodies, events, files, posting, sights, updates, world
from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.files import Files
from sandbox.server import start
from tests.sandbox.conftest import BOT, OFFICE, TOKEN, Play


async def test_what_is_kept_is_bounded(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "KEPT", 50)
    monkeypatch.setattr(posting, "WHISPERS", 20)
    for number in range(60):
        await play.bot("sendMessage", chat_id=OFFICE, text=f"{number}")
        await play.bot(
            "sendMessage", chat_id=OFFICE, text="psst", ephemeral_message_parameters={"receiver_user_id": 1004}
        )
    office = play.world.chats[OFFICE]
    assert (len(office.posts), len(office.whispers)) == (50, 20)
    card = await play.bot("sendMessage", chat_id=OFFICE, text="39.90")
    for number in range(60):
        await play.bot("editMessageText", chat_id=OFFICE, message_id=card["message_id"], text=f"{number}")
    assert len(office.posts[card["message_id"]].history) == 50
    assert play.world.calls.maxlen == world.CALLS
    assert play.world.events._ring.maxlen == events.KEPT


async def test_a_record_of_a_call_keeps_only_the_head_of_what_is_long(play: Play) -> None:
    await play.raw("sendMessage", chat_id=OFFICE, text="x" * 1_000_000)
    await play.raw("sendMediaGroup", chat_id=OFFICE, media=[{"type": "photo", "media": "y" * 1_000_000}])
    assert sum(len(json.dumps(call)) for call in await play.see("calls?all=1")) < 10_000


def test_updates_nobody_fetches_and_files_nobody_needs_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(updates, "MOST", 10)
    monkeypatch.setattr(files, "MOST", 1_000)
    queue = updates.Queue(Clock().now, Faults(), lambda _: None)
    for number in range(25):
        queue.add("message", {"message_id": number})
    assert [update.body["message"]["message_id"] for update in queue.waiting] == list(range(15, 25))
    store = Files()
    for number in range(25):
        store.put(bytes([number]) * 100, f"{number}", "", "document")
    assert len(store.by_unique) == 10
    assert store.size == 1_000


async def test_a_reader_of_events_that_takes_nothing_in_is_let_go(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sights, "PATIENCE", 0.3)
    port = play.running.port
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
    writer.write(b"GET /events?since=0 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    await writer.drain()
    await reader.readline()
    assert len(play.world.events._readers) == 1
    async with asyncio.timeout(60):
        while play.world.events._readers:
            for _ in range(20):
                play.world.events.add("message", OFFICE, {"message": {"text": "x" * 20_000}})
            await asyncio.sleep(0.01)
    assert await play.bot("getMe")
    writer.close()


async def test_a_reader_far_behind_gets_everything_in_order(play: Play) -> None:
    for number in range(3 * events.BATCH):
        play.world.events.add("message", OFFICE, {"message": {"text": str(number)}})
    seq = play.world.events.seq
    seen: list[int] = []
    async with (
        play.session.get(f"{play.running.url}/events?since={seq - 3 * events.BATCH}") as stream,
        asyncio.timeout(20),
    ):
        while len(seen) < 3 * events.BATCH:
            line = (await stream.content.readline()).decode()
            if line.startswith("data: "):
                seen.append(json.loads(line.removeprefix("data: "))["seq"])
    assert seen == list(range(seq - 3 * events.BATCH + 1, seq + 1))


async def test_slow_callers_keep_nobody_waiting_and_are_sent_home(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "PATIENCE", 1.0)
    lines = f"POST /bot{TOKEN}/sendMessage HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    half = [await asyncio.open_connection("127.0.0.1", play.running.port) for _ in range(100)]
    for number, (_, writer) in enumerate(half):
        head = lines if number % 2 else f"{lines}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{"
        writer.write(head.encode())
    began = time.perf_counter()
    assert (await play.bot("getMe"))["id"] == BOT
    assert time.perf_counter() - began < 1.0
    answers = await asyncio.gather(*(reader.readline() for reader, _ in half[::2]))
    assert set(answers) == {b"HTTP/1.1 408 Request Timeout\r\n"}
    for _, writer in half:
        writer.close()


async def test_it_keeps_nothing_on_disk_unless_told_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    running = await start(0)
    await running.stop()
    assert not any(os.scandir(tmp_path))

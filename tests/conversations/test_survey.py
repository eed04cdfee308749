"""The look around at the start meets a disk that is full for a while."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from aiogram.types import ChatMemberMember, User

from bot.core.outages import DatabaseUnavailable
from handlers import survey

NOW = datetime(2026, 10, 20, 9, 0, tzinfo=UTC)


class Telegram:
    async def member(self, chat_id: int, person: int) -> ChatMemberMember:
        return ChatMemberMember(user=User(id=person, is_bot=True, first_name="Tuan"))

    async def invite_link(self, chat_id: int, name: str) -> str:
        raise AssertionError("nobody is invited here")

    def forget(self, chat_id: int) -> None:
        """Nothing is remembered."""


class Disk:
    """Two circles; the writes named in `full` find no room."""

    def __init__(self, *full: int) -> None:
        self.full = full
        self.tries = 0
        self.written: list[int] = []

    async def read(self, _: object) -> list[tuple[int, int]]:
        return [(1, -1001), (2, -1002)]

    async def write(self, work: Callable[..., None], circle_id: int, *_: object) -> None:
        self.tries += 1
        if self.tries in self.full:
            raise DatabaseUnavailable("the disk is full")
        self.written.append(circle_id)


async def test_a_full_disk_is_waited_for_and_told_of_once(caplog: pytest.LogCaptureFixture) -> None:
    disk = Disk(2, 3)
    with caplog.at_level(logging.WARNING):
        async with asyncio.timeout(5):
            await survey.look_around(4242, Telegram(), disk.read, disk.write, lambda: NOW, timedelta(milliseconds=1))
    assert disk.written == [1, 1, 2]
    assert [record.message for record in caplog.records] == [
        "the look around at the start waits for the database: the disk is full"
    ]
    assert caplog.records[0].exc_info is None

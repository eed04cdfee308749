"""Prints an evening as text: who says, taps and sees what, in the order in which it happened."""

import asyncio
import json
import textwrap
from collections.abc import Callable
from typing import Any

import aiohttp

from bot.demo.people import Message, buttons, words
from bot.demo.shop import OFFICE

WIDTH = 76
Print = Callable[[str], None]


class Transcript:
    """Follows the sandbox's events; `caught_up()` waits until everything up to now has been printed."""

    def __init__(self, session: aiohttp.ClientSession, url: str, names: dict[int, str], show: Print) -> None:
        self._session, self._url, self._names, self._show = session, url, names, show
        self._seen = 0
        self._told = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None
        self._cards: dict[tuple[int, int], str] = {}

    def start(self) -> None:
        self._task = asyncio.create_task(self._follow())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def caught_up(self) -> None:
        """Returns when every event there is now has been printed."""
        async with self._session.get(f"{self._url}/state") as response:
            state = await response.json()
        last = (state.get("result") or state)["seq"]
        async with self._told:
            await self._told.wait_for(lambda: self._seen >= last)

    async def _follow(self) -> None:
        timeout = aiohttp.ClientTimeout(total=None)
        async with self._session.get(f"{self._url}/events?since=0", timeout=timeout) as stream:
            async for raw in stream.content:
                if raw.startswith(b"data:"):
                    event = json.loads(raw[5:])
                    self._tell(event)
                    async with self._told:
                        self._seen = max(self._seen, event["seq"])
                        self._told.notify_all()

    def _tell(self, event: dict[str, Any]) -> None:
        teller = getattr(self, f"_tell_{event['type']}", None)
        if teller is not None:
            teller(event)

    def _tell_message(self, event: dict[str, Any]) -> None:
        message: Message = event["message"]
        who = (message.get("from") or {}).get("id")
        author = self._names.get(who, "Tuan") if who is not None else "Tuan"
        self._block(self._where(event, message), author, message)

    def _tell_edit(self, event: dict[str, Any]) -> None:
        message: Message = event["message"]
        key = (event["chat_id"], message["message_id"])
        if self._cards.get(key) != words(message):
            self._block(self._where(event, message), f"{self._author(message)} (edited)", message)

    def _tell_answer(self, event: dict[str, Any]) -> None:
        if event.get("text"):
            self._show(f"    → {self._name(event['person_id'])} sees: {event['text']}")

    def _tell_pressed(self, event: dict[str, Any]) -> None:
        button = event.get("button")
        label = button.get("text") if isinstance(button, dict) else button
        self._show(f"  {self._name(event['person_id'])} taps [{label}]")

    def _tell_reaction(self, event: dict[str, Any]) -> None:
        for reaction in event.get("reactions", []):
            self._show(f"    ({reaction['emoji']} by Tuan)")

    def _tell_pin(self, event: dict[str, Any]) -> None:
        if event.get("message_id"):
            self._show("    (pinned)")

    def _block(self, where: str, author: str, message: Message) -> None:
        self._cards[message["chat"]["id"], message["message_id"]] = words(message)
        text = words(message)
        if not text and not buttons(message) and not {"photo", "document"} & message.keys():
            return  # a service message: its own event has told it
        kinds: list[str] = [kind for kind in ("photo", "document") if kind in message]
        if "document" in message:
            kinds = [f"file {message['document'].get('file_name', '')}"]
        lines = text.splitlines() or [""]
        if kinds:
            lines.insert(0, f"<{', '.join(kinds)}>")
        if len(lines) == 1 and not buttons(message) and author != "Tuan":
            self._show(f"{where}{author}: {lines[0]}")
            return
        self._show(f"{where}{author}:")
        for line in lines:
            for piece in textwrap.wrap(line, WIDTH, replace_whitespace=False, drop_whitespace=False) or [""]:
                self._show(f"    │ {piece}")
        for row in (message.get("reply_markup") or {}).get("inline_keyboard", []):
            self._show("    │ " + " ".join(f"[ {button['text']} ]" for button in row))

    def _where(self, event: dict[str, Any], message: Message) -> str:
        """Which chat it stands in; nothing for the circle the evening is about."""
        only = (message.get("sandbox") or {}).get("ephemeral_for")
        place = "" if event["chat_id"] in (OFFICE, 0) else f"[{message['chat'].get('title', '')}] "
        if only:
            return f"  {place}(only {self._name(only)} sees) "
        if "person_id" in event and event["chat_id"] > 0:
            return f"  [private, {self._name(event['person_id'])}] "
        return place

    def _author(self, message: Message) -> str:
        return self._name((message.get("from") or {}).get("id"))

    def _name(self, person_id: int | None) -> str:
        return self._names.get(person_id or 0, "Tuan")

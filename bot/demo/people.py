"""The people's side of the sandbox, as the demo's people use it: they say, tap, edit and look, over real HTTP."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import aiohttp

T = TypeVar("T")
Message = dict[str, Any]  # a Bot API message as JSON, with the sandbox's extras under "sandbox"
PATIENCE = 20.0  # seconds until what should appear is missed


class Missed(Exception):  # noqa: N818  # a story that went another way is no technical error
    """Something the story tells did not happen."""


class Sandbox:
    """A client of one running sandbox."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self.url = url

    async def post(self, act: str, **body: object) -> Any:  # JSON
        """One act of the people's side; raises Missed when the sandbox refuses it."""
        async with self._session.post(f"{self.url}/{act}", json=body) as response:
            answer = await response.json()
        if not answer.get("ok", False):
            raise Missed(f"/{act} {body}: {answer.get('description')}")
        return answer["result"]

    async def get(self, path: str) -> Any:  # JSON
        async with self._session.get(f"{self.url}/{path}") as response:
            answer = await response.json()
        return answer["result"] if isinstance(answer, dict) and "result" in answer else answer


@dataclass(frozen=True)
class Chat:
    """A chat as one person sees it: a group by its id, or the private chat with the bot."""

    sandbox: Sandbox
    chat_id: int
    person_id: int

    async def messages(self) -> list[Message]:
        """What stands in the chat, oldest first."""
        view = await self.sandbox.get(f"chats/{self.chat_id}?person_id={self.person_id}")
        return [message for message in view["messages"] if not message.get("sandbox", {}).get("deleted")]

    async def say(self, text: str, *, reply_to: int | None = None) -> Message:
        body: dict[str, object] = {"chat_id": self.chat_id, "person_id": self.person_id, "text": text}
        if reply_to is not None:
            body["reply_to"] = reply_to
        said: Message = await self.sandbox.post("say", **body)
        return said

    async def edit(self, message_id: int, text: str) -> None:
        await self.sandbox.post("edit", chat_id=self.chat_id, person_id=self.person_id, message_id=message_id, text=text)

    async def photo(self, caption: str) -> None:
        await self.sandbox.post("photo", chat_id=self.chat_id, person_id=self.person_id, caption=caption)

    async def tap(self, op: str, *, with_text: str = "") -> str:
        """Taps the newest button whose data begins with `op:` (on a message that holds `with_text`); what the answer says."""
        message, data = await self.button(op, with_text=with_text)
        return await self.press(message["message_id"], data)

    async def press(self, message_id: int, data: str) -> str:
        """Presses one known button; what the answer says."""
        answer = await self.sandbox.post(
            "tap", chat_id=self.chat_id, person_id=self.person_id, message_id=message_id, button=data
        )
        if answer.get("timeout"):
            raise Missed(f"no answer to {data} of {self.person_id}")
        return str(answer.get("text") or "")

    async def button(self, op: str, *, with_text: str = "") -> tuple[Message, str]:
        """The newest message with such a button, and the button's data; waits for it."""

        async def look() -> tuple[Message, str] | None:
            for message in reversed(await self.messages()):
                for data in buttons(message):
                    if data.split(":")[0] == op and with_text in words(message):
                        return message, data
            return None

        return await until(look, f"a button {op} {with_text!r} for {self.person_id} in {self.chat_id}")

    async def reads(self, text: str) -> Message:
        """Waits until a message holds `text`; the newest such."""

        async def look() -> Message | None:
            return next((message for message in reversed(await self.messages()) if text in words(message)), None)

        return await until(look, f"{text!r} for {self.person_id} in {self.chat_id}")


def words(message: Message) -> str:
    """A message's text or caption."""
    return str(message.get("text") or message.get("caption") or "")


def buttons(message: Message) -> list[str]:
    """The data of a message's buttons, in reading order."""
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    return [button["callback_data"] for row in rows for button in row if "callback_data" in button]


async def until(look: Callable[[], Awaitable[T | None]], what: str) -> T:
    """Looks until there is something to see. Raises Missed after PATIENCE seconds: people would have given up too."""
    loop = asyncio.get_running_loop()
    end = loop.time() + PATIENCE
    while loop.time() < end:
        if (seen := await look()) is not None:
            return seen
        await asyncio.sleep(0.02)  # people look again; nothing is assumed to be there by then
    raise Missed(f"waited in vain for {what}")

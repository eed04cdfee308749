"""The people's side of the sandbox, as the demo's people use it: they say, tap, edit and look, over real HTTP."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import aiohttp

T = TypeVar("T")
Message = dict[str, Any]  # a Bot API message as JSON, with the sandbox's extras under "sandbox"
PATIENCE = 25.0  # seconds until what should appear is missed
_PAYLOAD = re.compile(r"start=([\w-]+)")


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

    async def tap(self, op: str, *, on: str | tuple[str, ...] = "", arg: str | None = None, label: str = "") -> str:
        """Taps the newest button of `op`, as `button` finds it; what the answer says, or the address it opens."""
        message, data = await self.button(op, on=on, arg=arg, label=label)
        return await self.press(message, data)

    async def press(self, message: Message, data: str) -> str:
        """Presses one known button of a message; what the answer says, or the address it opens."""
        answer = await self.sandbox.post(
            "tap", chat_id=self.chat_id, person_id=self.person_id, message_id=message["message_id"], button=data,
            ephemeral_message_id=message.get("ephemeral_message_id", 0),
        )  # fmt: skip
        if answer.get("timeout"):
            raise Missed(f"no answer to {data} of {self.person_id}")
        return str(answer.get("url") or answer.get("text") or "")

    async def button(
        self, op: str, *, on: str | tuple[str, ...] = "", arg: str | None = None, label: str = ""
    ) -> tuple[Message, str]:
        """The newest message that says `on` and has a button of `op` (with that argument, with `label` on it); waits for it."""

        said = (on,) if isinstance(on, str) else on

        async def look() -> tuple[Message, str] | None:
            for message in reversed(await self.messages()):
                for text, data in buttons(message):
                    named, _, given = data.partition(".")[0].partition(":")
                    fits = named == op and label in text and arg in (None, given.partition(":")[2])
                    if fits and all(text in words(message) for text in said):
                        return message, data
            return None

        return await until(look, f"a button {op} {arg or ''}{label} on {on!r} for {self.person_id} in {self.chat_id}")

    async def reads(self, *texts: str, card: bool = False) -> Message:
        """Waits until a message (`card`: with a card's sign) holds all of `texts`; the newest such."""

        async def look() -> Message | None:
            signs = "🛒🔒" if card else ""
            found = (one for one in reversed(await self.messages()) if all(text in words(one) for text in texts))
            return next((one for one in found if not signs or words(one)[:1] in signs), None)

        return await until(look, f"{' … '.join(texts)!r} for {self.person_id} in {self.chat_id}")


def words(message: Message) -> str:
    """A message's text or caption."""
    return str(message.get("text") or message.get("caption") or "")


def payload(text: str) -> str:
    """What the link in a text hands over at the start. Raises Missed where there is no link."""
    found = _PAYLOAD.search(text)
    if found is None:
        raise Missed(f"there should be a link in {text!r}")
    return found[1]


def buttons(message: Message) -> list[tuple[str, str]]:
    """What stands on a message's buttons, and their data, in reading order."""
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    return [(button["text"], button["callback_data"]) for row in rows for button in row if "callback_data" in button]


async def until(look: Callable[[], Awaitable[T | None]], what: str) -> T:
    """Looks until there is something to see. Raises Missed after PATIENCE seconds: people would have given up too."""
    loop = asyncio.get_running_loop()
    end = loop.time() + PATIENCE
    while loop.time() < end:
        if (seen := await look()) is not None:
            return seen
        await asyncio.sleep(0.02)  # people look again; nothing is assumed to be there by then
    raise Missed(f"waited in vain for {what}")

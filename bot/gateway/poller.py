"""The poll loop: raw updates into the inbox, and only then the next offset to Telegram.

Invariants: Telegram is told that an update arrived only after the commit that keeps it; the offset is never stored, the
inbox knows its updates; every kind of update is named, since the default leaves out members and reactions.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import aiohttp

from bot.core.database import Database, DatabaseUnavailable
from bot.gateway.ports import CannotRun, Json
from bot.gateway.wire import JSON_HEADERS, dumps, loads
from bot.gateway.worker import Waiting, Worker

log = logging.getLogger(__name__)

KINDS = (
    "message", "edited_message", "channel_post", "edited_channel_post", "message_reaction", "message_reaction_count",
    "inline_query", "chosen_inline_result", "callback_query", "shipping_query", "pre_checkout_query", "poll",
    "poll_answer", "my_chat_member", "chat_member", "chat_join_request", "chat_boost", "removed_chat_boost",
)  # fmt: skip
_LONG_POLL = 50  # the platform clamps it to 0-50 s
_NOT_PEOPLE = {1087968824, 136817688, 777000}  # an anonymous admin, a channel, Telegram itself: the chat is the lane
_LONGEST_PAUSE = 30.0


class Poller:
    """Feeds one bot's updates to the worker. `run()` returns only by an error or by being cancelled."""

    def __init__(
        self,
        database: Database,
        wire: aiohttp.ClientSession,
        token: str,
        api_root: str,
        worker: Worker,
        long_poll: int = _LONG_POLL,
    ) -> None:
        self._database = database
        self._wire = wire
        self._url = f"{api_root.rstrip('/')}/bot{token}/getUpdates"
        self._bot_id = int(token.partition(":")[0])
        self._worker = worker
        self._long_poll = long_poll

    async def run(self) -> None:
        """Raises CannotRun with one line if a person must change something first."""
        offset: int | None = None
        failures = 0
        while True:
            await self._worker.room()
            try:
                updates = await self._ask(offset)
                await self._keep(updates)
            except (aiohttp.ClientError, TimeoutError, DatabaseUnavailable, ValueError) as error:
                failures += 1
                await _pause(failures, error)
                continue
            failures = 0
            if updates:
                offset = int(updates[-1]["update_id"]) + 1

    async def _ask(self, offset: int | None) -> list[Json]:
        body: Json = {"timeout": self._long_poll, "limit": 100, "allowed_updates": KINDS}
        if offset is not None:
            body["offset"] = offset
        limit = aiohttp.ClientTimeout(total=self._long_poll + 15, connect=5)
        async with self._wire.post(self._url, data=dumps(body), headers=JSON_HEADERS, timeout=limit) as response:
            content = await response.read()
        answer = loads(content)
        if response.status == 200 and answer.get("ok"):
            found: list[Json] = answer["result"]
            return found
        description = str(answer.get("description", ""))
        _stop_if_hopeless(response.status, description)
        await asyncio.sleep(float(answer.get("parameters", {}).get("retry_after", 0)))
        raise aiohttp.ClientError(f"getUpdates: {response.status} {description}")

    async def _keep(self, updates: Sequence[Json]) -> None:
        """One commit for the batch; then the new ones go to the worker from memory."""
        if not updates:
            return
        rows = [(int(update["update_id"]), lane_of(update), dumps(update).decode()) for update in updates]
        stored = await self._worker.store(rows)
        self._worker.take(_new(zip(rows, updates, strict=True), stored.get))


def _new(kept: Iterable[tuple[tuple[int, int, str], Json]], row_of: Callable[[int], int | None]) -> list[Waiting]:
    return [
        Waiting(row, lane, update) for (number, lane, _), update in kept if (row := row_of(number)) is not None
    ]  # fmt: skip


def lane_of(update: Json) -> int:
    """Whose turn an update takes: its person's, or its chat's where there is no person."""
    event: Any = next((value for key, value in update.items() if key != "update_id" and isinstance(value, dict)), {})
    person = event.get("from") or event.get("user") or {}
    if person and person["id"] not in _NOT_PEOPLE:
        return int(person["id"])
    chat = event.get("chat") or event.get("voter_chat") or event.get("actor_chat") or {}
    return int(chat.get("id", 0))


def _stop_if_hopeless(status: int, description: str) -> None:
    if status == 409 and "webhook" in description:
        raise CannotRun('a webhook is set for this bot: delete it (deleteWebhook), or set mode = "webhook" in bot.toml')
    if status == 409:
        raise CannotRun("another process polls with this bot's token: stop it first; one `tuan run` a bot polls")
    if status in {401, 404}:
        raise CannotRun("Telegram does not know this bot token: check BOT_TOKEN against what BotFather says")


async def _pause(failures: int, error: Exception) -> None:
    """Longer after each failure, and never at the same moment as everybody else's."""
    longest = min(_LONGEST_PAUSE, 0.5 * 2 ** min(failures, 10))
    seconds = random.uniform(longest / 2, longest)  # noqa: S311  # spreads clients apart, keeps no secret
    log.warning("updates could not be fetched, again in %.1f s: %s", seconds, str(error) or type(error).__name__)
    await asyncio.sleep(seconds)

"""Webhooks: updates carried to the bots that asked for it, in order, again and again until taken."""

import asyncio
import time
from contextlib import suppress
from urllib.parse import urlsplit

import aiohttp

from sandbox import bodies
from sandbox.errors import ApiError
from sandbox.fast import dumps
from sandbox.gate import Gate
from sandbox.methods.reading import loopback
from sandbox.people import Bot
from sandbox.updates import Hook, Queue, Update
from sandbox.world import World

PATIENCE = 60.0
SLOWEST = 120.0


class Hooks:
    """One carrier for each bot; it sleeps while its bot polls or has nothing to hear."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.gate = Gate(world)
        self.tasks: set[asyncio.Task[None]] = set()
        self.session: aiohttp.ClientSession | None = None

    async def run(self) -> None:
        self.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE))
        self.world.on_bot.append(self.carry_for)
        for bot in self.world.bots.values():
            self.carry_for(bot)
        try:
            await self.world.closing.wait()
        finally:
            for task in self.tasks:
                task.cancel()
            await asyncio.gather(*self.tasks, return_exceptions=True)
            await self.session.close()

    def carry_for(self, bot: Bot) -> None:
        task = asyncio.create_task(self.carry(bot, self.world.queues[bot.id]))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def carry(self, bot: Bot, queue: Queue) -> None:
        delay = 1.0
        while True:
            queue.bell.clear()
            hook = queue.hook
            queue.prune()
            if hook is None or not queue.waiting:
                await queue.bell.wait()
                continue
            update = self.next(queue)
            pause = await self.deliver(bot, hook, update.body)
            if pause is None:
                if self.world.faults.on and self.world.faults.strike("getUpdates", "duplicate"):
                    continue
                if queue.waiting and queue.waiting[0] is update:
                    queue.waiting.popleft()
                delay = 1.0
                continue
            await self.rest(queue, hook, pause or delay)
            delay = min(SLOWEST, delay * 2)

    def next(self, queue: Queue) -> Update:
        """The oldest update; a fault may let the second one pass it."""
        waiting = queue.waiting
        if len(waiting) > 1 and self.world.faults.on and self.world.faults.strike("getUpdates", "reorder"):
            waiting[0], waiting[1] = waiting[1], waiting[0]
        return waiting[0]

    async def rest(self, queue: Queue, hook: Hook, seconds: float) -> None:
        """Waits before the next try; a new webhook ends the wait at once."""
        until = time.monotonic() + seconds
        while queue.hook is hook and (left := until - time.monotonic()) > 0:
            queue.bell.clear()
            try:
                await asyncio.wait_for(queue.bell.wait(), left)
            except TimeoutError:
                return

    async def deliver(self, bot: Bot, hook: Hook, body: dict[str, object]) -> float | None:
        """Nothing if the bot took it, else the seconds it asked to wait (0 for its usual delay)."""
        if not loopback(urlsplit(hook.url).hostname or ""):
            hook.failed_at, hook.failure = (
                self.world.stamp(),
                "Failed to connect: the sandbox carries webhooks on this machine only",
            )
            return SLOWEST
        assert self.session is not None
        headers = {"Content-Type": "application/json"}
        if hook.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = hook.secret
        try:
            async with self.session.post(hook.url, data=dumps(body), headers=headers, ssl=False) as response:
                if 200 <= response.status < 300:
                    await self.replied(bot, response)
                    return None
                hook.failure = f"Wrong response from the webhook: {response.status} {response.reason}"
                asked = response.headers.get("Retry-After", "")
                wait = min(3600.0, float(asked)) if asked.isdigit() else 0.0
        except TimeoutError:
            hook.failure, wait = "Read timeout expired", 0.0
        except (aiohttp.ClientError, OSError) as error:
            hook.failure, wait = f"Connection failed: {type(error).__name__}", 0.0
        hook.failed_at = self.world.stamp()
        return wait

    async def replied(self, bot: Bot, response: aiohttp.ClientResponse) -> None:
        """A bot may answer an update with a call; it never learns what became of it."""
        with suppress(ApiError):
            fields, uploads = bodies.parsed(response.headers.get("Content-Type", ""), await response.read())
            method = str(fields.pop("method", ""))
            if method:
                await self.gate.perform(bot, method, fields, uploads)

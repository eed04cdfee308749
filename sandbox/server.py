"""The HTTP server: bots under /bot<token>/, people and tests beside it, the chat page at /."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from aiohttp import web

from sandbox import acts, bodies, sights
from sandbox.clock import Clock
from sandbox.errors import ApiError, bad_request, not_found
from sandbox.fast import dumps
from sandbox.gate import Gate, answer, refusal
from sandbox.hooks import Hooks
from sandbox.methods.reading import loopback
from sandbox.rates import UNLIMITED, Limits
from sandbox.state import Keeper
from sandbox.world import World

log = logging.getLogger("sandbox")
PAGE = Path(__file__).with_name("page")
TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".png": "image/png",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".txt": "text/plain",
    ".webmanifest": "application/manifest+json",
}
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; media-src 'self' blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
Handle = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


@dataclass(slots=True)
class Running:
    """A sandbox that runs; `await stop()` ends it."""

    host: str
    port: int
    world: World
    _runner: web.ServerRunner
    _tasks: list["asyncio.Task[None]"] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    async def stop(self) -> None:
        self.world.closing.set()
        self.world.queries.close()
        for queue in self.world.queues.values():
            queue.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.world.clock.stop()
        await self._runner.cleanup()


class Site:
    """Routes requests of one world."""

    def __init__(self, world: World, home_only: bool) -> None:
        self.world = world
        self.gate = Gate(world)
        self.home_only = home_only

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        if path.startswith("/bot"):
            token, _, method = path[4:].partition("/")
            if method.startswith("test/"):
                method = method[5:]
            return await self.gate.handle(request, token, method)
        try:
            return await self.people_side(request, path)
        except ApiError as error:
            return refusal(error)
        except Exception:
            log.exception("%s %s failed", request.method, path)
            return refusal(ApiError(500, "Internal Server Error"))

    async def people_side(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        check_origin(request)
        if self.home_only:
            check_host(request)
        if path.startswith("/file/"):
            return sights.file(self.world, path.removeprefix("/file/"))
        first = path.strip("/").split("/", 1)[0]
        if request.method == "GET" and first in sights.SIGHTS:
            return await sights.SIGHTS[first](self.world, request)
        if request.method in ("POST", "DELETE"):
            act = acts.ACTS.get(f"{request.method} {path.strip('/')}")
            if act is None:
                raise not_found()
            body = bodies.json_body(await bodies.whole(request, bodies.LARGEST))
            result = act(self.world, acts.Ask(body))
            return answer(dumps({"ok": True, "result": await result if asyncio.iscoroutine(result) else result}))
        if request.method in ("GET", "HEAD"):
            return static(path)
        raise not_found()


def check_origin(request: web.BaseRequest) -> None:
    """Another site's page must not act in here: its requests name their origin."""
    origin = request.headers.get("Origin")
    if origin and origin.partition("://")[2] != request.host:
        raise ApiError(403, "Forbidden: requests from other origins are refused")


def check_host(request: web.BaseRequest) -> None:
    """A name of somebody else's that resolves to this machine is not this machine's."""
    if not loopback((urlsplit(f"//{request.host}").hostname) or ""):
        raise ApiError(403, "Forbidden: this sandbox listens to its own machine only")


def static(path: str) -> web.StreamResponse:
    """A file of the chat page."""
    name = unquote(path).lstrip("/") or "index.html"
    if "\0" in name:
        raise not_found()
    found = (PAGE / name).resolve()
    if not found.is_relative_to(PAGE.resolve()) or not found.is_file():
        raise not_found()
    kind = TYPES.get(found.suffix, "application/octet-stream")
    headers = {
        "Content-Type": f"{kind}; charset=utf-8" if kind.startswith("text/") else kind,
        "Cache-Control": "no-cache",
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    return web.Response(body=found.read_bytes(), headers=headers)


def limits_of(limits: Limits | dict[str, float] | bool | None) -> Limits:
    """What `start(limits=…)` may be: nothing for the platform's, False for none, or numbers."""
    if limits is None or limits is True:
        return Limits()
    if limits is False:
        return UNLIMITED
    return limits if isinstance(limits, Limits) else Limits(**limits)


async def start(
    port: int = 0,
    *,
    host: str = "127.0.0.1",
    clock: Clock | None = None,
    seed: int = 0,
    limits: Limits | dict[str, float] | bool | None = None,
    state: Path | None = None,
) -> Running:
    """Starts a sandbox on this event loop; port 0 takes a free one."""
    world = World(seed, clock, limits_of(limits))
    keeper = Keeper(world, state) if state else None
    if keeper:
        keeper.restore()
    site = Site(world, loopback(host))
    runner = web.ServerRunner(web.Server(site.handle, access_log=None), shutdown_timeout=1.0)
    await runner.setup()
    listener = web.TCPSite(runner, host, port, reuse_address=True)
    try:
        await listener.start()
    except OSError as error:
        await runner.cleanup()
        raise bad_request(f"port {port} is taken") from error
    sockets: Any = listener._server
    bound: int = sockets.sockets[0].getsockname()[1]
    hooks = Hooks(world)
    tasks = [asyncio.create_task(hooks.run()), *([asyncio.create_task(keeper.run())] if keeper else [])]
    return Running(host, bound, world, runner, tasks)

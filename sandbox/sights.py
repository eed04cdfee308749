"""What people's side can look at: state, a chat as one person sees it, events as they happen, calls, files."""

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import unquote

from aiohttp import web

from sandbox import acts, views
from sandbox.addresses import invite_url
from sandbox.chats import Json
from sandbox.errors import bad_request, not_found
from sandbox.fast import dumps
from sandbox.gate import answer, call_card
from sandbox.methods.profile import menu
from sandbox.world import World

PATIENCE = 20.0  # seconds a reader may take for one batch of events
BEAT = 15.0  # seconds between signs of life in an event stream
SAFE = ("image/png", "image/jpeg", "image/gif", "image/webp", "audio/", "video/", "application/pdf", "text/plain")


def number(request: web.BaseRequest, name: str, default: int = 0) -> int:
    text = request.query.get(name, "")
    if not text:
        return default
    try:
        return int(text)
    except ValueError:
        raise bad_request(f"{name} must be a number") from None


async def state(world: World, request: web.BaseRequest) -> web.StreamResponse:
    del request
    return answer(dumps({"ok": True, "result": views.state(world)}))


async def chat(world: World, request: web.BaseRequest) -> web.StreamResponse:
    """A page of a chat as one person sees it; looking marks it read."""
    wanted = request.path.split("/")[2:3]
    if not wanted:
        return answer(dumps({"ok": True, "result": views.state(world)["chats"]}))
    address = unquote(wanted[0])
    try:
        chat_id = world.resolve(address if address.startswith("@") else int(address))
    except ValueError:
        raise bad_request("chat not found") from None
    person = number(request, "person_id", chat_id if chat_id in world.people else 0)
    return answer(
        dumps(
            {
                "ok": True,
                "result": seen(world, chat_id, person, number(request, "before"), number(request, "limit", 100)),
            }
        )
    )


def seen(world: World, chat_id: int, person: int, before: int, limit: int) -> Json:
    found = acts.chat_of(world, chat_id, person)
    posts = [post for post in views.visible(found, person) if not before or 0 < post.id < before]
    unread = sum(1 for post in posts if post.id > found.read.get(person, 0) and post.author != person)
    shown = posts[-max(1, min(limit, 1000)) :]
    for post in shown:
        if person and post.author != person:
            post.viewers.add(person)
    if person and shown and not before:
        found.read[person] = max((post.id for post in shown), default=0)
    private = found.kind == "private"
    who = world.people.get(person)
    bots = (
        [world.bots[found.bot]]
        if private
        else [world.bots[m.user] for m in found.members.values() if m.inside and m.user in world.bots]
    )
    commands = [command for bot in bots for command in menu(bot, found, person, who.language_code if who else "")]
    card = views.private_card(world, found) if private else views.chat_card(world, found)
    return {
        "chat": card,
        "messages": [views.for_page(world, found, post) for post in shown],
        "commands": commands,
        "unread": unread,
        "member": found.member(person).status if not private else "member",
    }


def seen_last(request: web.BaseRequest) -> int:
    """The number of the last event a reader has: what it asks for, or what its browser says when it comes again."""
    again = request.headers.get("Last-Event-ID", "")
    return int(again) if again.isdecimal() and len(again) < 19 else number(request, "since")


async def events(world: World, request: web.BaseRequest) -> web.StreamResponse:
    """Server-sent events from a number on; a reader that falls behind catches up by itself."""
    headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    response = web.StreamResponse(headers=headers)
    seq = seen_last(request)
    await response.prepare(request)
    bell = world.events.listen()
    try:
        await response.write(b": here\n\n")
        while not world.closing.is_set():
            bell.clear()
            batch = world.events.since(seq)
            if batch:
                seq = batch[-1]["seq"]
                lines = b"".join(b"id: %d\ndata: %s\n\n" % (e["seq"], dumps(e)) for e in batch)
                await asyncio.wait_for(response.write(lines), PATIENCE)
            elif not await rung(bell, world.closing):
                await response.write(b": beat\n\n")
        await response.write_eof()
    except ConnectionError:
        pass  # the reader went; nobody is left to tell
    except TimeoutError:
        if request.transport is not None:
            request.transport.abort()  # it takes nothing in: it may come again from where it stopped
    finally:
        world.events.leave(bell)
    return response


async def rung(*bells: asyncio.Event) -> bool:
    """Waits until one of the bells rings; false if none did for a while."""
    waiting = [asyncio.ensure_future(bell.wait()) for bell in bells]
    try:
        done, _ = await asyncio.wait(waiting, timeout=BEAT, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waiting:
            one.cancel()
    return bool(done)


async def calls(world: World, request: web.BaseRequest) -> web.StreamResponse:
    method, bot, since = request.query.get("method", "").lower(), number(request, "bot_id"), number(request, "since")
    every = request.query.get("all") in ("1", "true")
    found = [
        call_card(c)
        for c in world.calls
        if (every or c[4]) and c[0] > since and (not method or c[3].lower() == method) and (not bot or c[2] == bot)
    ]
    return answer(dumps({"ok": True, "result": found}))


async def log(world: World, request: web.BaseRequest) -> web.StreamResponse:
    """The last calls and updates as their events have them, for an inspector that is opened late."""
    most = max(1, min(1000, number(request, "limit", 300)))
    found = {name: world.events.last(kind, most) for name, kind in (("calls", "call"), ("updates", "update"))}
    return answer(dumps({"ok": True, "result": found}))


async def faults(world: World, request: web.BaseRequest) -> web.StreamResponse:
    del request
    return answer(dumps({"ok": True, "result": [fault.api() for fault in world.faults.on]}))


def file(world: World, path: str) -> web.StreamResponse:
    """`page/<file_id>` for the page, `bot<token>/<file_path>` for bots."""
    first, _, rest = path.partition("/")
    if first == "page":
        found = world.files.find(rest, 0)
    else:
        world.bot_of(first.removeprefix("bot"))
        found = world.files.by_unique.get(rest.split("/")[1]) if rest.count("/") == 2 else None
    if found is None:
        raise not_found()
    mime = found.mime if found.mime.startswith(SAFE) else "application/octet-stream"
    headers = {
        "Content-Type": mime,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, max-age=3600",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    if first == "page" and not mime.startswith(SAFE[:6]):
        headers["Content-Disposition"] = "attachment; filename*=utf-8''" + quoted(found.name)
    return web.Response(body=found.content, headers=headers)


def quoted(name: str) -> str:
    return "".join(f"%{b:02X}" if not chr(b).isalnum() or b > 127 else chr(b) for b in name.encode())


async def invite(world: World, request: web.BaseRequest) -> web.StreamResponse:
    """What stands behind an invite link, for the page to ask before joining."""
    url = invite_url(request.path.split("/")[-1])
    for found in world.chats.values():
        if link := found.links.get(url):
            return answer(
                dumps(
                    {
                        "ok": True,
                        "result": {
                            "chat": views.chat_card(world, found),
                            "invite_link": url,
                            "name": link.name,
                            "creates_join_request": link.by_request,
                            "is_revoked": link.revoked,
                        },
                    }
                )
            )
    raise not_found()


Sight = Callable[[World, web.BaseRequest], Awaitable[web.StreamResponse]]
SIGHTS: dict[str, Sight] = {
    "state": state,
    "chats": chat,
    "events": events,
    "calls": calls,
    "log": log,
    "faults": faults,
    "invite": invite,
}

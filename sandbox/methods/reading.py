"""How a bot hears: getUpdates, webhooks, files; and who it is."""

import ipaddress
import re
from typing import Any
from urllib.parse import SplitResult, urlsplit

from sandbox.call import Call, method
from sandbox.chats import Json
from sandbox.errors import bad_request
from sandbox.spec import load
from sandbox.updates import Hook

LARGEST_DOWNLOAD = 20 * 1024 * 1024
PORTS = (443, 80, 88, 8443)


def kinds() -> set[str]:
    return set(load().types["Update"]) - {"update_id"}


def allow(call: Call) -> None:
    """`allowed_updates`, if given, stays until given again; names that are none are passed over."""
    if "allowed_updates" in call.args:
        call.world.queues[call.bot.id].allowed = frozenset(call.args["allowed_updates"]) & kinds()


@method("getUpdates")
async def get_updates(call: Call) -> list[Json]:
    allow(call)
    limit = min(100, max(1, call.get("limit", 100)))
    seconds = min(50, max(0, call.get("timeout", 0)))
    return await call.world.queues[call.bot.id].poll(call.get("offset", 0), limit, seconds)


@method("setWebhook")
def set_webhook(call: Call) -> bool:
    url = call.args.get("url", "")
    queue = call.world.queues[call.bot.id]
    if not url:
        return delete_webhook(call)
    parts = address(url)
    at_home = loopback(parts.hostname or "")
    if parts.scheme != "https" and not at_home:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if not at_home and (parts.port or 443) not in PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    secret = call.get("secret_token", "")
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret):
        raise bad_request("secret token contains unallowed characters")
    if call.get("drop_pending_updates"):
        queue.waiting.clear()
    allow(call)
    queue.hook = Hook(
        parts.geturl(),
        secret,
        call.get("max_connections", 40),
        call.get("ip_address", ""),
        "certificate" in call.uploads,
    )
    queue.wake()
    return True


def address(url: str) -> SplitResult:
    """A webhook's address in its parts, if it is one."""
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        known = parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        known = None
    if not known:
        raise bad_request("bad webhook: invalid webhook URL specified")
    return parts


def loopback(host: str) -> bool:
    """Real bots need HTTPS; on one's own machine plain HTTP is let through, as a local Bot API server does."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@method("deleteWebhook")
def delete_webhook(call: Call) -> bool:
    queue = call.world.queues[call.bot.id]
    queue.hook = None
    if call.get("drop_pending_updates"):
        queue.waiting.clear()
    queue.wake()
    return True


@method("getWebhookInfo")
def get_webhook_info(call: Call) -> Json:
    return call.world.queues[call.bot.id].info()


@method("getMe")
def get_me(call: Call) -> Json:
    return call.bot.me()


@method("logOut", "close")
def log_out(call: Call) -> bool:
    del call
    return True


@method("getFile")
def get_file(call: Call) -> Json:
    file = call.world.files.find(call.args["file_id"], call.bot.id)
    if file is None:
        raise bad_request(
            "invalid file_id"
            if len(call.args["file_id"]) < 16
            else "wrong file_id or the file is temporarily unavailable"
        )
    if len(file.content) > LARGEST_DOWNLOAD:
        raise bad_request("file is too big")
    folder = {"photo": "photos", "document": "documents", "video": "videos", "voice": "voice", "audio": "music"}.get(
        file.kind, "files"
    )
    name = re.sub(r"[^A-Za-z0-9._-]", "_", file.name)
    made: dict[str, Any] = {
        "file_id": call.args["file_id"],
        "file_unique_id": file.unique,
        "file_size": len(file.content),
    }
    return {**made, "file_path": f"{folder}/{file.unique}/{name}"}

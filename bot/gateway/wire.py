"""The one HTTP session of the gateway, shared by poller, answers, look-ups and courier.

Invariants: no cookies, no automatic retries; every request has a time limit; JSON by orjson where it is installed.
"""

import asyncio
import importlib
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp

_codec = importlib.import_module("orjson" if find_spec("orjson") else "json")

CONNECTIONS = 320
LIMIT = aiohttp.ClientTimeout(total=20, connect=5)
FILE_LIMIT = aiohttp.ClientTimeout(total=40, connect=5)
JSON_HEADERS = {"Content-Type": "application/json"}


def dumps(value: Any) -> bytes:
    encoded: bytes | str = _codec.dumps(value)
    return encoded.encode() if isinstance(encoded, str) else encoded


def loads(encoded: bytes | str) -> Any:
    """Raises ValueError for what is no JSON."""
    return _codec.loads(encoded)


def proxy_for(api_root: str) -> str | None:
    """The proxy the environment names for this address. Asked once: aiohttp's `trust_env` reads ~/.netrc at every request."""
    address = urlsplit(api_root)
    if address.hostname is None or proxy_bypass(address.hostname):
        return None
    return getproxies().get(address.scheme)


def open_session(api_root: str = "") -> aiohttp.ClientSession:
    """A session for one gateway; the caller closes it."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=CONNECTIONS, ttl_dns_cache=300),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=LIMIT,
        proxy=proxy_for(api_root),
    )


async def close_session(session: aiohttp.ClientSession) -> None:
    """Closes it and gives TLS connections the turn of the loop they need to say goodbye."""
    await session.close()
    await asyncio.sleep(0)

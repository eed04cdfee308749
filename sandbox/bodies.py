"""Reading requests: JSON, forms, multipart and query strings into one flat set of parameters and the files beside it."""

import asyncio
import re
from typing import Any
from urllib.parse import parse_qsl, unquote

from aiohttp import web

from sandbox.errors import bad_request, timed_out, too_large
from sandbox.fast import loads
from sandbox.files import Upload

LARGEST = 64 * 1024 * 1024
LARGEST_TEXT = 4 * 1024 * 1024  # of a body without files
SMALL = 1 << 20  # what aiohttp reads in one go
PATIENCE = 60.0  # seconds a body may take to arrive
PARTS = 200
PARAMETER = re.compile(r';\s*([\w*]+)=(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))')


async def whole(request: web.BaseRequest, most: int) -> bytes:
    """The body, if it is not larger than `most`."""
    if request.content_length is not None and request.content_length > most:
        raise too_large()
    if request.content.is_eof() and request.content_length is not None and request.content_length <= SMALL:
        return await request.read()
    try:
        async with asyncio.timeout(PATIENCE):
            return await gathered(request, most)
    except TimeoutError:
        raise timed_out() from None


async def gathered(request: web.BaseRequest, most: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.content.iter_chunked(1 << 16):
        size += len(chunk)
        if size > most:
            raise too_large()
        chunks.append(chunk)
    return b"".join(chunks)


def json_body(raw: bytes) -> dict[str, Any]:
    if not raw.strip():
        return {}
    try:
        body = loads(raw)
    except (ValueError, RecursionError):
        raise bad_request("can't parse JSON in the request body") from None
    if not isinstance(body, dict):
        raise bad_request("can't parse JSON object in the request body")
    return body


def form_body(raw: bytes) -> dict[str, Any]:
    try:
        return dict(parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=PARTS, errors="strict"))
    except (UnicodeDecodeError, ValueError):
        raise bad_request("strings must be encoded in UTF-8") from None


def parameters(line: str) -> dict[str, str]:
    """The parameters of a header, `name="value"` and `name*=utf-8''value`; browsers and clients quote differently."""
    made = {found[1].lower(): found[2] if found[2] is not None else found[3] for found in PARAMETER.finditer(line)}
    for name in [name for name in made if name.endswith("*")]:
        made[name[:-1]] = unquote(made.pop(name).rpartition("'")[2])
    return {name: value.replace("%22", '"').replace('\\"', '"') for name, value in made.items()}


def multipart_body(raw: bytes, boundary: str) -> tuple[dict[str, Any], dict[str, Upload]]:
    """The parts of a form with files; a part with a file name is a file."""
    if not boundary:
        raise bad_request("can't parse multipart form data: no boundary")
    fields: dict[str, Any] = {}
    files: dict[str, Upload] = {}
    for part in raw.split(b"--" + boundary.encode())[1 : PARTS + 1]:
        if part.startswith(b"--"):
            break
        head, blank, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        if not blank:
            continue
        named = part_headers(head)
        name, filename = named.get("name", ""), named.get("filename")
        content = content.removesuffix(b"\r\n")
        if filename is not None:
            files[name] = Upload(filename.replace("\\", "/").rsplit("/", 1)[-1][:255], content, named["type"])
        else:
            try:
                fields[name] = content.decode()
            except UnicodeDecodeError:
                raise bad_request("strings must be encoded in UTF-8") from None
    return fields, files


def part_headers(head: bytes) -> dict[str, str]:
    made = {"type": "application/octet-stream"}
    for line in head.decode("utf-8", "replace").split("\r\n"):
        key, _, value = line.partition(":")
        if key.lower() == "content-disposition":
            made |= parameters(value)
        elif key.lower() == "content-type":
            made["type"] = value.strip().lower()
    return made


def parsed(kind: str, raw: bytes) -> tuple[dict[str, Any], dict[str, Upload]]:
    """Parameters and files of a body of this content type; what is neither JSON nor multipart is read as a form."""
    if kind.startswith("application/json"):
        return json_body(raw), {}
    if kind.startswith("multipart/"):
        return multipart_body(raw, parameters(kind).get("boundary", ""))
    return form_body(raw), {}


async def read(request: web.BaseRequest) -> tuple[dict[str, Any], dict[str, Upload]]:
    """Parameters and files of a bot's request, however it was sent."""
    fields: dict[str, Any] = dict(request.query) if request.query_string else {}
    if not request.body_exists:
        return fields, {}
    kind = request.headers.get("Content-Type", "")
    body, files = parsed(kind, await whole(request, LARGEST if kind.startswith("multipart/") else LARGEST_TEXT))
    return {**fields, **body} if fields else body, files

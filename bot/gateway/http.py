"""python-telegram-bot's Bot over the gateway's own aiohttp session: nine times its httpx for a ninth of the CPU.

Invariants: nothing is sent twice here; a request that surely never left is told apart (NotSent) from one of which
nobody knows (TimedOut, NetworkError); multipart only where there are files.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp
from telegram import Bot, InputFile
from telegram._utils.defaultvalue import DEFAULT_NONE  # the signature of BaseRequest needs it and no public name has it
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.gateway.ports import Json, Upload
from bot.gateway.wire import FILE_LIMIT, JSON_HEADERS, LIMIT, dumps, loads


class NotSent(NetworkError):  # noqa: N818  # beside TimedOut, which it is the certain sibling of
    """No connection came about: the message surely did not leave."""


class WireRequest(BaseRequest):
    """A BaseRequest that borrows an aiohttp session; whoever opened it closes it."""

    def __init__(self, wire: aiohttp.ClientSession) -> None:
        self._wire = wire

    @property
    def read_timeout(self) -> float | None:
        return LIMIT.total

    async def initialize(self) -> None:
        """The session is open already."""

    async def shutdown(self) -> None:
        """The session is not ours to close."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> Json:
        try:
            answer: Json = loads(payload)
        except ValueError as error:
            raise NetworkError("the answer is no JSON") from error
        return answer

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = DEFAULT_NONE,
        write_timeout: ODVInput[float] = DEFAULT_NONE,
        connect_timeout: ODVInput[float] = DEFAULT_NONE,
        pool_timeout: ODVInput[float] = DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """The limits are the gateway's own: python-telegram-bot's four have no counterpart in aiohttp."""
        body, headers, limit = _body(request_data)
        try:
            async with self._wire.request(method, url, data=body, headers=headers, timeout=limit) as response:
                return response.status, await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSent(f"no connection: {type(error).__name__}") from error
        except TimeoutError as error:
            raise TimedOut("no answer in time") from error
        except aiohttp.ClientError as error:
            raise NetworkError(f"the connection broke: {type(error).__name__}") from error


def _body(
    data: RequestData | None,
) -> tuple[bytes | aiohttp.FormData | None, Mapping[str, str] | None, aiohttp.ClientTimeout]:
    if data is None:
        return None, None, LIMIT
    if not data.contains_files:
        return dumps(data.parameters), JSON_HEADERS, LIMIT
    form = aiohttp.FormData(quote_fields=False)
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return form, None, FILE_LIMIT


class Sender(Bot):
    """PTB's Bot, told which Bot API method to call instead of one Python method each.

    Its own methods parse each answer into objects nobody here needs, and lag behind the Bot API.
    """

    def __init__(self, token: str, api_root: str, wire: aiohttp.ClientSession) -> None:
        root = api_root.rstrip("/")
        request = WireRequest(wire)
        super().__init__(
            token,
            base_url=f"{root}/bot",
            base_file_url=f"{root}/file/bot",
            request=request,
            get_updates_request=request,
        )

    async def call(self, method: str, params: Mapping[str, Any], files: Mapping[str, Upload] | None = None) -> Any:
        """The `result` of the call. Raises telegram.error.TelegramError."""
        data = dict(params)
        for name, upload in (files or {}).items():
            data[name] = _input_file(name, upload)
        return await self._post(method, data)


def _input_file(name: str, upload: Upload) -> InputFile:
    if isinstance(upload, Path):
        return InputFile(upload.read_bytes(), upload.name)
    if isinstance(upload, tuple):
        filename, content = upload
        return InputFile(content, filename)
    return InputFile(upload, f"{name}.jpg" if name == "photo" else name)

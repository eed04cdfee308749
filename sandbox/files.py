"""Files: what was uploaded, by ids that only the bot they were shown to can use; sizes of pictures read from their bytes."""

import base64
import binascii
import hashlib
import mimetypes
import struct
from dataclasses import dataclass, field
from typing import Any

from sandbox.errors import bad_request

LARGEST = 50 * 1024 * 1024
MOST = 512 * 1024 * 1024  # bytes of all files together
LARGEST_PHOTO = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Upload:
    """A part of a request that is a file."""

    name: str
    content: bytes
    mime: str


@dataclass(slots=True)
class File:
    """A stored file; `kind` is what it was sent as, `about` the fields that stand with it in a message."""

    unique: str
    kind: str
    name: str
    mime: str
    content: bytes
    about: dict[str, Any] = field(default_factory=dict)


def picture_size(content: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG, GIF, JPEG, BMP or WebP picture, or nothing where the bytes are none of these."""
    size = stated_size(content)
    return size if size and min(size) > 0 else None


def stated_size(content: bytes) -> tuple[int, int] | None:
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    if content[:6] in (b"GIF87a", b"GIF89a") and len(content) >= 10:
        width, height = struct.unpack("<HH", content[6:10])
        return width, height
    if content.startswith(b"BM") and len(content) >= 26:
        width, height = struct.unpack("<ii", content[18:26])
        return abs(width), abs(height)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return webp_size(content)
    return jpeg_size(content) if content.startswith(b"\xff\xd8") else None


def webp_size(content: bytes) -> tuple[int, int] | None:
    if content[12:16] == b"VP8X" and len(content) >= 30:
        return int.from_bytes(content[24:27], "little") + 1, int.from_bytes(content[27:30], "little") + 1
    if content[12:16] == b"VP8L" and len(content) >= 25:
        bits = int.from_bytes(content[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if content[12:16] == b"VP8 " and len(content) >= 30:
        width, height = struct.unpack("<HH", content[26:30])
        return width & 0x3FFF, height & 0x3FFF
    return None


def jpeg_size(content: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 < len(content):
        if content[at] != 0xFF:
            return None
        marker = content[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + (int.from_bytes(content[at + 2 : at + 4], "big") if marker != 0xFF else -1)
    return None


class Files:
    """The store. An id names the file and the bot that may use it; another bot's id is a wrong one, as on the platform."""

    def __init__(self) -> None:
        self.by_unique: dict[str, File] = {}
        self.size = 0

    def put(self, content: bytes, name: str, mime: str, kind: str) -> File:
        if not content:
            raise bad_request("file must be non-empty")
        unique = (
            "AQAD"
            + base64.urlsafe_b64encode(hashlib.sha256(kind.encode() + content + name.encode()).digest()[:9]).decode()
        )
        if unique not in self.by_unique:
            mime = (
                mime
                if mime and mime != "application/octet-stream"
                else mimetypes.guess_type(name)[0] or "application/octet-stream"
            )
            self.by_unique[unique] = File(unique, kind, name, mime, content)
            self.forget(len(content))
        return self.by_unique[unique]

    def forget(self, added: int) -> None:
        """Lets the oldest files go when all together have grown past what a machine can spare."""
        self.size += added
        while self.size > MOST and len(self.by_unique) > 1:
            self.size -= len(self.by_unique.pop(next(iter(self.by_unique))).content)

    def id_for(self, file: File, bot: int) -> str:
        raw = f"{file.kind}:{file.unique}:{bot}".encode()
        return "AgAC" + base64.urlsafe_b64encode(raw + hashlib.sha256(raw).digest()[:3]).decode().rstrip("=")

    def find(self, file_id: str, bot: int) -> File | None:
        """The file of an id, if the id is this bot's; bot 0 is the people's side and may see all."""
        try:
            raw = base64.urlsafe_b64decode(file_id[4:] + "=" * (-len(file_id[4:]) % 4))
            kind, unique, owner = raw[:-3].decode().split(":")
        except (ValueError, binascii.Error, UnicodeDecodeError):
            return None
        if hashlib.sha256(raw[:-3]).digest()[:3] != raw[-3:] or (bot and owner != str(bot)):
            return None
        found = self.by_unique.get(unique)
        return found if found and found.kind == kind else None

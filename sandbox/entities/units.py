"""Counting text as the platform does: in UTF-16 code units; and the shape of an entity."""

from typing import Any

Entity = dict[str, Any]


def units(text: str) -> int:
    """The length of a text in UTF-16 code units."""
    if text.isascii():
        return len(text)
    return len(text) + sum(1 for letter in text if letter > "\uffff")


def cut(text: str, offset: int, length: int) -> str:
    """The part of a text that an entity covers."""
    if text.isascii():
        return text[offset : offset + length]
    raw = text.encode("utf-16-le", "surrogatepass")
    return raw[offset * 2 : (offset + length) * 2].decode("utf-16-le", "replace")


class Writer:
    """Text as it grows under a parser, with its length in UTF-16 units known at every moment."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self.length = 0

    def write(self, piece: str) -> None:
        self._parts.append(piece)
        self.length += units(piece)

    def text(self) -> str:
        return "".join(self._parts)

    def since(self, offset: int) -> str:
        return cut(self.text(), offset, self.length - offset)


def ordered(entities: list[Entity]) -> list[Entity]:
    """Entities by where they begin; the wider one first."""
    return sorted(entities, key=lambda e: (e["offset"], -e["length"]))

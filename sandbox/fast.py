"""JSON by the quickest means at hand: orjson where it is installed, else the standard library."""

import json
from importlib import import_module
from importlib.util import find_spec
from typing import Any


def optional(name: str) -> Any:
    """A package that may be there."""
    return import_module(name) if find_spec(name) else None


orjson = optional("orjson")


def dumps(value: Any) -> bytes:
    try:
        fast: bytes = orjson.dumps(value) if orjson else plain(value)
    except (TypeError, ValueError):  # numbers past 64 bits, lone surrogates
        return json.dumps(value).encode()
    return fast


def plain(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def loads(raw: bytes) -> Any:
    """Raises ValueError or RecursionError where the bytes are no JSON."""
    return orjson.loads(raw) if orjson else json.loads(raw)

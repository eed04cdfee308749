"""The Bot API as data: every method and type with its fields, read once from the compact copy beside this file."""

import gzip
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Limit:
    """A documented range; unit is `text` (UTF-16 units after entities), `chars`, `bytes`, `items` or `value`."""

    low: int
    high: int
    unit: str


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter of a method or field of a type."""

    name: str
    types: tuple[str, ...]
    required: bool
    limit: Limit | None = None
    constant: str | None = None


@dataclass(frozen=True, slots=True)
class Spec:
    """The whole specification: fields by method, fields by type, and the members of each union type."""

    version: str
    methods: dict[str, dict[str, Field]]
    types: dict[str, dict[str, Field]]
    unions: dict[str, tuple[str, ...]]


def _field(name: str, row: list[Any]) -> Field:
    limit = Limit(*row[2]) if len(row) > 2 and row[2] else None
    return Field(name, tuple(row[0]), row[1], limit, row[3] if len(row) > 3 else None)


@lru_cache(maxsize=1)
def load() -> Spec:
    """The specification; its first use reads 40 KB from the package."""
    raw = json.loads(gzip.decompress(Path(__file__).with_name("botapi.json.gz").read_bytes()))
    types: dict[str, dict[str, Field]] = {}
    unions: dict[str, tuple[str, ...]] = {}
    for name, fields in raw["types"].items():
        if "" in fields:
            unions[name] = tuple(fields[""])
        else:
            types[name] = {field: _field(field, row) for field, row in fields.items()}
    methods = {name: {f: _field(f, row) for f, row in fields.items()} for name, fields in raw["methods"].items()}
    return Spec(raw["version"], methods, types, unions)

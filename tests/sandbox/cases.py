"""Made-up calls for every method of the specification: right ones, and ones that are wrong in exactly one way."""

import random
from collections.abc import Iterator
from typing import Any

from sandbox.spec import Field, load

KNOWN: dict[str, Any] = {
    "chat_id": -1001000000001,
    "from_chat_id": -1001000000001,
    "user_id": 1001,
    "message_id": 1,
    "message_ids": [1],
}
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 2**31, 2**53, 2**63, 2**70, 1.5, -0.0, 1e308,
    "", " ", "x", "0", "💥" * 40, "<b>", "\u0000", "\u202e", "a" * 5000, "@nobody", "[]", "{}", "[[[",
    '{"inline_keyboard":[[{}]]}', "attach://x", "https://x.y/z", [], {}, [[]], [None], [1], ["x"], [{}], {"x": 1},
    {"type": "photo"}, {"inline_keyboard": [[{"text": "a"}]]}, {"inline_keyboard": 5}, [[[[[[[[]]]]]]]], {"": None},
    [{"type": "bold", "offset": -5, "length": 9**9}], [{"type": "emoji", "emoji": "x"}], {"a": {"b": {"c": {}}}},
)  # fmt: skip


def right(kind: str, chance: random.Random, depth: int = 0) -> Any:
    """A value of a type as the specification has it."""
    spec = load()
    simple = {"Integer": 1, "Float": 1.5, "Boolean": True, "True": True, "String": "word", "InputFile": "word"}
    if kind in simple:
        return simple[kind]
    if kind.startswith("Array of "):
        inner = kind.removeprefix("Array of ").split(", ")[0].split(" and ")[0]
        return [right(inner, chance, depth + 1)] if depth < 5 else []
    if kind in spec.unions:
        members = spec.unions[kind]
        return right(chance.choice(members), chance, depth) if members else {}
    return whole(spec.types.get(kind, {}), chance, depth)


def whole(fields: dict[str, Field], chance: random.Random, depth: int = 0) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for field in fields.values():
        if field.required or (depth < 3 and chance.random() < 0.3):
            made[field.name] = field.constant or KNOWN.get(field.name) or right(field.types[0], chance, depth + 1)
            if field.limit and field.limit.unit == "value":
                made[field.name] = field.limit.low
    return made


def calls(count: int, seed: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Calls of all methods in turn: a right one, then the same with one to three values replaced by odd ones."""
    chance = random.Random(seed)
    methods = list(load().methods.items())
    for number in range(count):
        name, fields = methods[number % len(methods)]
        params = whole(fields, chance)
        for _ in range(chance.randrange(4)):
            target = chance.choice(list(fields) or ["extra"])
            params[target] = chance.choice(ODD)
        if chance.random() < 0.05:
            params["no_such_field"] = 1
        yield name, params


def over_limits() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """For each limited parameter a call that is right but for one value beyond the limit: method, parameter, call."""
    chance = random.Random(1)
    for name, fields in load().methods.items():
        for field in fields.values():
            if not field.limit or (name, field.name) == ("getUpdates", "limit"):
                continue
            high, unit = field.limit.high, field.limit.unit
            value: Any = high + 1 if unit == "value" else "x" * (high + 1)
            if unit == "items":
                value = right(field.types[0], chance) * (high + 1)
            yield (
                name,
                field.name,
                {**whole({f.name: f for f in fields.values() if f.required}, chance, 9), field.name: value},
            )


def wrong_types() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """For each parameter a call with a value of a type it cannot have."""
    chance = random.Random(2)
    for name, fields in load().methods.items():
        for field in fields.values():
            wrong: Any = {"no": ["such"]} if field.types[0] in ("Integer", "Float", "Boolean", "String") else 17
            if "InputFile" in field.types:
                continue
            yield (
                name,
                field.name,
                {**whole({f.name: f for f in fields.values() if f.required}, chance, 9), field.name: wrong},
            )

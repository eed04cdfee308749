"""What of a value breaks a JSON Schema: the part of the language that ours speaks, in a page."""

import re
from collections.abc import Callable
from typing import Any

Rule = dict[str, Any]
TYPES: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool,
}  # fmt: skip
SILENT = {"title", "description", "examples", "default", "format", "$schema", "$defs"}


class Follower:
    """Holds values against one schema."""

    def __init__(self, schema: Rule) -> None:
        self.schema = schema

    def faults(self, value: Any, rule: Rule | None = None, path: str = "") -> list[str]:
        """A line for each place where the value does not follow."""
        rule = self.schema if rule is None else rule
        if "$ref" in rule:
            rule = {**self.schema["$defs"][rule["$ref"].removeprefix("#/$defs/")], **{k: v for k, v in rule.items() if k != "$ref"}}
        found = self._inside(value, rule, path)
        for word, says in rule.items():
            if word in CHECKS and not CHECKS[word](value, says):
                found.append(f"{path}: {word} {says}")
            assert word in CHECKS or word in SILENT or word in INSIDE, f"the schema says {word}, which nobody checks"
        return found

    def _inside(self, value: Any, rule: Rule, path: str) -> list[str]:
        found = []
        if "anyOf" in rule:
            found += min((self.faults(value, choice, path) for choice in rule["anyOf"]), key=len)
        if isinstance(value, dict):
            keys, more = rule.get("properties", {}), rule.get("additionalProperties", True)
            found += [f"{path} lacks {key}" for key in rule.get("required", []) if key not in value]
            for key, inner in value.items():
                if key in keys:
                    found += self.faults(inner, keys[key], f"{path}.{key}")
                elif more is False:
                    found.append(f"{path} has {key}")
                elif isinstance(more, dict):
                    found += self.faults(inner, more, f"{path}.{key}")
        if isinstance(value, list) and "items" in rule:
            found += [fault for n, item in enumerate(value) for fault in self.faults(item, rule["items"], f"{path}[{n}]")]
        return found


def _numbers(holds: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda value, says: not isinstance(value, int | float) or holds(value, says)


def _sizes(kind: type, holds: Callable[[int, int], bool]) -> Callable[[Any, Any], bool]:
    return lambda value, says: not isinstance(value, kind) or holds(len(value), says)


INSIDE = {"anyOf", "properties", "additionalProperties", "required", "items"}
CHECKS: dict[str, Callable[[Any, Any], bool]] = {
    "type": lambda value, says: isinstance(value, TYPES[says]) and (says == "boolean") == isinstance(value, bool),
    "enum": lambda value, says: value in says,
    "const": lambda value, says: value == says,
    "pattern": lambda value, says: not isinstance(value, str) or re.search(says, value) is not None,
    "minimum": _numbers(lambda value, says: value >= says),
    "maximum": _numbers(lambda value, says: value <= says),
    "exclusiveMinimum": _numbers(lambda value, says: value > says),
    "exclusiveMaximum": _numbers(lambda value, says: value < says),
    "minItems": _sizes(list, lambda size, says: size >= says),
    "maxItems": _sizes(list, lambda size, says: size <= says),
    "minProperties": _sizes(dict, lambda size, says: size >= says),
    "minLength": _sizes(str, lambda size, says: size >= says),
    "maxLength": _sizes(str, lambda size, says: size <= says),
}

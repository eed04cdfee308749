"""A mistake in a configuration file, and how validation errors become sentences an operator can act on.

Invariant: every sentence is `what is wrong; what would be right`, and no sentence repeats a secret.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticCustomError, PydanticUndefined
from rapidfuzz import fuzz, process

from bot.core.config.positions import Path

MISTAKE = "mistake"


@dataclass(frozen=True)
class Finding:
    """A mistake of one entry before its place is known: `at` is the path of the key inside the entry."""

    at: Path
    what: str
    right: str
    warning: bool = False


@dataclass(frozen=True)
class Mistake:
    """A mistake at its place; a warning does not stop anything."""

    file: str
    line: int
    what: str
    right: str
    warning: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {'warning: ' if self.warning else ''}{self.what}; {self.right}"


def wrong(what: str, right: str, at: str = "") -> PydanticCustomError:
    """What a validator raises: `what` follows the key's name ("is 3, which …"), `right` is the remedy.

    A rule of a whole table names the key it is about as `at`.
    """
    return PydanticCustomError(MISTAKE, "{what}; {right}", {"what": what, "right": right, "at": at})


def shown(value: object, limit: int = 40) -> str:
    """A value as TOML would write it, on one line, not endless, with nothing that a terminal would obey."""
    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
    except ValueError:  # Python refuses to print numbers of more than 4,300 digits
        return "a very long number"
    text = printable(text[: limit + 1])
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def printable(text: str) -> str:
    """The text with nothing that a terminal would obey."""
    return text if text.isprintable() else "".join(sign if sign.isprintable() else json.dumps(sign)[1:-1] for sign in text)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant."""
    found = process.extractOne(word.lower(), sorted(known), scorer=fuzz.ratio, processor=str.lower, score_cutoff=60)
    return None if found is None else str(found[0])


def listed(words: Iterable[str], limit: int = 8) -> str:
    """`a, b or c`, folded when there are many."""
    names = list(words)
    if len(names) > limit:
        return f"{', '.join(names[:limit])} …"
    return " or ".join(filter(None, [", ".join(names[:-1]), names[-1]])) if names else "nothing"


def findings(error: ValidationError, model: type[BaseModel]) -> Iterator[Finding]:
    """The sentences for everything a model refused."""
    for detail in error.errors(include_url=False):
        if _is_echo(detail):
            continue
        about = detail.get("ctx", {}).get("at", "")
        at = (*detail["loc"], *([about] if about else []))
        what, right = _sentence(detail, at, _field(model, at), _keys(model, at[:-1]))
        yield Finding(at, what, right)


def _sentence(detail: ErrorDetails, at: Path, field: FieldInfo | None, keys: tuple[str, ...]) -> tuple[str, str]:
    name = ".".join(str(part) for part in at if isinstance(part, str)) or "this"
    context = detail.get("ctx", {})
    if detail["type"] == MISTAKE:
        return f"{name} {context['what']}".strip(), str(context["right"])
    if detail["type"] == "extra_forbidden":
        return _unknown(name, str(at[-1]), keys)
    example = _example(str(at[-1]) if isinstance(at[-1], str) else name, field)
    if detail["type"] == "missing":
        return f"{name} is missing", f"add {example}" if example else f"add {name}"
    remedy = f"write {_expected(detail, context)}" + (f", as in {example}" if example else "")
    return f"{name} is {shown(detail['input'])}", remedy


def _is_echo(detail: ErrorDetails) -> bool:
    """A list whose items were refused is then counted without them: that it is too short was not the operator's doing."""
    given = detail["input"]
    return detail["type"] == "too_short" and isinstance(given, list | tuple) and len(given) >= detail["ctx"]["min_length"]


def _unknown(name: str, key: str, keys: tuple[str, ...]) -> tuple[str, str]:
    meant = nearest(key, keys)
    remedy = f"did you mean {meant}?" if meant else f"known here: {listed(keys, 20)}"
    return f"unknown key {shown(name).strip(chr(34))}", remedy


def _expected(detail: ErrorDetails, context: dict[str, Any]) -> str:
    """What should stand there, by the kind of refusal."""
    bounds = {
        "greater_than": ("gt", "a number above {}"),
        "greater_than_equal": ("ge", "{} or more"),
        "less_than": ("lt", "a number below {}"),
        "less_than_equal": ("le", "{} or less"),
        "string_too_long": ("max_length", "at most {} characters"),
        "too_short": ("min_length", "at least {}"),
        "too_long": ("max_length", "at most {}"),
    }
    if detail["type"] in bounds:
        key, phrase = bounds[detail["type"]]
        bound = context[key]
        return phrase.format(f"{bound:g}" if isinstance(bound, float) else bound)
    if detail["type"] == "literal_error":
        return str(context["expected"]).replace("'", '"')
    words = {
        "int_type": "a whole number",
        "float_type": "a number",
        "bool_type": "true or false",
        "string_type": "text in quotes",
    }
    kinds = {
        "model_type": "a table",
        "model_attributes_type": "a table",
        "dict_type": "a table",
        "string_too_short": "some text",
    }
    return {**words, **kinds}.get(detail["type"], "it otherwise")


def _example(name: str, field: FieldInfo | None) -> str:
    """`key = value` from the field's own examples, or from its default."""
    if field is None:
        return ""
    if field.examples:
        return f"{name} = {field.examples[0]}"
    if field.default is PydanticUndefined or field.default is None or not isinstance(field.default, str | int | float):
        return ""
    return f"{name} = {shown(field.default)}"


def _model_at(model: type[BaseModel], at: Path) -> type[BaseModel] | None:
    for part in at:
        if isinstance(part, int):
            continue
        field = _named(model, part)
        inner = None if field is None else table_inside(field.annotation)
        if inner is None:
            return None
        model = inner
    return model


def table_inside(annotation: object) -> type[BaseModel] | None:
    """The table type inside `X | None`, `tuple[X, ...]` and the like."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in get_args(annotation):
        if (found := table_inside(argument)) is not None:
            return found
    return None


def _field(model: type[BaseModel], at: Path) -> FieldInfo | None:
    names = [part for part in at if isinstance(part, str)]
    parent = _model_at(model, tuple(names[:-1])) if names else None
    return _named(parent, names[-1]) if parent else None


def _keys(model: type[BaseModel], at: Path) -> tuple[str, ...]:
    parent = _model_at(model, at)
    return tuple(field.alias or name for name, field in parent.model_fields.items()) if parent else ()


def _named(model: type[BaseModel], key: str) -> FieldInfo | None:
    """The field that bot.toml calls by that key."""
    return next((field for name, field in model.model_fields.items() if (field.alias or name) == key), None)

"""The JSON Schema of bot.toml, made from the models that check it, so that editors and `tuan check` agree."""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from bot.core.config.entries import Campaign, Circle, Product, Shop
from bot.core.config.mistakes import table_inside
from bot.core.config.sections import Attention, Bot, Rates, Webhook
from bot.core.config.values import QuietHours, Quota, duration_text

_SECTIONS: Mapping[str, type[BaseModel]] = {"bot": Bot, "webhook": Webhook, "rates": Rates, "attention": Attention}
_LISTED = {
    "shop": "Who sells.",
    "circle": "The group chats; more may be approved in the chat.",
    "product": "What is sold.",
    "campaign": "What happens, when, where and to whom.",
}
_LISTS: Mapping[str, type[BaseModel]] = {"shop": Shop, "circle": Circle, "product": Product}


def schema(kinds: Mapping[str, type[Campaign]]) -> dict[str, Any]:
    """The schema, for the kinds of campaigns there are."""
    models = [*_SECTIONS.values(), *_LISTS.values(), *kinds.values()]
    names, parts = models_json_schema([(model, "validation") for model in models])
    definitions = {}
    for model in _models(models):
        name = model.__name__ if model.__name__ in parts["$defs"] else _long_name(model)
        definitions[name] = parts["$defs"][name]
        _tidy(definitions[name], model)
    tables = {name: names[model, "validation"] for name, model in (*_SECTIONS.items(), *_LISTS.items())}
    campaign = _campaign(kinds, {name: names[model, "validation"] for name, model in kinds.items()})
    lists = {**{name: tables[name] for name in _LISTS}, "campaign": campaign}
    properties = {
        "include": {
            "type": "array",
            "items": {"type": "string"},
            "description": "More files with [[product]] and [[campaign]], inside this folder.",
            "examples": [["deals/*.toml"]],
        },
        **{name: tables[name] for name in _SECTIONS},
        **{name: {"type": "array", "items": items, "description": _LISTED[name]} for name, items in lists.items()},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "bot.toml",
        "description": "The configuration of Tuan.",
        "type": "object",
        "properties": properties,
        "required": ["bot", "shop"],
        "additionalProperties": False,
        "$defs": definitions,
    }


def _campaign(kinds: Mapping[str, type[Campaign]], names: Mapping[str, Any]) -> dict[str, Any]:
    """Any of the kinds: an editor offers the kinds first, then the keys of the one that is written."""
    described = [f"{name}: {(model.model_fields['kind'].description or '').rstrip('.')}" for name, model in kinds.items()]
    kind = {"enum": list(kinds), "description": "What it does. " + ". ".join(described) + "."}
    return {"type": "object", "required": ["id", "kind"], "properties": {"kind": kind}, "anyOf": list(names.values())}


def _tidy(definition: dict[str, Any], model: type[BaseModel]) -> None:
    """Examples and defaults become what one writes in TOML, and a lone shop need not be named."""
    for name, key in model.model_fields.items():
        field = definition["properties"][key.alias or name]
        field.pop("title", None)
        field.pop("default", None)
        _without_null(field)
        default = _written(key.default)
        if default is not None and (isinstance(default, str) or field.get("type") != "string"):  # not the 0 of money
            field["default"] = default
        if key.examples:
            field["examples"] = [tomllib.loads(f"value = {example}")["value"] for example in key.examples]
    definition["required"] = [key for key in definition.get("required", []) if key != "shop"]


def _written(default: object) -> str | int | float | list[object] | None:
    """A default as bot.toml would have it; None for what is left out."""
    if isinstance(default, timedelta):
        return duration_text(default)
    if isinstance(default, Quota):
        return f"{default.count}/{duration_text(default.per)}"
    if isinstance(default, QuietHours):
        return f"{default.start:%H:%M}-{default.end:%H:%M}"
    if isinstance(default, tuple) and default:
        return list(default)
    return default if isinstance(default, str | int | float) else None


def _without_null(field: dict[str, Any]) -> None:
    """TOML has no null: what may be left out is simply not there."""
    choices = [choice for choice in field.pop("anyOf", []) if choice != {"type": "null"}]
    if len(choices) == 1:
        field.update(choices[0])
    elif choices:
        field["anyOf"] = choices


def _models(models: Iterable[type[BaseModel]]) -> dict[type[BaseModel], None]:
    """Every table, with those inside others, in order."""
    found: dict[type[BaseModel], None] = {}
    for model in models:
        inside = (table_inside(field.annotation) for field in model.model_fields.values())
        found |= {model: None} | _models(filter(None, inside))
    return found


def _long_name(model: type[BaseModel]) -> str:
    """What a definition is called when two tables of different files have one name."""
    return f"{model.__module__.replace('.', '__')}__{model.__name__}"

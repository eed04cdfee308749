"""The JSON Schema of bot.toml, made from the models that check it, so that editors and `tuan check` agree."""

import tomllib
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from bot.core.config.entries import Campaign, Circle, Product, Shop
from bot.core.config.sections import Attention, Bot, Rates, Webhook

_SECTIONS: Mapping[str, type[BaseModel]] = {"bot": Bot, "webhook": Webhook, "rates": Rates, "attention": Attention}
_LISTS: Mapping[str, type[BaseModel]] = {"shop": Shop, "circle": Circle, "product": Product}


def schema(kinds: Mapping[str, type[Campaign]]) -> dict[str, Any]:
    """The schema, for the kinds of campaigns there are."""
    models = [*_SECTIONS.values(), *_LISTS.values(), *kinds.values()]
    names, parts = models_json_schema([(model, "validation") for model in models])
    definitions = parts["$defs"]
    for definition in definitions.values():
        _tidy(definition)
    tables = {name: names[model, "validation"] for name, model in (*_SECTIONS.items(), *_LISTS.items())}
    campaign = {"oneOf": [names[model, "validation"] for model in kinds.values()]}
    lists = {**{name: tables[name] for name in _LISTS}, "campaign": campaign}
    properties = {
        "include": {
            "type": "array",
            "items": {"type": "string"},
            "description": "More files with [[product]] and [[campaign]], inside this folder.",
            "examples": [["deals/*.toml"]],
        },
        **{name: tables[name] for name in _SECTIONS},
        **{name: {"type": "array", "items": items} for name, items in lists.items()},
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


def _tidy(definition: dict[str, Any]) -> None:
    """Examples become values (they are kept as TOML), defaults that JSON cannot say go, and a lone shop need not be named."""
    for name, field in definition.get("properties", {}).items():
        if "examples" in field:
            field["examples"] = [tomllib.loads(f"{name} = {example}")[name] for example in field["examples"]]
        if field.get("default", "") is None:
            del field["default"]
        if "anyOf" in field and {"type": "null"} in field["anyOf"]:
            field["anyOf"].remove({"type": "null"})  # TOML has no null
    if "shop" in definition.get("required", []):
        definition["required"].remove("shop")

"""`tuan schema`: an editor that follows it and `tuan check` say the same of a file."""

import json
import tomllib
from pathlib import Path

import pytest

from bot.core.config.schema import schema
from campaigns.registry import KINDS
from tests.config.follows import Follower
from tests.config.pages import WHOLE

SCHEMA = schema({name: kind.model for name, kind in KINDS.items()})
ROOT = Path(__file__).parents[2]
FOLLOWER = Follower(SCHEMA)
FILES = [ROOT / "bot.toml", *sorted((Path(__file__).parent / "whole").glob("*.toml"))]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_what_is_whole_follows_the_schema(file: Path) -> None:
    assert FOLLOWER.faults(tomllib.loads(file.read_text("utf-8"))) == []
    assert FOLLOWER.faults(tomllib.loads(WHOLE)) == []


@pytest.mark.parametrize(
    ("stands", "instead", "fault"),
    [
        ("stock = 200", "stok = 200", "has stok"),
        ('price = "39.90"', "price = 39.9", "type string"),
        ('price = "39.90"', 'price = "39,90"', "pattern"),
        ('kind = "group_buy"', 'kind = "groupbuy"', "enum"),
        ('closes_after = "24h"', 'closes_after = "a day"', "pattern"),
        ("minimum = 3", "minimum = 0", "minimum 1"),
        ("[rates]", "[rate]", "has rate"),
    ],
)
def test_what_is_broken_does_not(stands: str, instead: str, fault: str) -> None:
    assert any(fault in told for told in FOLLOWER.faults(tomllib.loads(WHOLE.replace(stands, instead))))


@pytest.mark.parametrize("name", sorted(SCHEMA["$defs"]))
def test_every_key_is_described_and_its_examples_and_defaults_are_right(name: str) -> None:
    definition = SCHEMA["$defs"][name]
    assert definition["additionalProperties"] is False
    assert definition["description"]
    for key, field in definition["properties"].items():
        assert field.get("description"), key
        for value in (*field.get("examples", []), *([field["default"]] if "default" in field else [])):
            assert FOLLOWER.faults(value, field) == [], key
        if "$ref" not in field and field.get("type") not in {"boolean", "integer", "number"} and "enum" not in field:
            assert field.get("examples") or "default" in field, f"{key} has neither example nor default"


def test_every_kind_is_offered_with_a_word_on_what_it_does() -> None:
    campaign = SCHEMA["properties"]["campaign"]["items"]
    assert campaign["properties"]["kind"]["enum"] == list(KINDS)
    assert len(campaign["anyOf"]) == len(KINDS)
    told = campaign["properties"]["kind"]["description"]
    assert all(f"{name}: " in told for name in KINDS)
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA
    assert "null" not in json.dumps(SCHEMA)

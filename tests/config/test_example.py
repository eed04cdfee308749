"""The example shop: every key of every kind stands in it, explained, and what sleeps in it is whole too."""

import re
import shutil
from pathlib import Path

import pytest

from bot.core.config.schema import schema
from campaigns.linter import check
from campaigns.registry import KINDS
from tests.config.pages import NOW

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "bot.toml").read_text(encoding="utf-8")
SCHEMA = schema({name: kind.model for name, kind in KINDS.items()})


def awake(folder: Path) -> Path:
    """The example with every sleeping entry woken, beside the pictures it names."""
    blocks = [
        "\n".join(line.removeprefix("# ") for line in block.splitlines()) if block.startswith("# [[campaign]]") else block
        for block in TEXT.split("\n\n")
    ]
    shutil.copytree(ROOT / "photos", folder / "photos")
    (folder / "bot.toml").write_text("\n\n".join(blocks), encoding="utf-8")
    return folder / "bot.toml"


def test_everything_asleep_is_whole_when_it_wakes(tmp_path: Path) -> None:
    loaded = check(awake(tmp_path), NOW)
    assert [str(one) for one in (*loaded.mistakes, *loaded.warnings)] == []
    assert set(re.findall(r'kind +?= "(\w+)"', TEXT)) == set(KINDS)


@pytest.mark.parametrize("name", sorted(SCHEMA["$defs"]))
def test_every_key_is_named(name: str) -> None:
    missing = [key for key in SCHEMA["$defs"][name]["properties"] if not re.search(rf"\b{key}\b", TEXT)]
    assert missing == []

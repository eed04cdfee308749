"""The documented list of methods is the one there is, and every method of the specification is on it."""

from pathlib import Path

from sandbox.acts import ACTS
from sandbox.call import METHODS
from sandbox.listing import renewed
from sandbox.spec import load

DOCS = Path(__file__).parents[2] / "docs" / "sandbox.md"


def test_the_list_in_the_documentation_is_current() -> None:
    text = DOCS.read_text("utf-8")
    assert renewed(text) == text, "run: python -m sandbox.listing docs/sandbox.md"


def test_every_method_of_the_specification_is_there() -> None:
    assert {name for name, _ in METHODS.values()} == set(load().methods)


def test_every_act_is_documented() -> None:
    text = DOCS.read_text("utf-8")
    assert [name for name in ACTS if f"/{name.split()[1]}" not in text] == []

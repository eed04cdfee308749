"""docs/kinds.md says how a kind is written; here it is done as the page says, without touching the engine."""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType

import pytest

from campaigns import linter
from campaigns.kinds import Kind
from campaigns.registry import KINDS
from tests.campaigns.square import Square, a_square
from tests.config.pages import read, told

PAGE = (Path(__file__).parents[2] / "docs" / "kinds.md").read_text(encoding="utf-8")
CODE, STORY = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
(TOML,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)

Make = Callable[..., Square]


@pytest.fixture
def square(database_url: str, tmp_path: Path) -> Iterator[Make]:
    with ExitStack() as stack:
        yield lambda campaigns, attention="": stack.enter_context(a_square(database_url, tmp_path, campaigns, attention))


@pytest.fixture(autouse=True)
def greeting(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The page's file stands among the kinds, and its line in the registry."""
    module = ModuleType("campaigns.greeting")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(CODE, "docs/kinds.md", "exec"), module.__dict__)  # our own page
    kind: Kind[object] = module.GreetingKind()  # type: ignore[type-var]  # its model is known to the page alone
    monkeypatch.setitem(KINDS, "greeting", kind)
    linter._models.cache_clear()  # the registry does not change while a process runs, so they are made once
    yield
    linter._models.cache_clear()


def test_its_story_goes_as_the_page_says(square: Make) -> None:
    story: dict[str, object] = {"PAGE": TOML}
    exec(compile(STORY, "docs/kinds.md", "exec"), story)  # our own page
    story["test_a_newcomer_is_greeted_once"](square)  # type: ignore[operator]  # the page defines it


def test_its_keys_are_linted_like_all_others(tmp_path: Path) -> None:
    from tests.config.pages import WHOLE

    wrong = TOML.replace("cron = \"0 18 * * *\"", 'after = "joined"').replace("schedule", 'joined = "0d"\nschedule')
    found = told(read(tmp_path, WHOLE + wrong.replace("{circle}", "{circel}")))
    assert any("a greeting goes by the clock, not after an event; write at, every or cron" in line for line in found)
    assert any("joined is nothing, so nobody is new" in line for line in found)
    assert any("did you mean {circle}?" in line for line in found)


def test_every_kind_is_on_the_page() -> None:
    named = set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE))
    assert {name for name in KINDS if name != "greeting"} - named <= {
        "referral", "red_packet", "split_coupon", "voucher_drop", "lucky_draw", "showcase",
    }  # fmt: skip

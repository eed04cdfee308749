"""What a run opened in circles, in words: in how many, in which later, where not and why; the same for every kind that opens."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bot.core import run_pages
from bot.core.render import plain
from bot.core.words import Words
from models import runs
from models.catalogue import products
from models.circles import circle_table
from tests.campaigns.square import Square, a_square

HELLO = """
[[campaign]]
id = "hello"
kind = "broadcast"
to = "circles"
text = "Hello."
schedule = { at = "2026-11-23T13:00:00" }
"""
BUY = """
[[campaign]]
id = "friday"
kind = "group_buy"
product = "oranges"
closes_after = "30m"
schedule = { every = "2h" }
"""
DRAW = """
[[campaign]]
id = "luck"
kind = "lucky_draw"
schedule = { every = "2h" }
prizes = [{ points = 5 }]
lasts = "30m"
"""
PACKET = """
[[campaign]]
id = "weekend"
kind = "red_packet"
schedule = { every = "2h" }
total = "20.00"
shares = 10
ttl = "30m"
"""
ASK = """
[[campaign]]
id = "how"
kind = "ask_buyers"
schedule = { every = "1d" }
"""
OPENING = pytest.mark.parametrize("text", [BUY, DRAW, PACKET], ids=["group_buy", "lucky_draw", "red_packet"])
FULL = 'circle_posts = "1/1d"'
Make = Callable[..., Square]


@pytest.fixture
def square(tmp_path: Path) -> Iterator[Make]:
    with ExitStack() as stack:
        yield lambda text, attention="": stack.enter_context(
            a_square(f"sqlite:///{tmp_path / 'tuan.db'}", tmp_path / "shop", text, attention)
        )


def told(there: Square, language: str = "en") -> str:
    """The last run's page, without its head."""
    words = Words(language, now=there.now).here(zone="Asia/Shanghai")
    return "\n".join(plain(run_pages.said(runs.recent(there.session, 1)[0], words)).splitlines()[2:])


def filled(square: Make, text: str) -> Square:
    """The office had a post at one o'clock; the run is at two."""
    there = square(HELLO.replace('"circles"', '"circles"\ncircles = ["OFFICE"]') + text, FULL)
    there.runs(hours=1)
    there.hears()
    there.runs(hours=1)
    return there


@OPENING
def test_it_opened_everywhere(square: Make, text: str) -> None:
    there = square(text)
    there.runs(hours=2)
    assert told(there) == "opened in 2 circles"
    assert told(there, "zh_CN") == "在 2 个群开了"


@OPENING
def test_where_a_circle_was_full_it_opens_later(square: Make, text: str) -> None:
    there = filled(square, text)
    assert told(there) == "opened in 1 circle · later in 1, Tue 13:00"
    assert told(there, "zh_CN") == "在 1 个群开了 · 1 个群晚些开，周二 13:00 起"


@OPENING
def test_or_not_at_all(square: Make, text: str) -> None:
    there = filled(square, text + 'over_budget = "drop"\n')
    assert told(there) == "opened in 1 circle · left out in 1, which had enough posts already"
    assert told(there, "zh_CN") == "在 1 个群开了 · 1 个群没开，那里这阵子发得够多了"


def test_nothing_to_sell_and_nowhere_to_sell_it(square: Make) -> None:
    there = square(BUY)
    there.session.execute(products.update().values(stock_left=0))
    there.runs(hours=2)
    assert told(there) == "nothing opened: the product is sold out"
    assert told(there, "zh_CN") == "没开：商品卖完了"
    there.session.execute(products.update().values(stock_left=9))
    there.session.execute(circle_table.update().values(state="left"))
    there.runs(hours=2)
    assert told(there) == "opened in no circle"


def test_how_many_were_asked(square: Make) -> None:
    there = square(ASK)
    there.comes("Ann")
    there.buys("Ann", days=5)
    there.runs(days=1)
    assert told(there) == "1 question put, to 1 person"
    assert told(there, "zh_CN") == "问了 1 个问题，问到 1 个人"
    there.runs(days=1)
    assert told(there) == "0 questions put"

"""What `tuan check` says of each kind's own keys, and that a whole entry of each kind has nothing to be said of."""

from pathlib import Path

import pytest

from bot.core.config import Loaded
from tests.config.pages import WHOLE, read, told

HEAD = WHOLE[: WHOLE.index("[[campaign]]")].replace('price = "39.90"', 'price = "39.90"\ncategory = "fruit"')
DAILY = 'schedule = { cron = "0 18 * * *" }'
AFTER = 'schedule = { after = "delivered", delay = "3d" }'
GOOD = {
    "broadcast": 'text = { en = "Hello {name}", zh_CN = "{name}你好" }',
    "digest": "",
    "reminder": 'about = "step"\nmissing = 2',
    "reorder": 'product = "oranges"',
    "win_back": 'quiet_for = "60d"\nagain_after = "180d"',
    "regulars": 'since = "90d"\norders = 4',
    "ask_buyers": 'after = "2d"\nwithin = "14d"',
    "demand_poll": 'product = "oranges"\nneeded = 5\nlasts = "48h"\ncloses_after = "24h"\nladder = [{ at = 3, price = "36.00" }]',
}


def checked(folder: Path, kind: str, keys: str, schedule: str = DAILY) -> Loaded:
    return read(folder, f'{HEAD}\n[[campaign]]\nid = "one"\nkind = "{kind}"\n{schedule}\n{keys}\n')


@pytest.mark.parametrize("kind", GOOD)
def test_a_whole_entry_passes(tmp_path: Path, kind: str) -> None:
    loaded = checked(tmp_path, kind, GOOD[kind])
    assert told(loaded) == []
    assert loaded.config is not None


@pytest.mark.parametrize(
    ("kind", "keys", "says"),
    [
        ("broadcast", "", "text"),
        ("broadcast", 'text = { en = "Hi {nam}" }', "did you mean {name}?"),
        ("reminder", "", "about"),
        ("reminder", 'about = "deadline"\nmissing = 2', "missing says nothing about deadline; leave missing out, or set about = "),
        ("reminder", 'about = "pay"\nafter = "2d"', "after says nothing about pay"),
        ("reminder", 'about = "pay"\nto = "circles"', "what a reminder is about decides where it is said"),
        ("reminder", 'about = "collect"\nholdout = 0.1', "holdout would keep from people what they owe"),
        ("reminder", 'about = "deadline"\nbefore = "0h"', "before is nothing"),
        ("reorder", "", "reorder names neither product nor category"),
        ("reorder", 'product = "oranges"\ncategory = "fruit"', "reorder names both product and category"),
        ("reorder", 'product = "orangs"', 'did you mean "oranges"?'),
        ("reorder", 'category = "frut"', 'did you mean "fruit"?'),
        ("reorder", 'product = "oranges"\norders = 1', "orders"),
        ("win_back", 'quiet_for = "0d"', "quiet_for is nothing"),
        ("win_back", 'audience = { not_for = "30d" }', "not_for says what quiet_for says"),
        ("win_back", 'to = "circles"', "to"),
        ("regulars", 'since = "0d"', "since is nothing"),
        ("ask_buyers", 'after = "14d"', "within is not longer than after, so nobody is ever asked"),
        ("ask_buyers", "holdout = 0.2", "asking sells nothing"),
        ("demand_poll", GOOD["demand_poll"].replace("needed = 5", ""), "needed"),
        ("demand_poll", GOOD["demand_poll"].replace('"48h"', '"40d"'), "lasts is 40 days; write 30 days or less"),
        ("demand_poll", GOOD["demand_poll"].replace('"36.00"', '"46.00"'), "the first step must be lower than the price"),
    ],
)
def test_what_is_wrong_is_told_with_its_remedy(tmp_path: Path, kind: str, keys: str, says: str) -> None:
    found = told(checked(tmp_path, kind, keys))
    assert any(says in line for line in found), found


@pytest.mark.parametrize("kind", ["digest", "reminder", "reorder", "win_back", "regulars", "demand_poll"])
def test_what_looks_for_itself_goes_by_the_clock(tmp_path: Path, kind: str) -> None:
    found = told(checked(tmp_path, kind, GOOD[kind], AFTER))
    assert any("goes by the clock, not after an event; write at, every or cron" in line for line in found), found


@pytest.mark.parametrize(("kind", "more"), [("broadcast", ""), ("ask_buyers", ""), ("digest", '\nto = "members"')])
def test_what_members_read_may_follow_an_event(tmp_path: Path, kind: str, more: str) -> None:
    assert told(checked(tmp_path, kind, GOOD[kind] + more, AFTER)) == []


def test_how_it_was_is_asked_of_who_has_it(tmp_path: Path) -> None:
    found = told(checked(tmp_path, "ask_buyers", GOOD["ask_buyers"], 'schedule = { after = "joined" }'))
    assert any("how was it is asked after delivered, not after joined; write schedule = {" in line for line in found), found


def test_a_hold_out_never_withholds_a_group_buy(tmp_path: Path) -> None:
    loaded = checked(tmp_path, "demand_poll", GOOD["demand_poll"] + "\nholdout = 0.1")
    assert [found.what for found in loaded.warnings if "holdout" in found.what] == [
        "holdout keeps messages from people, never a group buy or its price"
    ]

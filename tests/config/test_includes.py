"""Deals in files of their own: inside the folder, and nothing but products and campaigns."""

from pathlib import Path

import pytest

from campaigns.linter import check
from tests.config.pages import NOW, WHOLE, told, write

CUT = WHOLE.index("[[product]]")
SHOP, DEALS = 'include = ["deals/*.toml"]\n' + WHOLE[:CUT], WHOLE[CUT:]


def test_a_deal_may_stand_in_its_own_file(tmp_path: Path) -> None:
    write(tmp_path, DEALS, "deals/friday.toml")
    loaded = check(write(tmp_path, SHOP), NOW)
    assert loaded.mistakes == ()
    assert loaded.config is not None
    assert list(loaded.config.campaigns) == ["friday-oranges"]


def test_a_mistake_is_told_in_the_file_that_has_it(tmp_path: Path) -> None:
    write(tmp_path, DEALS.replace('"32.00"', '"38.00"'), "deals/friday.toml")
    (found,) = check(write(tmp_path, SHOP.replace("per_second", "per_secnd")), NOW).mistakes[1:]
    assert found.file.endswith("deals/friday.toml")
    assert str(found).split("deals/")[1] == (
        "friday.toml:15: ladder rises from 36.00 to 38.00 at 8; each step must be lower than the one before"
    )


def test_files_are_named_as_the_operator_named_the_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, DEALS.replace("stock", "stok"), "deals/friday.toml")
    write(tmp_path, SHOP)
    monkeypatch.chdir(tmp_path)
    assert [str(found) for found in check(Path("bot.toml"), NOW).mistakes] == [
        "deals/friday.toml:5: unknown key stok; did you mean stock?"
    ]


def test_one_id_in_two_files_is_told_with_both_places(tmp_path: Path) -> None:
    write(tmp_path, DEALS, "deals/a.toml")
    write(tmp_path, DEALS, "deals/b.toml")
    found = told(check(write(tmp_path, SHOP), NOW))
    assert [text.split(" is already")[0] for text in found] == ['b.toml:2: id "oranges"', 'b.toml:8: id "friday-oranges"']
    assert all("a.toml:" in text for text in found)


def test_only_products_and_campaigns_may_be_included(tmp_path: Path) -> None:
    write(tmp_path, "[[shop]]\nid = 'other'\n[bot]\ntoken = 'env:X'\ninclude = []\n", "deals/shop.toml")
    found = told(check(write(tmp_path, SHOP), NOW))
    assert found == [f"shop.toml:{n}: {key} stands in an included file; move it to bot.toml, which alone may have it"
                     for n, key in ((1, "shop"), (3, "bot"))]  # fmt: skip


@pytest.mark.parametrize("pattern", ["../other.toml", "/etc/*.toml", "deals/../../x.toml", "deals/..", "", 5, "a\\..\\b"])
def test_paths_outside_are_refused(tmp_path: Path, pattern: object) -> None:
    write(tmp_path, DEALS, "other.toml")
    written = str(pattern) if isinstance(pattern, int) else f"'{pattern}'"
    found = told(check(write(tmp_path / "shop", f"include = [{written}]\n" + WHOLE), NOW))
    assert len(found) == 1
    assert found[0].startswith("bot.toml:1: include")


@pytest.mark.parametrize("pattern", ["**x", ".", "./", "a/**/b**", "**/**/*.toml", "a" * 300, "a/" * 600 + "x", "*" * 300])
def test_patterns_that_no_system_takes_are_refused_and_never_raised(tmp_path: Path, pattern: str) -> None:
    (found,) = told(check(write(tmp_path, f"include = ['{pattern}']\n" + WHOLE), NOW))
    assert found.startswith("bot.toml:1: include ")
    long = told(check(write(tmp_path, WHOLE.replace("stock = 200", f"stock = 200\nphoto = '{'é' * 200}.jpg'")), NOW))
    assert "is longer than a path may be" in long[0]


def test_one_pattern_may_reach_into_every_folder(tmp_path: Path) -> None:
    write(tmp_path, DEALS, "deals/autumn/friday.toml")
    loaded = check(write(tmp_path, SHOP.replace("deals/*.toml", "deals/**/*.toml")), NOW)
    assert loaded.config is not None
    assert list(loaded.config.campaigns) == ["friday-oranges"]


def test_links_are_refused(tmp_path: Path) -> None:
    write(tmp_path, DEALS, "elsewhere/secret.toml")
    shop = tmp_path / "shop"
    write(shop, DEALS, "deals/friday.toml")
    (shop / "deals" / "link.toml").symlink_to(tmp_path / "elsewhere" / "secret.toml")
    (shop / "more").symlink_to(tmp_path / "elsewhere")
    found = told(check(write(shop, SHOP.replace('"deals/*.toml"', '"deals/*.toml", "more/*.toml"')), NOW))
    assert found == [
        'bot.toml:1: include "deals/link.toml" goes through a link; put the file itself into the folder of bot.toml',
        'bot.toml:1: include "more/*.toml" goes through a link; include files inside the folder of bot.toml',
    ]


def test_a_file_that_is_missing_is_a_mistake_and_an_empty_folder_is_not(tmp_path: Path) -> None:
    assert "finds no file" in told(check(write(tmp_path, 'include = ["deals/x.toml"]\n' + WHOLE), NOW))[0]
    loaded = check(write(tmp_path, 'include = ["deals/*.toml"]\n' + WHOLE), NOW)
    assert loaded.config is not None
    assert "finds no file" in str(loaded.warnings[0])


def test_a_photo_outside_is_refused_and_a_missing_one_is_a_warning(tmp_path: Path) -> None:
    loaded = check(write(tmp_path, WHOLE.replace("stock = 200", 'stock = 200\nphoto = "photos/oranges.jpg"')), NOW)
    assert loaded.config is not None
    assert "is not there" in str(loaded.warnings[0])
    bad = told(check(write(tmp_path, WHOLE.replace("stock = 200", 'stock = 200\nphoto = "/etc/passwd"')), NOW))
    assert bad[0].startswith('bot.toml:30: photo "/etc/passwd" starts at the root of the disk; name a file')

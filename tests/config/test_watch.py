"""bot.toml watched: what counts as an edit, and when it is told."""

import os
from pathlib import Path

from bot.core.config.files import Files
from bot.core.watch import ROOM, Watch, fitting
from campaigns.linter import check
from tests.config.pages import NOW, WHOLE, write

DEAL = '[[product]]\nid = "pears"\ntitle = "Pears"\nprice = "20.00"\n'


def a_watch(folder: Path, text: str = 'include = ["deals/*.toml"]\n' + WHOLE) -> Watch:
    """A watch over a file that was read when the bot started, and one look."""
    config = check(write(folder, text), NOW).config
    assert config is not None
    watch = Watch(folder / "bot.toml", config.digest)
    assert watch.look() is None
    return watch


def test_a_file_nobody_edits_is_never_told(tmp_path: Path) -> None:
    watch = a_watch(tmp_path)
    assert [watch.look() for _ in range(4)] == [None] * 4


def test_an_edit_is_told_once_it_stands_still(tmp_path: Path) -> None:
    watch = a_watch(tmp_path)
    write(tmp_path, WHOLE.replace("39.90", "38.90"))
    assert watch.look() is None
    write(tmp_path, WHOLE.replace("39.90", "37.90"))
    assert watch.look() is None
    digest = watch.look()
    assert digest == watch.look() == Files(tmp_path / "bot.toml").digest()
    watch.judged(str(digest))
    assert [watch.look() for _ in range(3)] == [None] * 3


def test_a_new_file_and_one_that_goes_are_edits(tmp_path: Path) -> None:
    watch = a_watch(tmp_path)
    deal = write(tmp_path, DEAL, "deals/pears.toml")
    watch.look()
    with_pears = watch.look()
    assert with_pears is not None
    watch.judged(with_pears)
    deal.rename(tmp_path / "deals" / "fruit.toml")
    watch.look()
    assert watch.look() not in {None, with_pears}
    (tmp_path / "deals" / "fruit.toml").unlink()
    watch.look()
    assert watch.look() not in {None, with_pears}


def test_a_pattern_that_is_added_brings_its_files(tmp_path: Path) -> None:
    watch = a_watch(tmp_path, WHOLE)
    deal = write(tmp_path, DEAL, "deals/pears.toml")
    assert [watch.look() for _ in range(2)] == [None] * 2
    write(tmp_path, 'include = ["deals/*.toml"]\n' + WHOLE)
    watch.look()
    watch.judged(str(watch.look()))
    write(tmp_path, DEAL.replace("20.00", "19.00"), "deals/pears.toml")
    assert deal.is_file()
    watch.look()
    assert watch.look() is not None


def test_touching_a_file_is_no_edit_and_taking_one_back_is_none_either(tmp_path: Path) -> None:
    watch = a_watch(tmp_path, WHOLE)
    os.utime(tmp_path / "bot.toml", ns=(1, 1))
    assert [watch.look() for _ in range(3)] == [None] * 3
    write(tmp_path, WHOLE + "#")
    watch.look()
    write(tmp_path, WHOLE)
    assert [watch.look() for _ in range(3)] == [None] * 3


def test_a_file_that_is_gone_or_broken_is_an_edit_like_any_other(tmp_path: Path) -> None:
    watch = a_watch(tmp_path, WHOLE)
    (tmp_path / "bot.toml").unlink()
    watch.look()
    gone = watch.look()
    assert gone is not None
    watch.judged(gone)
    write(tmp_path, "[[[")
    watch.look()
    assert watch.look() not in {None, gone}


def test_a_message_names_as_many_mistakes_as_it_holds() -> None:
    assert fitting(["a", "b"]) == ["a", "b"]
    told = fitting(["x" * 400] * 20)
    assert told[-1] == "…"
    assert sum(map(len, told)) <= ROOM + 1  # and the dots
    assert sum(len(line.encode("utf-16-le")) // 2 for line in fitting(["橙🍊" * 100] * 20)) <= ROOM + 1

"""Broken files, each with what it must be answered: the first lines of a file say which line is told what, in which words.

A new case is a new file. `# told: LINE: …` is a mistake, `# warned: LINE: …` a warning; nothing else may be said, but
where the first line is `# among others:`, for rules that hold whatever else its kind would say.
"""

import re
from pathlib import Path

import pytest

from campaigns.linter import check
from campaigns.registry import KINDS
from tests.config.pages import NOW

HERE = Path(__file__).parent
BROKEN = sorted((HERE / "broken").glob("*.toml"))
AMONG = "# among others:\n"
_EXPECTED = re.compile(r"# (told|warned): (\d+): (.+)")


def expected(text: str) -> list[tuple[str, int, str]]:
    return [(found[1], int(found[2]), found[3]) for line in text.splitlines() if (found := _EXPECTED.fullmatch(line))]


@pytest.mark.parametrize("file", BROKEN, ids=lambda file: file.stem)
def test_each_is_answered_at_its_line(file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "bot.toml").write_bytes(file.read_bytes())
    monkeypatch.chdir(tmp_path)
    loaded = check(Path("bot.toml"), NOW)
    found = (*loaded.mistakes, *loaded.warnings)
    said = [("warned" if one.warning else "told", one.line, f"{one.what}; {one.right}") for one in found]
    wanted = expected(file.read_text(encoding="utf-8"))
    assert wanted
    assert [one for one in said if one in wanted] == wanted
    if AMONG not in file.read_text(encoding="utf-8"):
        assert said == wanted
    assert (loaded.config is None) == any(word == "told" for word, _, _ in said)


@pytest.mark.parametrize("file", BROKEN, ids=lambda file: file.stem)
def test_each_answer_is_a_line_with_a_remedy(file: Path) -> None:
    for _, line, words in expected(file.read_text(encoding="utf-8")):
        what, _, right = words.partition("; ")
        assert what
        assert right
        assert words.isprintable()
        assert len(words) < 300
        assert 1 <= line <= len(file.read_text(encoding="utf-8").splitlines())


def test_there_are_sixty_and_they_are_numbered() -> None:
    assert len(BROKEN) >= 60
    assert [file.name.split("-")[0] for file in BROKEN] == [f"{number:03}" for number in range(1, len(BROKEN) + 1)]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_has_a_whole_file_and_broken_ones(kind: str) -> None:
    file = HERE / "whole" / f"{kind}.toml"
    assert file.is_file(), f"write a whole bot.toml with a {kind} into tests/config/whole, and broken ones into tests/config/broken"
    loaded = check(file, NOW)
    assert loaded.mistakes == loaded.warnings == ()
    assert loaded.config is not None
    assert kind in {campaign.kind for campaign in loaded.config.campaigns.values()}
    assert any(f'kind = "{kind}"' in file.read_text(encoding="utf-8") for file in BROKEN)

"""`tuan demo --headless` as a newcomer runs it: a process of its own, the whole story, the books at its end."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAID = {
    "en": ("2 more and all pay 32.00", "The books agree"),
    "zh_CN": ("还差 2 人，大家都按 32.00", "店家同意按 3 成团", "The books agree"),
}


@pytest.mark.parametrize("language", SAID)
def test_the_story_comes_true(language: str) -> None:
    played = subprocess.run(
        [sys.executable, "-m", "bot.cli", "demo", "--headless", "--language", language],
        cwd=ROOT, capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip
    assert (played.returncode, played.stderr) == (0, ""), f"{played.stderr}\n{played.stdout[-3000:]}"
    missing = [said for said in SAID[language] if said not in played.stdout]
    assert missing == []
    assert "Traceback" not in played.stdout


def test_a_database_that_cannot_be_is_told_in_one_line(tmp_path: Path) -> None:
    played = subprocess.run(
        [sys.executable, "-m", "bot.cli", "demo", "--headless", "--database", f"sqlite:///{tmp_path}/no/such/folder.db"],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert played.returncode == 1
    assert len(played.stderr.strip().splitlines()) == 1
